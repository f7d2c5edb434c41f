-- rows.delivery: the milestones, recommendations or engagements behind one figure of delivery (asked.figure): whether each is what
-- the figure counts; what was not due by the as-of date is left out.
with records as (
    select 'milestones_on_time_pct' as metric, 'milestones' as feed, milestone_id as record_id, engagement_id,
        baseline_due as counted_on, baseline_due as due_on, done_on, cast(null as varchar) as standing,
        coalesce(done_on <= baseline_due, false) as is_hit
    from published.milestones
    union all
    select 'rebaselined_count' as metric, 'milestones' as feed, milestone_id as record_id, engagement_id,
        baseline_due as counted_on, baseline_due as due_on, due as done_on, cast(null as varchar) as standing,
        coalesce(due <> baseline_due, false) as is_hit
    from published.milestones
    union all
    select 'adopted_12m_pct' as metric, 'recommendations' as feed, recommendation_id as record_id, engagement_id,
        made_on as counted_on, cast(made_on + interval 12 month as date) as due_on, adopted_on as done_on,
        cast(null as varchar) as standing,
        coalesce(adopted_on <= cast(made_on + interval 12 month as date), false) as is_hit
    from published.recommendations
    union all
    select 'engagements_on_time_pct' as metric, 'engagements' as feed, engagement_id as record_id, engagement_id,
        ends_on as counted_on, ends_on as due_on, completed_on as done_on, standing,
        coalesce(completed_on <= ends_on, false) as is_hit
    from published.engagements
    union all
    select 'applications_received' as metric, 'engagements' as feed, engagement_id as record_id, engagement_id,
        applied_on as counted_on, applied_on as due_on, approved_on as done_on, standing, true as is_hit
    from published.engagements
    union all
    select 'applications_approved' as metric, 'engagements' as feed, engagement_id as record_id, engagement_id,
        approved_on as counted_on, approved_on as due_on, started_on as done_on, standing, true as is_hit
    from published.engagements
    union all
    select 'engagements_started' as metric, 'engagements' as feed, engagement_id as record_id, engagement_id,
        started_on as counted_on, started_on as due_on, completed_on as done_on, standing, true as is_hit
    from published.engagements
    union all
    select 'engagements_completed' as metric, 'engagements' as feed, engagement_id as record_id, engagement_id,
        completed_on as counted_on, completed_on as due_on, completed_on as done_on, standing, true as is_hit
    from published.engagements
    union all
    select 'engagements_active' as metric, 'engagements' as feed, e.engagement_id as record_id, e.engagement_id,
        greatest(e.started_on, f.period_start) as counted_on, e.started_on as due_on, e.completed_on as done_on, e.standing,
        true as is_hit
    from published.engagements as e
    inner join asked.figure as f
        on e.started_on <= least(f.period_end, f.as_of)
        and coalesce(e.completed_on > least(f.period_end, f.as_of), true)
)

select
    r.feed, r.record_id,
    case
        when r.metric = 'engagements_on_time_pct' and r.standing in ('waiting', 'withdrawn', 'later')
            then 'never agreed: ' || r.standing
        when r.due_on > f.as_of then 'not due by the as-of date'
    end as left_out,
    r.engagement_id, coalesce(e.topic, 'unclassified') as topic, r.counted_on, r.due_on, r.done_on,
    case when r.is_hit then 1 else 0 end as numerator,
    1 as denominator
from records as r
inner join asked.figure as f on f.metric = r.metric
inner join published.engagement_scopes as s
    on s.engagement_id = r.engagement_id and s.grain = f.grain and s.city_id is not distinct from f.city_id
    and s.topic is not distinct from f.topic and s.shown_id is not distinct from f.engagement_id
left join published.engagements as e on e.engagement_id = r.engagement_id
where r.counted_on <= f.period_end and (r.counted_on >= f.period_start or f.period_type = 'to_date')
order by r.feed, r.record_id

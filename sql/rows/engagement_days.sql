-- rows.engagement_days: the milestones that were due, or the applications made, in the period of one figure (asked.figure), with
-- the days (as hours, so that one method serves every wait) until they were done or approved, or until the as-of date.
with spells as (
    select 'milestone_slip_days' as metric, 'milestones' as feed, milestone_id as record_id, engagement_id,
        baseline_due as began_on, done_on as ended_on, cast(null as varchar) as standing
    from published.milestones
    union all
    select 'days_applied_to_approved' as metric, 'engagements' as feed, engagement_id as record_id, engagement_id,
        applied_on as began_on, approved_on as ended_on, standing
    from published.engagements
    where applied_on is not null
)

select
    r.feed, r.record_id,
    case
        when r.began_on > f.as_of then 'not due by the as-of date'
        when r.standing = 'later' then 'applied for after the as-of date'
        when r.ended_on is null and r.standing not in ('waiting', 'not told') then 'no day of approval: ' || r.standing
    end as left_out,
    r.engagement_id, coalesce(e.topic, 'unclassified') as topic, r.began_on, r.ended_on,
    cast(date_diff('day', r.began_on, coalesce(r.ended_on, f.as_of)) as double) as hours,
    case when r.ended_on is null then 'censored' else 'event' end as outcome
from spells as r
inner join asked.figure as f on f.metric = r.metric
inner join published.engagement_scopes as s
    on s.engagement_id = r.engagement_id and s.grain = f.grain and s.city_id is not distinct from f.city_id
    and s.topic is not distinct from f.topic and s.shown_id is not distinct from f.engagement_id
left join published.engagements as e on e.engagement_id = r.engagement_id
where r.began_on <= f.period_end and (r.began_on >= f.period_start or f.period_type = 'to_date')
order by r.feed, r.record_id

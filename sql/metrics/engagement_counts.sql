-- One row per metric × grain × keys × period in which something counts: hits (what is counted above the line), due (what
-- had fallen due by as_of) and planned (what falls in the period at all, later than as_of too).
-- To date is everything up to as_of, also from before the launch. A milestone of an engagement that nobody sent counts
-- in the network and as unclassified.
-- A record counts in the period of its day; hit: as it should be; due: it is in the denominator. A recommendation is due
-- twelve months after it was made. The planned last day of what was never approved is nobody's promise.
with records as (
    select 'milestones_on_time_pct' as metric, engagement_id, baseline_due as day, baseline_due as due_on,
        done_on <= baseline_due as is_hit
    from core.milestones
    union all
    select 'rebaselined_count' as metric, engagement_id, baseline_due as day, baseline_due as due_on,
        due <> baseline_due as is_hit
    from core.milestones
    union all
    select 'adopted_12m_pct' as metric, engagement_id, made_on as day, cast(made_on + interval 12 month as date) as due_on,
        adopted_on <= cast(made_on + interval 12 month as date) as is_hit
    from core.recommendations
    union all
    select 'engagements_on_time_pct' as metric, engagement_id, ends_on as day, ends_on as due_on,
        completed_on <= ends_on as is_hit
    from core.engagements
    where standing not in ('waiting', 'withdrawn', 'later')
    union all
    select 'applications_received' as metric, engagement_id, applied_on as day, applied_on as due_on, true as is_hit
    from core.engagements
    union all
    select 'applications_approved' as metric, engagement_id, approved_on as day, approved_on as due_on, true as is_hit
    from core.engagements
    union all
    select 'engagements_started' as metric, engagement_id, started_on as day, started_on as due_on, true as is_hit
    from core.engagements
    union all
    select 'engagements_completed' as metric, engagement_id, completed_on as day, completed_on as due_on, true as is_hit
    from core.engagements
),

folded as (
    select
        r.metric, r.engagement_id, r.day,
        count(case when r.is_hit and r.due_on <= p.as_of then 1 end) as hits,
        count(case when r.due_on <= p.as_of then 1 end) as due,
        count(*) as planned
    from records as r
    cross join reference.params as p
    where r.day is not null
    group by r.metric, r.engagement_id, r.day
),

-- each day with the periods that it counts in
spans as (
    select d.day, t.period_type, t.period
    from (select distinct day from folded) as d
    inner join reference.periods as t on d.day <= t.period_end and (d.day >= t.period_start or t.period_type = 'to_date')
)

select
    r.metric, c.grain, c.city_id, c.topic, c.shown_id as engagement_id, s.period_type, s.period,
    cast(sum(r.hits) as bigint) as hits, cast(sum(r.due) as bigint) as due, cast(sum(r.planned) as bigint) as planned
from folded as r
inner join metrics.engagement_scopes as c on r.engagement_id = c.engagement_id
inner join spans as s on r.day = s.day
where c.grain <> 'engagement' or r.metric in ('milestones_on_time_pct', 'rebaselined_count', 'adopted_12m_pct')
group by r.metric, c.grain, c.city_id, c.topic, c.shown_id, s.period_type, s.period
union all
select
    'engagements_active' as metric, c.grain, c.city_id, c.topic, null as engagement_id, s.period_type, s.period,
    count(*) as hits, count(*) as due, count(*) as planned
from core.engagements as e
cross join reference.params as p
inner join metrics.engagement_scopes as c on e.engagement_id = c.engagement_id
inner join reference.periods as s
    on e.started_on <= least(s.period_end, p.as_of)
    and (e.completed_on is null or e.completed_on > least(s.period_end, p.as_of))
where c.grain <> 'engagement'
group by c.grain, c.city_id, c.topic, s.period_type, s.period

-- One row per metric × grain × keys × period in which something counts: hits (what is counted above the line), due (what
-- had fallen due by as_of) and planned (what falls in the period at all, later than as_of too).
-- To date is everything up to as_of, also from before the launch. A milestone of an engagement that nobody sent counts
-- in the network and as unclassified.
with known as (
    select engagement_id, topic from core.engagements
    union all
    select distinct engagement_id, 'unclassified' as topic
    from core.milestones
    where engagement_id not in (select engagement_id from core.engagements)
),

scopes as (
    select engagement_id, 'network' as grain, null as city_id, null as topic, null as shown_id from known
    union all
    select engagement_id, 'topic' as grain, null as city_id, topic, null as shown_id from known
    union all
    select engagement_id, 'city' as grain, city_id, null as topic, null as shown_id from core.engagement_cities
    union all
    select engagement_id, 'engagement' as grain, null as city_id, null as topic, engagement_id as shown_id from known
),

spans as (
    select t.period_type, t.period, t.period_start, t.period_end, least(t.period_end, p.as_of) as last_on
    from reference.periods as t
    cross join reference.params as p
),

-- a record counts in the period of its day; hit: as it should be; due: it is in the denominator
records as (
    select 'milestones_on_time_pct' as metric, engagement_id, baseline_due as day, done_on <= baseline_due as is_hit
    from core.milestones
    union all
    select 'engagements_on_time_pct' as metric, engagement_id, ends_on as day, completed_on <= ends_on as is_hit
    from core.engagements
    union all
    select 'engagements_started' as metric, engagement_id, starts_on as day, true as is_hit from core.engagements
    union all
    select 'engagements_completed' as metric, engagement_id, completed_on as day, true as is_hit from core.engagements
)

select
    r.metric, c.grain, c.city_id, c.topic, c.shown_id as engagement_id, s.period_type, s.period,
    count(case when r.is_hit and r.day <= s.last_on then 1 end) as hits,
    count(case when r.day <= s.last_on then 1 end) as due,
    count(*) as planned
from records as r
inner join scopes as c on r.engagement_id = c.engagement_id
inner join spans as s on r.day <= s.period_end and (r.day >= s.period_start or s.period_type = 'to_date')
where c.grain <> 'engagement' or r.metric = 'milestones_on_time_pct'
group by r.metric, c.grain, c.city_id, c.topic, c.shown_id, s.period_type, s.period
union all
select
    'engagements_active' as metric, c.grain, c.city_id, c.topic, null as engagement_id, s.period_type, s.period,
    count(*) as hits, count(*) as due, count(*) as planned
from core.engagements as e
inner join scopes as c on e.engagement_id = c.engagement_id
inner join spans as s on e.starts_on <= s.last_on and (e.completed_on is null or e.completed_on > s.last_on)
where c.grain <> 'engagement'
group by c.grain, c.city_id, c.topic, s.period_type, s.period
order by metric, grain, city_id, topic, engagement_id, period_type, period

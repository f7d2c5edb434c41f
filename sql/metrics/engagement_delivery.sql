-- One row per metric × grain (network, topic, city; milestones also by engagement) × period.
-- milestones_on_time_pct: of baselines due in the period and by as_of, done on or before the baseline, which is
-- frozen.
-- engagements_on_time_pct: of planned ends (ends_on) in the period and by as_of, completed by then.
-- engagements_started, _completed: in the period. engagements_active: started and not completed at its end, or at
-- as_of.
-- To date is everything up to as_of, also from before the launch. An engagement counts once in each city it serves,
-- and once in the network: cities do not add up to it. metrics.metric_values makes the percentages.
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
),

counted as (
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
),

metrics as (
    select 'milestones_on_time_pct' as metric, 'milestones' as feed, true as is_share, count(*) as received
    from core.milestones
    union all
    select m.metric, 'engagements' as feed, m.metric = 'engagements_on_time_pct' as is_share, e.received
    from (select count(*) as received from core.engagements) as e
    cross join (
        values ('engagements_on_time_pct'), ('engagements_started'), ('engagements_completed'), ('engagements_active')
    ) as m (metric)
),

filled as (
    select
        m.metric, m.feed, m.is_share, m.received > 0 as arrived, k.grain, k.city_id, k.topic,
        cast(null as varchar) as engagement_id, s.period_type, s.period
    from metrics as m
    cross join core.figure_keys as k
    cross join spans as s
    union all
    select
        m.metric, m.feed, m.is_share, true as arrived, c.grain, c.city_id, c.topic, c.engagement_id, c.period_type, c.period
    from counted as c
    inner join metrics as m on c.metric = m.metric
    where c.grain = 'engagement'
)

select
    f.metric, f.grain, f.city_id, f.topic, f.engagement_id,
    cast(null as varchar) as dimension, cast(null as varchar) as dimension_value, cast(null as varchar) as basis,
    f.period_type, f.period,
    case when f.arrived and not f.is_share then cast(coalesce(c.hits, 0) as double) end as value,
    cast(null as decimal(18, 2)) as amount_usd,
    case when f.arrived then cast(coalesce(c.hits, 0) as double) end as numerator,
    case when f.arrived and f.is_share then cast(coalesce(c.due, 0) as double) end as denominator,
    cast(null as double) as ci_low, cast(null as double) as ci_high,
    case
        when not f.arrived then 'not_reported'
        when not f.is_share then 'value'
        when coalesce(c.due, 0) = 0 and c.planned > 0 then 'not_due'
    end as state,
    case
        when not f.arrived then 'no ' || f.feed || ' received'
        when f.is_share and coalesce(c.due, 0) = 0 and c.planned > 0 then 'nothing was due by the as-of date'
    end as reason
from filled as f
left join counted as c
    on f.metric = c.metric and f.grain = c.grain and f.period_type = c.period_type and f.period = c.period
    and f.city_id is not distinct from c.city_id and f.topic is not distinct from c.topic
    and f.engagement_id is not distinct from c.engagement_id
order by f.metric, f.grain, f.city_id, f.topic, f.engagement_id, f.period_type, f.period

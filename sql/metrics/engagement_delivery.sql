-- One row per metric × grain (network, topic, city; milestones also by engagement) × period.
-- milestones_on_time_pct: of baselines due in the period and by as_of, done by the baseline, which is frozen.
-- engagements_on_time_pct: of planned ends (ends_on) in the period and by as_of, completed by then.
-- engagements_started, _completed: in the period. engagements_active: started, and not completed at its end or as_of.
-- An engagement counts once in each city it serves and once in the network: cities do not add up to it.
-- metrics.metric_values makes the percentages.
with measured as (
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
    from measured as m
    cross join core.figure_keys as k
    cross join reference.periods as s
    union all
    select
        m.metric, m.feed, m.is_share, true as arrived, c.grain, c.city_id, c.topic, c.engagement_id, c.period_type,
        c.period
    from metrics.engagement_counts as c
    inner join measured as m on c.metric = m.metric
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
left join metrics.engagement_counts as c
    on f.metric = c.metric and f.grain = c.grain and f.period_type = c.period_type and f.period = c.period
    and f.city_id is not distinct from c.city_id and f.topic is not distinct from c.topic
    and f.engagement_id is not distinct from c.engagement_id
order by f.metric, f.grain, f.city_id, f.topic, f.engagement_id, f.period_type, f.period

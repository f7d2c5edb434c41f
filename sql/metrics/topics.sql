-- metrics.topics: one row per metric × grain × keys × period: unclassified_pct of the network and of each city.
-- Of canonical requests submitted in the period, those whose topic no taxonomy knows, or that have none.
-- Gives numerator and denominator; metrics.metric_values makes the percentage. Callers without a city: network only.
with cells as (
    select
        d.part, r.city_id,
        count(*) as requests,
        count(*) filter (where r.topic = 'unclassified') as unclassified
    from core.requests as r
    inner join core.day_parts as d on d.day = r.submitted_on
    where r.is_canonical
    group by d.part, r.city_id
),

rolled as (
    select
        case when grouping(c.city_id) = 1 then 'network' else 'city' end as grain,
        c.city_id, t.period_type, t.period,
        sum(c.requests) as requests,
        sum(c.unclassified) as unclassified
    from cells as c
    inner join core.period_parts as t on t.part = c.part
    group by grouping sets ((t.period_type, t.period), (t.period_type, t.period, c.city_id))
    having grouping(c.city_id) = 1 or c.city_id is not null
)

select
    'unclassified_pct' as metric, k.grain, k.city_id, k.topic,
    cast(null as varchar) as engagement_id, cast(null as varchar) as dimension, cast(null as varchar) as dimension_value,
    cast(null as varchar) as basis, p.period_type, p.period,
    cast(null as double) as value, cast(null as decimal(18, 2)) as amount_usd,
    case when a.arrived then cast(coalesce(r.unclassified, 0) as double) end as numerator,
    case when a.arrived then cast(coalesce(r.requests, 0) as double) end as denominator,
    cast(null as double) as ci_low, cast(null as double) as ci_high,
    case when not a.arrived then 'not_reported' end as state,
    case when not a.arrived then 'no requests received' end as reason
from core.figure_keys as k
cross join reference.periods as p
left join rolled as r
    on r.grain = k.grain and r.city_id is not distinct from k.city_id and r.period_type = p.period_type
    and r.period = p.period
cross join (select count(*) > 0 as arrived from core.requests) as a
where k.grain in ('network', 'city')

-- metrics.reach_bases: one row per metric × service × period, network only: the same figure over the cities eligible
-- then (in the period) and now (on as_of), as published, and whether the two would be read differently: each lies
-- outside the other's 95% interval, or only one has a value.
with cities as (
    select
        period_type, period,
        count(*) filter (where is_then) as cities_then,
        count(*) filter (where is_now) as cities_now,
        count(*) filter (where is_now and not is_then) as joined,
        count(*) filter (where is_then and not is_now) as departed
    from (
        select period_type, period, city_id, bool_or(basis = 'then') as is_then, bool_or(basis = 'now') as is_now
        from metrics.reach_cities
        where service = 'desk'
        group by period_type, period, city_id
    ) as either
    group by period_type, period
),

pairs as (
    select
        t.metric, t.dimension_value as service, t.period_type, t.period,
        t.value as value_then, n.value as value_now, t.state as state_then, n.state as state_now,
        coalesce(c.cities_then, 0) as cities_then, coalesce(c.cities_now, 0) as cities_now,
        coalesce(c.joined, 0) as joined, coalesce(c.departed, 0) as departed,
        case
            when t.state = 'value' and n.state = 'value' then t.value <> n.value
                and not coalesce(t.value between n.ci_low and n.ci_high, false)
                and not coalesce(n.value between t.ci_low and t.ci_high, false)
            else t.state <> n.state
        end as differs
    from metrics.metric_values as t
    inner join metrics.metric_values as n
        on n.metric = t.metric and n.dimension_value = t.dimension_value and n.period_type = t.period_type
        and n.period = t.period and n.basis = 'now' and n.grain = 'network'
    left join cities as c on c.period_type = t.period_type and c.period = t.period
    where t.metric in ('reach_pct', 'uptake_pct', 'use_rate') and t.grain = 'network' and t.basis = 'then'
)

select
    metric, service, period_type, period, value_then, value_now, state_then, state_now, cities_then, cities_now,
    differs,
    case when differs then 'of ' || cities_now || ' cities eligible now ' || joined || ' were not then; of '
        || cities_then || ' eligible then ' || departed || ' are not now' end as why
from pairs
order by metric, service, period_type, period

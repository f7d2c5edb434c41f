-- metrics.silent: one row per metric × grain × keys × period: silent_requests of each city eligible in the period, and of
-- the network (the sum of its cities'), from metrics.silent_cities.
-- numerator: requests made; denominator: requests expected. The limits are those of a city of its kind (prediction).
with cities as (
    select
        city_id, period_type, period, silent_requests, observed, expected,
        greatest(expected_low - observed, 0) as low,
        greatest(expected_high - observed, 0) as high
    from metrics.silent_cities
),

filled as (
    select
        'city' as grain, city_id, period_type, period, silent_requests as value, observed as numerator,
        expected as denominator, low, high
    from cities
    union all
    select
        'network' as grain, cast(null as varchar) as city_id, p.period_type, p.period,
        -- in whole billionths, as the cities have them, so that their order does not show
        cast(sum(cast(round(1e9 * c.silent_requests) as bigint)) as double) / 1e9 as value,
        sum(c.observed) as numerator,
        cast(sum(cast(round(1e9 * c.expected) as bigint)) as double) / 1e9 as denominator,
        cast(null as double) as low, cast(null as double) as high
    from reference.periods as p
    left join cities as c on c.period_type = p.period_type and c.period = p.period
    group by p.period_type, p.period
),

judged as (
    select
        f.*,
        case when not a.arrived then 'not_reported' when coalesce(f.denominator, 0) = 0 then 'not_computable'
            else 'value' end as state,
        a.arrived
    from filled as f
    cross join (select count(*) > 0 as arrived from core.requests) as a
)

select
    'silent_requests' as metric, grain, city_id, cast(null as varchar) as topic,
    cast(null as varchar) as engagement_id, cast(null as varchar) as dimension,
    cast(null as varchar) as dimension_value, cast(null as varchar) as basis, period_type, period,
    case when state = 'value' then value end as value,
    cast(null as decimal(18, 2)) as amount_usd,
    case when arrived then cast(numerator as double) end as numerator,
    case when arrived then denominator end as denominator,
    case when state = 'value' then low end as ci_low,
    case when state = 'value' then high end as ci_high,
    state,
    case
        when state = 'not_reported' then 'no requests received'
        when state = 'not_computable' and denominator is null then 'no city was eligible'
        when state = 'not_computable' then 'no eligible city asked, so that nothing can be expected'
    end as reason
from judged

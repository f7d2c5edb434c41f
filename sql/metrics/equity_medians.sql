-- metrics.equity_medians: one row per breakdown × quartile × fiscal year or to_date with a request: by how many
-- business hours half, and nine in ten, have their first reply, with the limits of metrics.response_quantiles.
with long as (
    select dimension, '1' as dimension_value, period_type, period, hours, at_risk_1 as at_risk, replies_1 as replies
    from metrics.equity_waits
    union all
    select dimension, '2' as dimension_value, period_type, period, hours, at_risk_2 as at_risk, replies_2 as replies
    from metrics.equity_waits
    union all
    select dimension, '3' as dimension_value, period_type, period, hours, at_risk_3 as at_risk, replies_3 as replies
    from metrics.equity_waits
    union all
    select dimension, '4' as dimension_value, period_type, period, hours, at_risk_4 as at_risk, replies_4 as replies
    from metrics.equity_waits
    union all
    select
        dimension, 'not_known' as dimension_value, period_type, period, hours, at_risk_n as at_risk,
        replies_n as replies
    from metrics.equity_waits
),

asked as (
    select
        dimension, dimension_value, period_type, period, max(at_risk) as requests, sum(replies) as replies
    from long
    group by dimension, dimension_value, period_type, period
    having max(at_risk) > 0
),

sums as (
    select
        dimension, dimension_value, period_type, period, hours,
        at_risk = replies as is_zero,
        -cast(sum(cast(case when at_risk > replies then ln(1 - replies / at_risk) end as decimal(38, 18))) over earlier as double)
            as hazard,
        cast(sum(cast(case when at_risk > replies then replies / at_risk / (at_risk - replies) end as decimal(38, 18))) over earlier
            as double) as greenwood
    from long
    where replies > 0
    window earlier as (
        partition by dimension, dimension_value, period_type, period order by hours
        rows between unbounded preceding and current row
    )
),

steps as (
    select
        dimension, dimension_value, period_type, period, hours,
        case when is_zero then 0 else exp(-hazard) end as estimate,
        case when not is_zero and hazard > 0
            then exp(-hazard * exp(1.959963984540054 * sqrt(greenwood) / hazard)) end as low,
        case when not is_zero and hazard > 0
            then exp(-hazard * exp(-1.959963984540054 * sqrt(greenwood) / hazard)) end as high
    from sums
),

quantiles as (
    select
        dimension, dimension_value, period_type, period,
        min(hours) filter (where estimate <= 0.5 + 1e-12) as median,
        min(hours) filter (where low <= 0.5 + 1e-12) as median_low,
        min(hours) filter (where high <= 0.5 + 1e-12) as median_high,
        min(hours) filter (where estimate <= 0.1 + 1e-12) as p90,
        min(hours) filter (where low <= 0.1 + 1e-12) as p90_low,
        min(hours) filter (where high <= 0.1 + 1e-12) as p90_high
    from steps
    group by dimension, dimension_value, period_type, period
)

select
    a.dimension, a.dimension_value, a.period_type, a.period, q.median, q.median_low, q.median_high, q.p90, q.p90_low,
    q.p90_high, a.replies, a.requests
from asked as a
left join quantiles as q
    on q.dimension = a.dimension and q.dimension_value = a.dimension_value and q.period_type = a.period_type
    and q.period = a.period

-- metrics.equity_medians: one row per breakdown × quartile × fiscal year or to_date with a request: the median wait for a
-- first reply in business hours, as metrics.response_time estimates it (Kaplan-Meier, log-log limits).
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
        -sum(case when at_risk > replies then ln(1 - replies / at_risk) end) over earlier as hazard,
        sum(case when at_risk > replies then replies / at_risk / (at_risk - replies) end) over earlier as greenwood
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

medians as (
    select
        dimension, dimension_value, period_type, period,
        min(hours) filter (where estimate <= 0.5 + 1e-12) as value,
        min(hours) filter (where low <= 0.5 + 1e-12) as ci_low,
        min(hours) filter (where high <= 0.5 + 1e-12) as ci_high
    from steps
    group by dimension, dimension_value, period_type, period
)

select
    a.dimension, a.dimension_value, a.period_type, a.period, m.value, m.ci_low, m.ci_high, a.replies, a.requests
from asked as a
left join medians as m
    on m.dimension = a.dimension and m.dimension_value = a.dimension_value and m.period_type = a.period_type
    and m.period = a.period

-- metrics.response_steps: one row per group (response_cells.cell) × distinct waiting time in business hours: the
-- Kaplan-Meier estimate of still waiting for a first reply after it, with its log-log 95% limits (Greenwood's variance).
-- at_risk: still waiting just before. At equal times replies come before every other end. Where the estimate is 1 or 0
-- there are no limits.
with waits as (
    select
        c.cell,
        s.hours,
        count(*) as ended,
        count(*) filter (where s.outcome = 'replied') as replies,
        count(*) filter (where s.outcome = 'ended_unanswered') as competing
    from metrics.response_spells as s
    inner join core.period_days as t on t.day = s.submitted_on
    inner join metrics.response_cells as c
        on c.of_city_id is not distinct from s.city_id and c.of_topic = s.topic
        and c.period_type = t.period_type and c.period = t.period
    group by c.cell, s.hours
),

risks as (
    select
        *,
        cast(sum(ended) over (
            partition by cell order by hours desc rows between unbounded preceding and current row
        ) as double) as at_risk
    from waits
),

sums as (
    select
        cell, hours, ended, replies, competing, at_risk,
        at_risk = replies as is_zero,
        -sum(case when at_risk > replies then ln(1 - replies / at_risk) end) over earlier as hazard,
        sum(case when at_risk > replies then replies / at_risk / (at_risk - replies) end) over earlier as greenwood
    from risks
    window earlier as (partition by cell order by hours rows between unbounded preceding and current row)
)

select
    cell,
    hours,
    at_risk,
    ended,
    replies,
    competing,
    case when is_zero then 0 else exp(-hazard) end as estimate,
    case when not is_zero and hazard > 0
        then exp(-hazard * exp(1.959963984540054 * sqrt(greenwood) / hazard)) end as ci_low,
    case when not is_zero and hazard > 0
        then exp(-hazard * exp(-1.959963984540054 * sqrt(greenwood) / hazard)) end as ci_high
from sums

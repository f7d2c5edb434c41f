-- metrics.repeat_steps: one row per network or topic of the first request × period of the first request × days after it:
-- the Kaplan-Meier estimate of not having asked again (repeat_spells), with its log-log 95% limits (Greenwood's variance).
-- At equal times returns come before the cut by as_of. Where the estimate is 1 or 0 there are no limits.
with times as (
    select
        case when grouping(s.topic) = 1 then 'network' else 'topic' end as grain,
        s.topic, p.period_type, p.period, s.days,
        count(*) as ended,
        count(*) filter (where s.has_returned) as returned
    from metrics.repeat_spells as s
    inner join core.day_parts as d on d.day = s.first_on
    inner join core.period_parts as p on p.part = d.part
    group by grouping sets ((p.period_type, p.period, s.days), (p.period_type, p.period, s.topic, s.days))
),

risks as (
    select
        *,
        cast(sum(ended) over (
            partition by grain, topic, period_type, period order by days desc
            rows between unbounded preceding and current row
        ) as double) as at_risk
    from times
),

sums as (
    select
        grain, topic, period_type, period, days, at_risk, ended, returned,
        at_risk = returned as is_zero,
        -cast(sum(cast(case when at_risk > returned then ln(1 - returned / at_risk) end as decimal(38, 18))) over earlier as double)
            as hazard,
        cast(sum(cast(case when at_risk > returned then returned / at_risk / (at_risk - returned) end as decimal(38, 18)))
            over earlier as double) as greenwood
    from risks
    window earlier as (
        partition by grain, topic, period_type, period order by days
        rows between unbounded preceding and current row
    )
)

select
    grain,
    topic,
    period_type,
    period,
    days,
    at_risk,
    ended,
    returned,
    case when is_zero then 0 else exp(-hazard) end as estimate,
    case when not is_zero and hazard > 0
        then exp(-hazard * exp(1.959963984540054 * sqrt(greenwood) / hazard)) end as ci_low,
    case when not is_zero and hazard > 0
        then exp(-hazard * exp(-1.959963984540054 * sqrt(greenwood) / hazard)) end as ci_high
from sums

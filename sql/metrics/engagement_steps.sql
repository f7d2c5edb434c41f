-- metrics.engagement_steps: one row per metric × grain × keys × period × distinct length of metrics.engagement_spells: the
-- Kaplan-Meier estimate of being still under way after that many days, with its log-log 95% limits (Greenwood's variance).
-- at_risk: still under way just before. At equal lengths what ends goes before what is still counting. Where the estimate
-- is 1 or 0 there are no limits.
with spans as (
    select d.day, t.period_type, t.period
    from (select distinct day from metrics.engagement_spells) as d
    inner join reference.periods as t on d.day <= t.period_end and (d.day >= t.period_start or t.period_type = 'to_date')
),

lengths as (
    select
        s.metric, c.grain, c.city_id, c.topic, c.shown_id as engagement_id, t.period_type, t.period, s.days,
        sum(s.records) as records, sum(s.ends) as ends
    from metrics.engagement_spells as s
    inner join metrics.engagement_scopes as c on s.engagement_id = c.engagement_id
    inner join spans as t on s.day = t.day
    where c.grain <> 'engagement' or s.metric = 'milestone_slip_days'
    group by s.metric, c.grain, c.city_id, c.topic, c.shown_id, t.period_type, t.period, s.days
),

risks as (
    select
        *,
        cast(sum(records) over (
            partition by metric, grain, city_id, topic, engagement_id, period_type, period
            order by days desc rows between unbounded preceding and current row
        ) as double) as at_risk
    from lengths
),

sums as (
    select
        metric, grain, city_id, topic, engagement_id, period_type, period, days, records, ends, at_risk,
        at_risk = ends as is_zero,
        -cast(sum(cast(case when at_risk > ends then ln(1 - ends / at_risk) end as decimal(38, 18))) over earlier as double)
            as hazard,
        cast(sum(cast(case when at_risk > ends then ends / at_risk / (at_risk - ends) end as decimal(38, 18))) over earlier
            as double) as greenwood
    from risks
    window earlier as (
        partition by metric, grain, city_id, topic, engagement_id, period_type, period
        order by days rows between unbounded preceding and current row
    )
)

select
    metric, grain, city_id, topic, engagement_id, period_type, period, days, at_risk,
    cast(records as bigint) as records,
    cast(ends as bigint) as ends,
    case when is_zero then 0 else exp(-hazard) end as estimate,
    case when not is_zero and hazard > 0
        then exp(-hazard * exp(1.959963984540054 * sqrt(greenwood) / hazard)) end as ci_low,
    case when not is_zero and hazard > 0
        then exp(-hazard * exp(-1.959963984540054 * sqrt(greenwood) / hazard)) end as ci_high
from sums

-- metrics.survival_curves: one row per network or topic × fiscal year or to_date × business hour in which a reply came:
-- the share still waiting for a first reply at the end of that hour (t), from metrics.response_steps.
-- at_risk: waiting when the hour began, or ending in it; events: replies in it. Hours without a reply change nothing.
with cells as (
    select distinct cell, grain, topic, period_type, period
    from metrics.response_cells
    where grain in ('network', 'topic') and period_type in ('fiscal_year', 'to_date')
),

hourly as (
    select
        c.grain, c.topic, c.period_type, c.period, ceil(s.hours) as t,
        max(s.at_risk) as at_risk, sum(s.replies) as events, min(s.estimate) as estimate,
        case when min(s.estimate) > 0 then max_by(s.ci_low, s.hours) end as ci_low,
        case when min(s.estimate) > 0 then max_by(s.ci_high, s.hours) end as ci_high
    from metrics.response_steps as s
    inner join cells as c on c.cell = s.cell
    group by c.grain, c.topic, c.period_type, c.period, ceil(s.hours)
)

select
    'response_hours_median' as metric, grain, cast(null as varchar) as city_id, topic,
    cast(null as varchar) as engagement_id, cast(null as varchar) as dimension, cast(null as varchar) as dimension_value,
    cast(null as varchar) as basis, period_type, period, 'first_reply' as cause, t, cast(at_risk as bigint) as at_risk,
    cast(events as bigint) as events, estimate, ci_low, ci_high
from hourly
where events > 0
order by grain, topic, period_type, period, t

-- metrics.survival_curves: one row per network or topic × fiscal year or to_date, and city to_date × cause × business hour in
-- which it ended a wait. t is the end of that hour.
-- response_hours_median, cause first_reply: the share still waiting for a first reply (metrics.response_steps).
-- resolved_within_10d_pct, causes resolved, closed_unanswered, withdrawn, merged: the share that had ended so, by
-- Aalen-Johansen with the limits of metrics.resolution_sums, up to 40 business days; the four and the share still open are 1.
-- at_risk: still there when the hour began, or ending in it. Hours without an event of the cause change nothing.
with response_cells as (
    select distinct cell, grain, city_id, topic, period_type, period
    from metrics.response_cells
    where (grain in ('network', 'topic') and period_type in ('fiscal_year', 'to_date'))
        or (grain = 'city' and period_type = 'to_date')
),

replies as (
    select
        c.grain, c.city_id, c.topic, c.period_type, c.period, ceil(s.hours) as t,
        max(s.at_risk) as at_risk, sum(s.replies) as events, min(s.estimate) as estimate,
        case when min(s.estimate) > 0 then max_by(s.ci_low, s.hours) end as ci_low,
        case when min(s.estimate) > 0 then max_by(s.ci_high, s.hours) end as ci_high
    from metrics.response_steps as s
    inner join response_cells as c on c.cell = s.cell
    group by c.grain, c.city_id, c.topic, c.period_type, c.period, ceil(s.hours)
),

ends as (
    select c.grain, c.city_id, c.topic, c.period_type, c.period, s.cause, s.t, s.at_risk, s.events, s.incidence,
        case when s.incidence > 0 and s.incidence < 1 - 1e-12
            then exp(1.959963984540054 * sqrt(s.variance) / (s.incidence * -ln(s.incidence))) end as spread
    from metrics.resolution_curves as s
    inner join (
        select distinct cell, grain, city_id, topic, period_type, period from metrics.resolution_cells where is_curve
    ) as c on c.cell = s.cell
)

select
    'response_hours_median' as metric, grain, city_id, topic,
    cast(null as varchar) as engagement_id, cast(null as varchar) as dimension, cast(null as varchar) as dimension_value,
    cast(null as varchar) as basis, period_type, period, 'first_reply' as cause, t, cast(at_risk as bigint) as at_risk,
    cast(events as bigint) as events, estimate, ci_low, ci_high
from replies
where events > 0
union all
select
    'resolved_within_10d_pct' as metric, grain, city_id, topic,
    cast(null as varchar) as engagement_id, cast(null as varchar) as dimension, cast(null as varchar) as dimension_value,
    cast(null as varchar) as basis, period_type, period, cause, t, cast(at_risk as bigint) as at_risk,
    cast(events as bigint) as events, incidence as estimate, exp(ln(incidence) * spread) as ci_low,
    exp(ln(incidence) / spread) as ci_high
from ends
order by metric, grain, city_id, topic, period_type, period, cause, t

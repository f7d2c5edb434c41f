-- metrics.survival_curves: one row per network or topic × fiscal year or to_date, and city to_date × cause × business hour in
-- which it ended a wait. t is the end of that hour.
-- response_hours_median, cause first_reply: the share still waiting for a first reply (metrics.response_curves).
-- resolved_within_10d_pct, causes resolved, closed_unanswered, withdrawn, merged: the share that had ended so, by
-- Aalen-Johansen with the limits of metrics.resolution_sums, up to 40 business days; the four and the share still open are 1.
-- Of groups of fewer than min_denominator there is none, as their percentages are withheld.
-- at_risk: still there when the hour began, or ending in it. Hours without an event of the cause change nothing.
with ends as (
    select c.grain, c.city_id, c.topic, c.period_type, c.period, s.cause, s.t, s.at_risk, s.events, s.incidence,
        case when s.incidence > 0 and s.incidence < 1 - 1e-12
            then exp(1.959963984540054 * sqrt(s.variance) / (s.incidence * -ln(s.incidence))) end as spread
    from metrics.resolution_curves as s
    inner join metrics.wait_counts as c on c.cell = s.cell
    inner join reference.params as p on c.asked >= p.min_denominator
)

select
    'response_hours_median' as metric, c.grain, c.city_id, c.topic,
    cast(null as varchar) as engagement_id, cast(null as varchar) as dimension, cast(null as varchar) as dimension_value,
    cast(null as varchar) as basis, c.period_type, c.period, 'first_reply' as cause, s.t, cast(s.at_risk as bigint) as at_risk,
    s.replies as events, s.estimate, s.ci_low, s.ci_high
from metrics.response_curves as s
inner join metrics.wait_counts as c on c.cell = s.cell
inner join reference.params as p on c.asked >= p.min_denominator
union all
select
    'resolved_within_10d_pct' as metric, grain, city_id, topic,
    cast(null as varchar) as engagement_id, cast(null as varchar) as dimension, cast(null as varchar) as dimension_value,
    cast(null as varchar) as basis, period_type, period, cause, t, cast(at_risk as bigint) as at_risk,
    cast(events as bigint) as events, incidence as estimate, exp(ln(incidence) * spread) as ci_low,
    exp(ln(incidence) / spread) as ci_high
from ends
order by metric, grain, city_id, topic, period_type, period, cause, t

-- One row per metric × keys × t: the estimate after t, how many were at risk and how many ended.
select
    metric,
    grain,
    city_id,
    topic,
    engagement_id,
    dimension,
    dimension_value,
    basis,
    period_type,
    period,
    cause,
    t,
    at_risk,
    events,
    estimate,
    ci_low,
    ci_high
from metrics.survival_curves
order by metric, grain, city_id, topic, engagement_id, dimension, dimension_value, basis, period_type, period, cause, t

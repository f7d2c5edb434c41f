-- One row per metric × grain × keys × period: every reported number, with its numerator, denominator and interval.
-- A key that does not apply is null. Money is in amount_usd; a figure without a value says why in state and reason.
select
    metric,
    metric_version,
    grain,
    city_id,
    topic,
    engagement_id,
    dimension,
    dimension_value,
    basis,
    period_type,
    period,
    period_start,
    period_end,
    value,
    amount_usd,
    numerator,
    denominator,
    ci_low,
    ci_high,
    unit,
    state,
    status,
    reason,
    previous_value,
    change,
    change_low,
    change_high
from metrics.metric_values
order by
    metric, grain, city_id, topic, engagement_id, dimension, dimension_value, basis, period_type, period_start, period

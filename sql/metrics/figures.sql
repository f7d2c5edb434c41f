-- metrics.figures: one row per metric × grain × keys × period, as the metric families give it; a new family joins here.
select
    metric, grain, city_id, topic, engagement_id, dimension, dimension_value, basis, period_type, period,
    value, amount_usd, numerator, denominator, ci_low, ci_high, state, reason
from metrics.on_time
union all
select
    metric, grain, city_id, topic, engagement_id, dimension, dimension_value, basis, period_type, period,
    value, amount_usd, numerator, denominator, ci_low, ci_high, state, reason
from metrics.response_time
union all
select
    metric, grain, city_id, topic, engagement_id, dimension, dimension_value, basis, period_type, period,
    value, amount_usd, numerator, denominator, ci_low, ci_high, state, reason
from metrics.backlog
union all
select
    metric, grain, city_id, topic, engagement_id, dimension, dimension_value, basis, period_type, period,
    value, amount_usd, numerator, denominator, ci_low, ci_high, state, reason
from metrics.reach
union all
select
    metric, grain, city_id, topic, engagement_id, dimension, dimension_value, basis, period_type, period,
    value, amount_usd, numerator, denominator, ci_low, ci_high, state, reason
from metrics.engagement_delivery
union all
select
    metric, grain, city_id, topic, engagement_id, dimension, dimension_value, basis, period_type, period,
    value, amount_usd, numerator, denominator, ci_low, ci_high, state, reason
from metrics.funding
union all
select
    metric, grain, city_id, topic, engagement_id, dimension, dimension_value, basis, period_type, period,
    value, amount_usd, numerator, denominator, ci_low, ci_high, state, reason
from metrics.spending

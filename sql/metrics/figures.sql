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
union all
select
    metric, grain, city_id, topic, engagement_id, dimension, dimension_value, basis, period_type, period,
    value, amount_usd, numerator, denominator, ci_low, ci_high, state, reason
from metrics.backlog_rates
union all
select
    metric, grain, city_id, topic, engagement_id, dimension, dimension_value, basis, period_type, period,
    value, amount_usd, numerator, denominator, ci_low, ci_high, state, reason
from metrics.engagement_time
union all
select
    metric, grain, city_id, topic, engagement_id, dimension, dimension_value, basis, period_type, period,
    value, amount_usd, numerator, denominator, ci_low, ci_high, state, reason
from metrics.engagement_money
union all
select
    metric, grain, city_id, topic, engagement_id, dimension, dimension_value, basis, period_type, period,
    value, amount_usd, numerator, denominator, ci_low, ci_high, state, reason
from metrics.match
union all
select
    metric, grain, city_id, topic, engagement_id, dimension, dimension_value, basis, period_type, period,
    value, amount_usd, numerator, denominator, ci_low, ci_high, state, reason
from metrics.cost
union all
select
    metric, grain, city_id, topic, engagement_id, dimension, dimension_value, basis, period_type, period,
    value, amount_usd, numerator, denominator, ci_low, ci_high, state, reason
from metrics.topics
union all
select
    metric, grain, city_id, topic, engagement_id, dimension, dimension_value, basis, period_type, period,
    value, amount_usd, numerator, denominator, ci_low, ci_high, state, reason
from metrics.silent
union all
select
    metric, grain, city_id, topic, engagement_id, dimension, dimension_value, basis, period_type, period,
    value, amount_usd, numerator, denominator, ci_low, ci_high, state, reason
from metrics.satisfaction
union all
select
    metric, grain, city_id, topic, engagement_id, dimension, dimension_value, basis, period_type, period,
    value, amount_usd, numerator, denominator, ci_low, ci_high, state, reason
from metrics.reach_first_use
union all
select
    metric, grain, city_id, topic, engagement_id, dimension, dimension_value, basis, period_type, period,
    value, amount_usd, numerator, denominator, ci_low, ci_high, state, reason
from metrics.library
union all
select
    metric, grain, city_id, topic, engagement_id, dimension, dimension_value, basis, period_type, period,
    value, amount_usd, numerator, denominator, ci_low, ci_high, state, reason
from metrics.peers
union all
select
    metric, grain, city_id, topic, engagement_id, dimension, dimension_value, basis, period_type, period,
    value, amount_usd, numerator, denominator, ci_low, ci_high, state, reason
from metrics.resolution
union all
select
    metric, grain, city_id, topic, engagement_id, dimension, dimension_value, basis, period_type, period,
    value, amount_usd, numerator, denominator, ci_low, ci_high, state, reason
from metrics.closing
union all
select
    metric, grain, city_id, topic, engagement_id, dimension, dimension_value, basis, period_type, period,
    value, amount_usd, numerator, denominator, ci_low, ci_high, state, reason
from metrics.repeat_use

-- One row per metric × fiscal year or to date × city: the raw share, and the share with strength borrowed from the others.
select
    metric,
    period_type,
    period,
    city_id,
    numerator,
    denominator,
    raw,
    pooled,
    pooled_low,
    pooled_high,
    shrinkage,
    "rank",
    rank_low,
    rank_high,
    ranked,
    prior_a,
    prior_b,
    pooling,
    state,
    reason
from metrics.city_leagues
order by metric, period_type, period, city_id

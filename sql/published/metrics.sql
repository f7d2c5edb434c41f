-- One row per metric: what it means, over what, and its limits.
select
    metric,
    version,
    title,
    definition,
    unit,
    direction,
    numerator,
    denominator,
    "interval",
    decimals,
    feeds,
    window_days,
    source,
    limits
from reference.metrics
order by metric

-- One row per metric × service × period: reach over the cities eligible then and now, and whether the two would be read
-- differently.
select
    metric,
    service,
    period_type,
    period,
    value_then,
    value_now,
    state_then,
    state_now,
    cities_then,
    cities_now,
    differs,
    why
from metrics.reach_bases
order by metric, service, period_type, period

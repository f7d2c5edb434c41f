-- One row per target set up to as_of: of a metric in a period, for a city or topic or (null) for all.
select
    metric,
    period,
    target,
    city_id,
    topic,
    set_on,
    set_by,
    reason_missed,
    known_at
from core.targets
order by metric, period, city_id, topic

-- One row per target set up to as_of: of a metric in a period, for a city or topic or (null) for all.
select
    t.metric,
    t.period,
    t.target,
    t.city_id,
    t.topic,
    t.set_on,
    t.set_by,
    t.reason_missed,
    t.known_at
from staging.targets as t
cross join reference.params as p
where t.set_on <= p.as_of
order by t.metric, t.period, t.city_id, t.topic

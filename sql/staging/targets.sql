-- One row per metric, period, city and topic that a target was set for (city and topic null: for all): the latest version
-- that any file gave. A topic outside the taxonomy stays as it is written, so that two of them remain two targets.
with vocabulary as (
    select topic as word, topic from reference.topics
    union
    select regexp_replace(lower(trim(title)), '[^a-z0-9]+', '_', 'g') as word, topic from reference.topics
),

named as (
    select
        t.metric, t.period, t.target, t.city as city_id, coalesce(v.topic, t.topic) as topic, t.set_on, t.set_by, t.reason_missed,
        t._known_at, t._order, t._file, t._sha256, t._row
    from raw.targets as t
    left join vocabulary as v on v.word = regexp_replace(lower(trim(t.topic)), '[^a-z0-9]+', '_', 'g')
)

select
    metric,
    period,
    target,
    city_id,
    topic,
    set_on,
    set_by,
    reason_missed,
    _known_at as known_at
from named
qualify row_number() over (
    partition by metric, period, city_id, topic order by _known_at desc, _order desc, _file desc, _sha256 desc, _row desc
) = 1
order by metric, period, city_id, topic

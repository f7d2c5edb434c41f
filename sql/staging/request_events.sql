-- One row per event of a request: the latest version that any file gave. A request may be reopened several times.
select
    e.event_id,
    e.request_id,
    e.at,
    e.event,
    e._known_at as known_at,
    min(e._known_at) over (partition by e.event_id) as first_known_at,
    min(e.at) over (partition by e.event_id) <> max(e.at) over (partition by e.event_id) as is_redated
from raw.request_events as e
qualify row_number() over (
    partition by e.event_id order by e._known_at desc, e._order desc, e._file desc, e._sha256 desc, e._row desc
) = 1
order by e.event_id

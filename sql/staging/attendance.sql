-- One row per peer event and city that came: the latest version that any file gave. attendees null: nobody counted.
select
    event_id,
    city as city_id,
    attendees,
    _known_at as known_at
from raw.attendance
qualify row_number() over (
    partition by event_id, city order by _known_at desc, _order desc, _file desc, _sha256 desc, _row desc
) = 1
order by event_id, city_id

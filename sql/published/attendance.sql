-- One row per peer event held up to as_of and city that came: a head count, no person.
select
    event_id,
    city_id,
    attendees,
    held_on,
    topic,
    known_at
from core.attendance
order by event_id, city_id

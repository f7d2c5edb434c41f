-- One row per peer event held up to as_of and city that came, with the event's day and topic. Attendance at an event that
-- peer_events does not have is kept without a day, and reported.
select
    a.event_id,
    a.city_id,
    a.attendees,
    e.held_on,
    e.topic,
    a.known_at
from staging.attendance as a
cross join reference.params as p
left join staging.peer_events as e on a.event_id = e.event_id
where e.event_id is null or e.held_on <= p.as_of
order by a.event_id, a.city_id

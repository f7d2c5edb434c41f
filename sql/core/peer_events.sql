-- One row per peer event held up to as_of.
select
    e.event_id,
    e.title,
    e.topic,
    e.held_on,
    e.known_at
from staging.peer_events as e
cross join reference.params as p
where e.held_on <= p.as_of
order by e.event_id

-- One row per change of state of a request of the desk (tests and spam left out); event_on is the local day.
select
    request_id,
    nth,
    city_id,
    topic,
    event,
    e.at,
    event_on
from core.request_events as e
order by request_id, nth

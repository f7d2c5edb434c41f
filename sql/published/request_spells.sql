-- One row per time that a request of the desk (tests and spam left out) was open; until_at is null while it lasts.
select
    request_id,
    opened_at,
    until_at,
    city_id,
    topic,
    submitted_at,
    first_response_at,
    due_at
from core.request_spells
order by request_id, opened_at

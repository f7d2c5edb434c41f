-- core.request_spells: one row per time that a request of the desk (tests and spam left out) was open: until_at is null while
-- it lasts. From the state that each instant leaves, never from what changed (core.request_events), so that one can check
-- the other; a request said to be reopened while open goes on in a row of its own.
select
    i.request_id, r.city_id, r.topic, i.at as opened_at, i.next_at as until_at, r.submitted_at, r.first_response_at, r.due_at
from core.request_instants as i
inner join core.requests as r on r.request_id = i.request_id
where i.opens and i.next_at is distinct from i.at and not r.is_test and not r.is_spam

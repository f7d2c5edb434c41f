-- One row per request of the desk (tests and spam left out): how long it waited for a first reply and stood open for the first
-- time, on the business clock, and how each ended. No longer than the longest wait for a reply, and than 321 hours: no estimate
-- changes by that.
select
    w.request_id,
    w.city_id,
    w.topic,
    r.submitted_on,
    w.outcome,
    w.hours,
    w.cause,
    w.open_hours
from core.request_waits as w
inner join core.requests as r on r.request_id = w.request_id
order by w.request_id

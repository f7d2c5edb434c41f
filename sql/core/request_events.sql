-- core.request_events: one row per change of state of a request of the desk (tests and spam left out), several reopenings
-- included. Only what changes the state is an event: a request already closed cannot be closed again, nor an open one
-- reopened. event_on is the local day; part is that of the request's asking (core.requests).
select i.request_id, r.part, r.city_id, r.topic, i.at, h.local_date as event_on, i.event, i.nth
from core.request_instants as i
inner join core.requests as r on r.request_id = i.request_id
left join reference.hours as h on h.hour_at = date_trunc('hour', i.at)
where i.is_change and not r.is_test and not r.is_spam

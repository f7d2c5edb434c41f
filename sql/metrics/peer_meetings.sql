-- metrics.peer_meetings: one row per pair of cities (city_a before city_b) × part of time (core.day_parts) in which
-- both came to one peer event: how many such events, the first and the last. Of an event of n cities n (n - 1) / 2
-- pairs come.
select
    a.city_id as city_a,
    b.city_id as city_b,
    d.part,
    count(*) as events,
    min(a.held_on) as first_on,
    max(a.held_on) as last_on
from core.attendance as a
inner join core.attendance as b on b.event_id = a.event_id and b.city_id > a.city_id
inner join core.day_parts as d on d.day = a.held_on
group by a.city_id, b.city_id, d.part

-- metrics.peer_links: one row per pair of cities (city_a before city_b) that came to one peer event since the launch month:
-- how many such events, the first and the last.
select
    m.city_a,
    m.city_b,
    cast(sum(m.events) as bigint) as events,
    min(m.first_on) as first_on,
    max(m.last_on) as last_on
from metrics.peer_meetings as m
inner join core.period_parts as p on p.part = m.part and p.period_type = 'to_date'
group by m.city_a, m.city_b

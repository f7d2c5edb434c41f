-- One row per pair of cities that came to one peer event since the month of the launch: who met whom, how often, first and last.
select
    city_a,
    city_b,
    events,
    first_on,
    last_on
from metrics.peer_links
order by city_a, city_b

-- One row per city that was eligible since the month of the launch: its peer events, the cities it met, and whether it never met
-- one.
select
    city_id,
    is_eligible_now,
    events,
    cities_met,
    first_on,
    last_on,
    never_connected
from metrics.peer_cities
order by city_id

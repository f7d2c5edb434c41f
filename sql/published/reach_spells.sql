-- One row per city × service: the days from when it became eligible to its first use, or to when it was last seen not to have.
select
    city_id,
    service,
    starts_on,
    ends_on,
    first_used_on,
    days
from metrics.reach_spells
order by city_id, service

-- One row per city that may call, has called or is served.
select
    city_id,
    name,
    state,
    latitude,
    longitude,
    population,
    wave
from core.cities
order by city_id

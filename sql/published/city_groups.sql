-- One row per city that is or was eligible by as_of: its quartile by population and by poverty outside college.
select
    city_id,
    population,
    noncollege_poverty_pct,
    size_quartile,
    poverty_quartile
from core.city_groups
order by city_id

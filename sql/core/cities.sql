-- One row per city that may call, has called or is served: every city_id of the feeds, named by the gazetteer.
-- population is the latest default estimate that covers a day up to as_of; wave is that of the first eligible interval.
with ids as (
    select city_id from staging.eligibility
    union
    select city_id from staging.engagement_cities
    union
    select city_id from staging.requests where city_id is not null
    union
    select city_id from staging.attendance
    union
    select city_id from staging.library_use where city_id is not null
    union
    select city_id from staging.targets where city_id is not null
),

populations as (
    select i.city_id, cast(round(i.value) as bigint) as population
    from core.indicator_values as i
    cross join reference.params as p
    where i.indicator = 'population' and i.is_default and i.value is not null and i.period_start <= p.as_of
    qualify row_number() over (partition by i.city_id order by i.period_end desc) = 1
),

waves as (
    select city_id, wave
    from staging.eligibility
    where wave is not null
    qualify row_number() over (partition by city_id order by eligible_from) = 1
)

select
    i.city_id,
    coalesce(g.name, i.city_id) as name,
    g.state,
    g.latitude,
    g.longitude,
    p.population,
    w.wave
from ids as i
left join reference.places as g on i.city_id = g.geoid
left join populations as p on i.city_id = p.city_id
left join waves as w on i.city_id = w.city_id
order by i.city_id

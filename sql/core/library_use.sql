-- One row per use of the library up to the end of as_of. topic is that of the use, else of its resource, else unclassified;
-- used_on is the local day, null before the calendar begins. results is null but for a search that says how many it found.
select
    u.use_id,
    u.used_at,
    h.local_date as used_on,
    u.city_id,
    u.resource_id,
    coalesce(u.topic, r.topic, 'unclassified') as topic,
    u.action,
    u.results,
    u.known_at
from staging.library_use as u
cross join reference.params as p
left join staging.library_resources as r on u.resource_id = r.resource_id
left join reference.hours as h on h.hour_at = date_trunc('hour', u.used_at)
where u.used_at < p.as_of_at
order by u.use_id

-- One row per resource that was in the library by as_of (or whose day is not known). A review after as_of is null, since it
-- is not yet seen.
select
    r.resource_id,
    r.title,
    r.topic,
    r.published_on,
    case when r.reviewed_on <= p.as_of then r.reviewed_on end as reviewed_on,
    r.known_at
from staging.library_resources as r
cross join reference.params as p
where r.published_on is null or r.published_on <= p.as_of
order by r.resource_id

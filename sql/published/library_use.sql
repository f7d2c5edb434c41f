-- One row per use of the library up to as_of, without the words of a search.
select
    use_id,
    used_at,
    used_on,
    city_id,
    resource_id,
    topic,
    action,
    results,
    known_at
from core.library_use
order by use_id

-- One row per use of engagements, the peer exchange or the library, up to as_of: an engagement really started in a city, a
-- city that came to a peer event, a use of the library (city_id null where it is not known). The desk's uses are
-- core.requests that are canonical: they are many, and stand there. is_empty: a search that found nothing; null where
-- nothing is said of it.
select
    'engagement' as service,
    e.engagement_id || ' ' || c.city_id as use_id,
    c.city_id,
    e.topic,
    e.started_on as used_on,
    'started' as action,
    cast(null as boolean) as is_empty
from core.engagements as e
inner join core.engagement_cities as c on c.engagement_id = e.engagement_id
where e.started_on is not null
union all
select
    'peer' as service, event_id || ' ' || city_id as use_id, city_id, topic, held_on as used_on, 'attended' as action,
    cast(null as boolean) as is_empty
from core.attendance
where held_on is not null
union all
select
    'library' as service, use_id, city_id, topic, used_on, action,
    case when action = 'search' then results = 0 end as is_empty
from core.library_use
order by service, use_id

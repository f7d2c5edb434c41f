-- metrics.repeat_spells: one row per city that asked: the local day of its first canonical request and its topic, and how
-- many days later it asked again (another canonical request on another day), or was last seen not to have (as_of).
with days as (
    select
        city_id, submitted_on, min(submitted_at) as first_at,
        row_number() over (partition by city_id order by submitted_on) as nth
    from core.requests
    where is_canonical and city_id is not null
    group by city_id, submitted_on
),

firsts as (
    select f.city_id, f.submitted_on as first_on, n.submitted_on as again_on, min_by(r.topic, r.request_id) as topic
    from days as f
    inner join core.requests as r on r.city_id = f.city_id and r.submitted_at = f.first_at and r.is_canonical
    left join days as n on n.city_id = f.city_id and n.nth = 2
    where f.nth = 1
    group by f.city_id, f.submitted_on, n.submitted_on
)

select
    f.city_id,
    f.topic,
    f.first_on,
    f.again_on,
    date_diff('day', f.first_on, coalesce(f.again_on, p.as_of)) as days,
    f.again_on is not null as has_returned
from firsts as f
cross join reference.params as p

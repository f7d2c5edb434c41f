-- core.request_piles: one row per part of time (core.day_parts) × city × topic in which the desk was asked, numbered `pile`.
-- city_id is null for callers without a city. Every group that figures are made for is a set of whole piles.
select
    cast(row_number() over (order by part, city_id, topic) as integer) as pile,
    part,
    city_id,
    topic
from (
    select distinct d.part, r.city_id, r.topic
    from core.requests as r
    inner join core.day_parts as d on d.day = r.submitted_on
    where not r.is_test and not r.is_spam
) as asked

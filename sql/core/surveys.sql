-- core.surveys: one row per surveyed request, as seen at as_of. An answer that came later is not yet there; one whose date
-- nobody noted counts from the delivery on.
select
    s.request_id,
    s.delivered_at,
    case when s.answered_at < p.as_of_at then s.answered_at end as answered_at,
    case when coalesce(s.answered_at, s.delivered_at) < p.as_of_at then s.rating end as rating
from staging.surveys as s
cross join reference.params as p
where s.delivered_at < p.as_of_at

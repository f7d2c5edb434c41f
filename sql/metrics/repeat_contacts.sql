-- metrics.repeat_contacts: one row per part of time (of the first resolution, local day) × city × topic: canonical requests
-- of cities resolved then, those whose 14 days have passed by as_of (watched), and of these those followed by another
-- request of the same city and topic within 14 days of it (repeated). Tests and spam do not follow; duplicates do.
-- Time is cut in spans of 14 days, so that the 14 days after any instant are the rest of its span and the head of the
-- next: the last request of the one and the first of the other say whether there is any.
with asked as (
    select
        city_id, topic, cast(floor(epoch(submitted_at) / 1209600) as bigint) as span,
        min(submitted_at) as first_at, max(submitted_at) as last_at
    from core.requests
    where city_id is not null and not is_test and not is_spam
    group by city_id, topic, cast(floor(epoch(submitted_at) / 1209600) as bigint)
),

resolutions as (
    select
        r.city_id, r.topic, r.resolved_at, h.local_date as day,
        cast(floor(epoch(r.resolved_at) / 1209600) as bigint) as span,
        r.resolved_at + interval 14 days <= p.as_of_at as is_watched
    from core.requests as r
    cross join reference.params as p
    inner join reference.hours as h on h.hour_at = date_trunc('hour', r.resolved_at)
    where r.is_canonical and r.city_id is not null
)

select
    d.part,
    x.city_id,
    x.topic,
    count(*) as resolved,
    count(*) filter (where x.is_watched) as watched,
    count(*) filter (
        where x.is_watched
        and (coalesce(t.last_at > x.resolved_at, false) or coalesce(n.first_at <= x.resolved_at + interval 14 days, false))
    ) as repeated
from resolutions as x
inner join core.day_parts as d on d.day = x.day
left join asked as t on t.city_id = x.city_id and t.topic = x.topic and t.span = x.span
left join asked as n on n.city_id = x.city_id and n.topic = x.topic and n.span = x.span + 1
group by d.part, x.city_id, x.topic

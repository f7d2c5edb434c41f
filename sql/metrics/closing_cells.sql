-- metrics.closing_cells: one row per part of time in which requests were asked × part of the first resolution (its local day)
-- × city × topic: canonical requests
-- resolved then, those whose 30 days have passed by as_of (watched), and of these those reopened within 30 days of it, with
-- a count of replies, and resolved with one reply and not reopened.
with reopenings as (
    select r.request_id, min(e.at) as reopened_at
    from core.request_events as e
    inner join core.requests as r on r.request_id = e.request_id
    where e.event = 'reopened' and e.at >= r.resolved_at
    group by r.request_id
),

resolutions as (
    select
        r.part, r.city_id, r.topic, r.replies, h.local_date as day,
        r.resolved_at + interval 30 days <= p.as_of_at as is_watched,
        coalesce(o.reopened_at <= r.resolved_at + interval 30 days, false) as is_reopened
    from core.requests as r
    cross join reference.params as p
    inner join reference.hours as h on h.hour_at = date_trunc('hour', r.resolved_at)
    left join reopenings as o on o.request_id = r.request_id
    where r.is_canonical
)

select
    x.part,
    d.part as resolved_part,
    x.city_id,
    x.topic,
    count(*) as resolved,
    count(*) filter (where x.is_watched) as watched,
    count(*) filter (where x.is_watched and x.is_reopened) as reopened,
    count(*) filter (where x.is_watched and x.replies is not null) as counted,
    count(*) filter (where x.is_watched and x.replies = 1 and not x.is_reopened) as first_contact
from resolutions as x
inner join core.day_parts as d on d.day = x.day
group by x.part, d.part, x.city_id, x.topic

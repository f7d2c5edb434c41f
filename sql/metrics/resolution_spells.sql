-- metrics.resolution_spells: one row per request of the desk (tests and spam left out): how long it stood open for the first
-- time on the business clock, and what ended that.
-- cause: the first end among its events: resolved (a substantive answer), closed_unanswered (no answer, referred, out of
-- scope), withdrawn, merged; open is cut off by as_of.
with timed as (
    select
        r.request_id, r.city_id, r.topic, r.submitted_at, r.submitted_on,
        coalesce(e.event, 'open') as cause,
        coalesce(e.at, p.as_of_at) as until_at
    from core.requests as r
    cross join reference.params as p
    left join core.request_events as e
        on e.request_id = r.request_id and e.at = r.closed_at
        and e.event in ('resolved', 'closed_unanswered', 'withdrawn', 'merged')
    where not r.is_test and not r.is_spam
)

select
    t.request_id,
    t.city_id,
    t.topic,
    d.part,
    t.cause,
    (
        u.open_before_seconds + u.is_open * (epoch(t.until_at) - epoch(u.hour_at))
        - s.open_before_seconds - s.is_open * (epoch(t.submitted_at) - epoch(s.hour_at))
    ) / 3600 as hours
from timed as t
inner join core.day_parts as d on d.day = t.submitted_on
inner join reference.hours as s on s.hour_at = date_trunc('hour', t.submitted_at)
inner join reference.hours as u on u.hour_at = date_trunc('hour', t.until_at)

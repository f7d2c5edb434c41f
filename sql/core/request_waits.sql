-- core.request_waits: one row per request of the desk (tests and spam left out): how long it waited for a first reply, how
-- long it stood open for the first time, both on the business clock, and how each ended.
-- outcome, hours: replied; withdrawn and open are censored; ended_unanswered (closed or merged before any reply) competes.
-- What comes first ends the wait, whatever follows: at one instant a withdrawal, then a reply, then another closing.
-- cause, open_hours: resolved (a substantive answer), closed_unanswered (no answer, referred, out of scope), withdrawn or
-- merged, whichever closed it first; open is cut off by as_of.
-- A wait that nobody ended with a reply is told no longer than any reply took, rounded up to whole 400 hours, and open_hours
-- no longer than 321, an hour past the last that is asked for: no estimate changes by that, and an old request that stands
-- open is the same row from one day to the next.
-- pile: its part of time (core.day_parts), city and topic as one number, the same whenever it is made.
with longest as (
    select 400 * ceil(max(response_hours) / 400) as hours from core.requests where not is_test and not is_spam
),

ends as (
    select
        r.request_id, r.part, r.city_id, r.topic, d.part_no, r.submitted_at, r.response_hours, p.as_of_at,
        case
            when r.closed_by = 'withdrawn' and coalesce(r.closed_at <= r.first_response_at, true) then 'withdrawn'
            when coalesce(r.first_response_at <= r.closed_at, r.first_response_at is not null) then 'replied'
            when r.closed_at is not null then 'ended_unanswered'
            else 'open'
        end as outcome,
        r.closed_at,
        coalesce(r.closed_by, 'open') as cause
    from core.requests as r
    inner join core.day_parts as d on d.day = r.submitted_on
    cross join reference.params as p
    where not r.is_test and not r.is_spam
),

timed as (
    select
        *,
        case when outcome in ('withdrawn', 'ended_unanswered') then closed_at when outcome = 'open' then as_of_at end as until_at,
        coalesce(closed_at, as_of_at) as open_until_at
    from ends
),

clocked as (
    select
        t.*,
        a.open_before_seconds + a.is_open * (epoch(t.submitted_at) - epoch(a.hour_at)) as asked_seconds,
        u.open_before_seconds + u.is_open * (epoch(t.until_at) - epoch(u.hour_at)) as until_seconds,
        o.open_before_seconds + o.is_open * (epoch(t.open_until_at) - epoch(o.hour_at)) as open_until_seconds
    from timed as t
    inner join reference.hours as a on a.hour_at = date_trunc('hour', t.submitted_at)
    inner join reference.hours as o on o.hour_at = date_trunc('hour', t.open_until_at)
    left join reference.hours as u on u.hour_at = date_trunc('hour', t.until_at)
)

select
    c.request_id,
    c.part,
    c.city_id,
    c.topic,
    c.part_no * 100000000000 + coalesce(cast(c.city_id as bigint), 0) * 1000 + t.ordinal as pile,
    c.outcome,
    case when c.outcome = 'replied' then c.response_hours
        else least((c.until_seconds - c.asked_seconds) / 3600, l.hours) end as hours,
    c.cause,
    least((c.open_until_seconds - c.asked_seconds) / 3600, 321) as open_hours
from clocked as c
inner join reference.topics as t on t.topic = c.topic
cross join longest as l

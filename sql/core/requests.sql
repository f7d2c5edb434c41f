-- core.requests: one row per request submitted by the end of as_of, as it stood then.
-- An instant after as_of is null: not yet seen. Tests and spam stay, marked; the desk's figures leave them out.
-- Replies and resolutions are the first that its columns or request_events tell; core.request_instants has every end.
-- Before the calendar in reference.hours (a year before the launch) there is no due date.
-- part: the part of time (core.day_parts) in which it was asked, `earlier` before the calendar.
with logged as (
    select
        e.request_id,
        min(e.at) filter (where e.event = 'reply') as replied_at,
        min(e.at) filter (where e.event = 'resolved') as resolved_at,
        nullif(count(*) filter (where e.event = 'reply' and e.at < p.as_of_at), 0) as replies
    from staging.request_events as e
    cross join reference.params as p
    inner join staging.requests as s on s.request_id = e.request_id and s.submitted_at <= e.at
    where e.event in ('reply', 'resolved')
    group by e.request_id
),

states as (
    select
        i.request_id,
        min(i.at) filter (where not i.opens) as closed_at,
        min_by(i.event, i.nth) filter (where not i.opens) as closed_by,
        min(i.at) filter (where i.event = 'withdrawn') as withdrawn_at,
        min(i.at) filter (where i.event = 'merged') as merged_at,
        min(i.at) filter (where i.event = 'reopened' and i.is_change) as reopened_at,
        count(*) filter (where i.event = 'reopened' and i.is_change) as reopenings,
        -- the last instant leaves it closed
        max(i.at) filter (where i.next_at is null and not i.opens) as ended_at,
        max(case when i.next_at is null and i.event = 'closed_unanswered' then 'no_answer' end) as disposition
    from core.request_instants as i
    group by i.request_id
),

seen as (
    select
        s.request_id, s.city_id, s.caller_type, s.topic, s.channel, s.priority, s.partner, s.is_test, s.is_spam,
        coalesce(s.duplicate_of, d.duplicate_of) as duplicate_of, s.submitted_at, s.known_at, s.versions, s.vanished_at, s.is_conflicted,
        least(s.first_response_at, g.replied_at) as first_response_at,
        least(s.resolved_at, g.resolved_at) as resolved_at,
        coalesce(s.replies, g.replies) as replies,
        coalesce(s.disposition, t.disposition) as disposition,
        t.closed_at, t.closed_by, t.withdrawn_at, t.merged_at, t.reopened_at, t.reopenings, t.ended_at,
        s.submitted_at + to_seconds(p.service_level_calendar_seconds) as due_calendar_at,
        p.service_level_business_seconds as business_seconds,
        p.as_of_at
    from staging.requests as s
    cross join reference.params as p
    inner join states as t on t.request_id = s.request_id
    left join logged as g on g.request_id = s.request_id
    left join reference.decided_duplicates as d on d.request_id = s.request_id
),

-- business seconds on the clock when the request came in
clocked as (
    select
        s.*,
        h.local_date as submitted_on,
        h.open_before_seconds + h.is_open * (epoch(s.submitted_at) - epoch(h.hour_at)) as asked_seconds,
        f.open_before_seconds + f.is_open * (epoch(s.first_response_at) - epoch(f.hour_at)) as answered_seconds
    from seen as s
    left join reference.hours as h on h.hour_at = date_trunc('hour', s.submitted_at)
    left join reference.hours as f on f.hour_at = date_trunc('hour', s.first_response_at)
)

select
    c.request_id, c.city_id, c.caller_type, c.topic, c.channel, c.priority, c.partner,
    case when c.ended_at is null then 'open' else 'closed' end as status,
    case when c.closed_at is not null then c.disposition end as disposition,
    c.replies, c.is_test, c.is_spam,
    not c.is_test and not c.is_spam and c.merged_at is null as is_canonical,
    case when c.merged_at is not null then c.duplicate_of end as duplicate_of,
    c.submitted_at,
    c.submitted_on,
    coalesce(a.part, 'earlier') as part,
    case when c.first_response_at < c.as_of_at then c.first_response_at end as first_response_at,
    case when c.resolved_at < c.as_of_at then c.resolved_at end as resolved_at,
    c.reopened_at,
    c.withdrawn_at,
    c.merged_at,
    c.closed_at,
    c.closed_by,
    c.ended_at,
    c.reopenings,
    d.opens_at + to_seconds(c.asked_seconds + c.business_seconds - 28800 * d.ordinal) as due_at,
    d.day as due_on,
    c.due_calendar_at,
    e.local_date as due_calendar_on,
    case when c.first_response_at < c.as_of_at then (c.answered_seconds - c.asked_seconds) / 3600 end as response_hours,
    c.known_at,
    c.versions,
    c.vanished_at,
    c.is_conflicted
from clocked as c
left join reference.business_days as d
    on d.ordinal = cast(ceil((c.asked_seconds + c.business_seconds) / 28800) as bigint) - 1
left join core.day_parts as a on a.day = c.submitted_on
left join reference.hours as e on e.hour_at = date_trunc('hour', c.due_calendar_at)

-- core.requests: one row per request submitted by the end of as_of, as it stood then.
-- An instant after as_of is null: not yet seen. Tests and spam stay, marked; the desk's figures leave them out.
-- Before the calendar in reference.hours (a year before the launch) there is no due date.
with told as (
    select
        s.*,
        p.as_of_at,
        p.service_level_business_seconds as business_seconds,
        p.service_level_calendar_seconds as calendar_seconds,
        -- a duplicate is merged when it was merged, else when it was closed or marked
        case when s.duplicate_of is not null
            then greatest(coalesce(s.merged_at, s.resolved_at, s.updated_at, s.submitted_at), s.submitted_at)
            else s.merged_at
        end as joined_at
    from staging.requests as s
    cross join reference.params as p
    where s.submitted_at < p.as_of_at
),

ended as (
    select
        t.*,
        case when t.resolved_at is null and t.withdrawn_at is null and t.joined_at is null and t.status = 'closed'
            then greatest(coalesce(t.updated_at, t.known_at), t.submitted_at)
            else least(t.resolved_at, t.withdrawn_at, t.joined_at)
        end as ended_at,
        case
            when t.withdrawn_at > t.reopened_at or t.joined_at > t.reopened_at then least(
                case when t.withdrawn_at > t.reopened_at then t.withdrawn_at end,
                case when t.joined_at > t.reopened_at then t.joined_at end
            )
            when t.status = 'closed' then greatest(coalesce(t.updated_at, t.known_at), t.reopened_at)
        end as ended_again_at
    from told as t
),

-- what as_of can see; a reopening that lasted no time, or came before any closing, changed nothing
seen as (
    select
        e.*,
        case when e.ended_at < e.as_of_at then e.ended_at end as closed_at,
        case when e.reopened_at < e.as_of_at and e.reopened_at >= e.ended_at
            and coalesce(e.ended_again_at > e.reopened_at, true) then e.reopened_at
        end as reopening_at
    from ended as e
),

-- business seconds on the clock when the request came in
clocked as (
    select
        s.*,
        s.submitted_at + to_seconds(s.calendar_seconds) as due_calendar_at,
        h.local_date as submitted_on,
        h.open_before_seconds + h.is_open * (epoch(s.submitted_at) - epoch(h.hour_at)) as asked_seconds,
        f.open_before_seconds + f.is_open * (epoch(s.first_response_at) - epoch(f.hour_at)) as answered_seconds,
        case when s.reopening_at is not null and s.ended_again_at < s.as_of_at
            then s.ended_again_at end as closed_again_at
    from seen as s
    left join reference.hours as h on h.hour_at = date_trunc('hour', s.submitted_at)
    left join reference.hours as f on f.hour_at = date_trunc('hour', s.first_response_at)
)

select
    c.request_id, c.city_id, c.caller_type, c.topic, c.channel, c.priority, c.partner,
    case when c.closed_at is null or (c.reopening_at is not null and c.closed_again_at is null)
        then 'open' else 'closed' end as status,
    case when c.closed_at is not null then c.disposition end as disposition,
    c.replies, c.is_test, c.is_spam,
    not c.is_test and not c.is_spam and not coalesce(c.joined_at < c.as_of_at, false) as is_canonical,
    case when c.joined_at < c.as_of_at then c.duplicate_of end as duplicate_of,
    c.submitted_at,
    c.submitted_on,
    case when c.first_response_at < c.as_of_at then c.first_response_at end as first_response_at,
    case when c.resolved_at < c.as_of_at then c.resolved_at end as resolved_at,
    c.reopening_at as reopened_at,
    case when c.withdrawn_at < c.as_of_at then c.withdrawn_at end as withdrawn_at,
    case when c.joined_at < c.as_of_at then c.joined_at end as merged_at,
    c.closed_at,
    c.closed_again_at,
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
left join reference.hours as e on e.hour_at = date_trunc('hour', c.due_calendar_at)

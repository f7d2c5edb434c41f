-- metrics.response_spells: one row per request of the desk (tests and spam left out): how long it waited for a first
-- reply on the business clock, and how the wait ended.
-- outcome: replied; withdrawn and open are censored; ended_unanswered (closed or merged, no reply seen) competes.
-- A reply after the closing is still a reply; a withdrawal at or before the reply ends the wait.
with ends as (
    select
        r.request_id, r.city_id, r.topic, r.submitted_at, r.submitted_on,
        case
            when r.withdrawn_at <= coalesce(r.first_response_at, least(r.closed_at, r.merged_at), p.as_of_at)
                then 'withdrawn'
            when r.first_response_at is not null then 'replied'
            when coalesce(r.closed_at, r.merged_at) is not null then 'ended_unanswered'
            else 'open'
        end as outcome,
        r.withdrawn_at, r.first_response_at, p.as_of_at,
        least(r.closed_at, r.merged_at) as ended_at
    from core.requests as r
    cross join reference.params as p
    where not r.is_test and not r.is_spam
),

timed as (
    select
        request_id, city_id, topic, submitted_at, submitted_on, outcome,
        case outcome when 'withdrawn' then withdrawn_at when 'replied' then first_response_at
            when 'ended_unanswered' then ended_at else as_of_at end as until_at
    from ends
)

select
    t.request_id,
    t.city_id,
    t.topic,
    t.submitted_on,
    t.outcome,
    (
        u.open_before_seconds + u.is_open * (epoch(t.until_at) - epoch(u.hour_at))
        - s.open_before_seconds - s.is_open * (epoch(t.submitted_at) - epoch(s.hour_at))
    ) / 3600 as hours
from timed as t
inner join reference.hours as s on s.hour_at = date_trunc('hour', t.submitted_at)
inner join reference.hours as u on u.hour_at = date_trunc('hour', t.until_at)

-- core.request_events: one row per change of state of a request of the desk (tests and spam left out).
-- Only what changes the state is an event: a request already closed cannot be closed again, nor an open one reopened.
with desk as (
    select
        request_id, city_id, topic, submitted_at, closed_at, reopened_at, closed_again_at, resolved_at, withdrawn_at,
        merged_at,
        case when disposition in ('no_answer', 'referred', 'out_of_scope') then 'closed_unanswered'
            else 'resolved' end as resolution
    from core.requests
    where not is_test and not is_spam
),

events as (
    select request_id, city_id, topic, submitted_at as at, 'created' as event
    from desk
    union all
    select
        request_id, city_id, topic, closed_at as at,
        case when closed_at = merged_at then 'merged' when closed_at = resolved_at then resolution
            when closed_at = withdrawn_at then 'withdrawn' else resolution end as event
    from desk
    where closed_at is not null
    union all
    select request_id, city_id, topic, reopened_at as at, 'reopened' as event
    from desk
    where reopened_at is not null
    union all
    select
        request_id, city_id, topic, closed_again_at as at,
        case when closed_again_at = merged_at then 'merged' when closed_again_at = withdrawn_at then 'withdrawn'
            else resolution end as event
    from desk
    where closed_again_at is not null
)

select e.request_id, e.city_id, e.topic, e.at, h.local_date as event_on, e.event
from events as e
left join reference.hours as h on h.hour_at = date_trunc('hour', e.at)

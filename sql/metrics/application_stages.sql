-- metrics.application_stages: one row per engagement: how far its application has come by as_of.
-- Each stage holds the one after it: completed is started, started is approved, also where the day of approval was not
-- sent. The start is a plan, so it counts once the application is approved. Withdrawn or declined is read from the
-- status, a free text, of what was never approved (is_withdrawn), or was approved and stopped (is_stopped).
with told as (
    select
        e.engagement_id, e.applied_on,
        e.completed_on is not null as is_completed,
        e.approved_on is not null as is_approved,
        e.starts_on <= p.as_of as has_start,
        coalesce(
            lower(trim(e.status)) in ('withdrawn', 'declined', 'denied', 'rejected', 'not approved', 'terminated')
            or lower(trim(e.status)) like 'cancel%', false
        ) as is_off
    from core.engagements as e
    cross join reference.params as p
)

select
    engagement_id,
    applied_on,
    is_approved or is_completed as is_approved,
    is_completed or (is_approved and has_start and not is_off) as is_started,
    is_completed,
    is_off and not is_approved and not is_completed as is_withdrawn,
    is_off and is_approved and not is_completed as is_stopped,
    not is_off and not is_approved and not is_completed as is_waiting
from told

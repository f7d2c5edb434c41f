-- One row per milestone, as seen on as_of; baseline_due is frozen at approval.
select
    milestone_id,
    engagement_id,
    title,
    baseline_due,
    due,
    done_on,
    known_at
from core.milestones
order by milestone_id

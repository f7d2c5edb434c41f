-- One row per milestone that is late on as_of, or due in the 30 days after it.
select
    milestone_id,
    title,
    standing,
    baseline_due,
    due,
    is_rebaselined,
    days_to_due,
    days_late,
    engagement_id,
    engagement_title,
    topic,
    lead_partner,
    cities,
    city_names
from metrics.milestones_ahead
order by milestone_id

-- One row per engagement: planned and spent, federal share and match, and how much of its planned time has passed.
select
    engagement_id,
    title,
    topic,
    lead_partner,
    starts_on,
    ends_on,
    completed_on,
    is_completed,
    is_open,
    planned_cost_usd,
    entries,
    federal_usd,
    match_usd,
    actual_usd,
    elapsed_days,
    planned_days
from metrics.engagement_costs
order by engagement_id

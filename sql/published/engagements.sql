-- One row per engagement, as seen on as_of.
select
    engagement_id,
    title,
    topic,
    intensity,
    status,
    applied_on,
    approved_on,
    starts_on,
    ends_on,
    completed_on,
    lead_partner,
    planned_cost_usd,
    cities,
    known_at,
    standing,
    started_on
from core.engagements
order by engagement_id

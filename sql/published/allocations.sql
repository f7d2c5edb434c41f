-- One row per award, federal quarter, service and engagement: its federal cost, direct and allocated, cumulative.
select
    award_id,
    period,
    period_end,
    service,
    engagement_id,
    direct_usd,
    allocated_usd,
    amount_usd,
    rule
from metrics.allocations
order by award_id, period_end, service, engagement_id

-- One row per award, federal quarter and object class: budget and spending, cumulative.
select
    award_id,
    period,
    period_end,
    category,
    version,
    budget_usd,
    spent_quarter_usd,
    spent_usd,
    left_usd,
    spent_pct,
    is_over_budget
from metrics.budget_status
order by award_id, period_end, category

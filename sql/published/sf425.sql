-- One row per award, federal quarter from its start to as_of, and line 10a to 10o, cumulative.
select
    award_id,
    period,
    period_end,
    line,
    title,
    amount_usd,
    is_complete,
    state,
    reason
from metrics.sf425
order by award_id, period_end, line

-- One row per award, federal quarter and rule of the SF-425: whether it holds.
select
    award_id,
    period,
    period_end,
    rule,
    blocks,
    holds,
    found_usd,
    expected_usd
from metrics.sf425_checks
order by award_id, period_end, rule

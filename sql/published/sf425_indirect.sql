-- One row per award, federal quarter and indirect rate: line 11 of the SF-425, cumulative.
select
    award_id,
    period,
    period_end,
    rate_id,
    type,
    rate,
    period_from,
    period_to,
    base,
    amount_charged,
    federal_share,
    expected_usd,
    difference_usd
from metrics.sf425_indirect
order by award_id, period_end, rate_id

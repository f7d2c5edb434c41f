-- One row per award and federal quarter: direct and allocated federal cost beside line 10e, and the whole cost with 10j.
select
    award_id,
    period,
    period_end,
    direct_usd,
    allocated_usd,
    line_10e_usd,
    line_10j_usd,
    total_usd,
    difference_usd
from metrics.cost_identity
order by award_id, period_end

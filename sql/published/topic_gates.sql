-- One row per period: whether so much is unclassified that no report of the period goes out.
select
    period_type,
    period,
    requests,
    unclassified,
    limit_pct,
    blocks,
    reason
from metrics.topic_gates
order by period_type, period

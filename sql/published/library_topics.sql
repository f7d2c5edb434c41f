-- One row per topic × period: what was asked about it, and what the library had on it at the close of the period.
select
    topic,
    period_type,
    period,
    closes_on,
    requests,
    is_requested,
    resources,
    reviewed
from metrics.library_topics
order by topic, period_type, period

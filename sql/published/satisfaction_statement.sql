-- One row per network, topic and city × period: how far satisfaction may be spoken of, given how many did not answer.
select
    grain,
    city_id,
    topic,
    period_type,
    period,
    threshold_pct,
    delivered,
    answered,
    satisfied,
    low_pct,
    high_pct,
    level,
    statement
from metrics.satisfaction_statement
order by grain, city_id, topic, period_type, period

-- One row per target: what was reached, to the digit published, whether that meets it, and whether a reason is wanting.
select
    metric,
    period,
    city_id,
    topic,
    period_type,
    period_start,
    period_end,
    target,
    set_on,
    set_by,
    set_late,
    direction,
    unit,
    value,
    amount_usd,
    numerator,
    denominator,
    state,
    status,
    reason,
    met,
    reason_missed,
    needs_reason,
    blocks_report
from metrics.target_results
order by metric, period, city_id, topic

-- metrics.target_results: one row per target: what was reached, to the digit published, and whether that meets it.
-- Of a metric that is broken down by service and basis, the figure of any service and of the cities eligible then.
-- A target is the least to be reached, or the most where less of the metric is better.
-- met is null where nothing can be said, and state says why; value is what was reached so far where it is not due.
-- A miss (met false) without a reason blocks the report of its period.
with told as (
    select
        t.metric, t.period, t.city_id, t.topic, t.target, t.set_on, t.set_by, nullif(trim(t.reason_missed), '') as reason_missed,
        case
            when t.period = 'to_date' then 'to_date'
            when t.period like 'FY%Q%' then 'quarter'
            when t.period like 'FY%' then 'fiscal_year'
            else 'month'
        end as period_type
    from core.targets as t
),

reached as (
    select
        t.metric, t.period, t.city_id, t.topic,
        v.value, v.amount_usd, v.numerator, v.denominator, v.state, v.status, v.reason
    from told as t
    inner join metrics.metric_values as v
        on v.metric = t.metric and v.period_type = t.period_type and v.period = t.period
        and v.city_id is not distinct from t.city_id and v.topic is not distinct from t.topic
    where v.engagement_id is null and coalesce(v.dimension, 'service') = 'service' and coalesce(v.dimension_value, 'any') = 'any'
        and coalesce(v.basis, 'then') = 'then'
    qualify row_number() over (
        partition by t.metric, t.period, t.city_id, t.topic order by v.dimension nulls first, v.basis nulls first
    ) = 1
),

lasts as (
    select period_type, max(period) as period from reference.periods group by period_type
),

judged as (
    select
        t.metric, t.period, t.city_id, t.topic, t.period_type, p.period_start, p.period_end, t.target, t.set_on, t.set_by,
        t.reason_missed, m.direction, m.unit, r.value, r.amount_usd, r.numerator, r.denominator, r.status,
        case
            when m.metric is null then 'not_reported'
            when p.period_end > a.as_of or (p.period is null and t.period > l.period) then 'not_due'
            when r.state is null then 'not_reported'
            when r.state <> 'value' then r.state
            else 'value'
        end as state,
        case
            when m.metric is null then 'no metric has this id'
            when p.period_end > a.as_of or (p.period is null and t.period > l.period) then 'the period has not ended'
            when p.period is null then 'the period ended before the program began'
            when r.state is null then 'the metric has no figure of this kind'
            when r.state <> 'value' then r.reason
        end as reason
    from told as t
    cross join reference.params as a
    left join lasts as l on l.period_type = t.period_type
    left join reference.periods as p on p.period_type = t.period_type and p.period = t.period
    left join reference.metrics as m on m.metric = t.metric
    left join reached as r
        on r.metric = t.metric and r.period = t.period
        and r.city_id is not distinct from t.city_id and r.topic is not distinct from t.topic
),

compared as (
    select
        *,
        case
            when state <> 'value' then null
            when direction = 'down' then coalesce(value, cast(amount_usd as double)) <= target
            else coalesce(value, cast(amount_usd as double)) >= target
        end as met
    from judged
)

select
    metric, period, city_id, topic, period_type, period_start, period_end, target, set_on, set_by,
    case when period_type <> 'to_date' then set_on > period_start end as set_late,
    direction, unit, value, amount_usd, numerator, denominator, state, status, reason, met, reason_missed,
    coalesce(not met, false) and reason_missed is null as needs_reason,
    coalesce(not met, false) and reason_missed is null as blocks_report
from compared
order by metric, period, city_id, topic

-- metrics.repeat_use: one row per metric × grain × keys × period: return_180d_pct (network, and topic of a city's first
-- request; by the period of that request) and repeat_contact_pct (by the period of the resolution; cities only).
-- return_180d_pct is 100 (1 - S(180 days)) of metrics.repeat_steps with its limits; numerator: cities seen to ask again
-- within 180 days. repeat_contact_pct gives numerator and denominator; metrics.metric_values makes the percentage.
with returns as (
    select
        grain, topic, period_type, period,
        sum(ended) as denominator,
        coalesce(sum(returned) filter (where days <= 180), 0) as numerator,
        coalesce(min(estimate) filter (where days <= 180), 1) as estimate,
        coalesce(max_by(ci_low, days) filter (where days <= 180), cast(null as double)) as ci_low,
        coalesce(max_by(ci_high, days) filter (where days <= 180), cast(null as double)) as ci_high,
        max(days) as last_day
    from metrics.repeat_steps
    group by grain, topic, period_type, period
),

contacts as (
    select
        case when grouping(c.city_id) = 1 and grouping(c.topic) = 1 then 'network'
            when grouping(c.city_id) = 1 then 'topic' when grouping(c.topic) = 1 then 'city' else 'city_topic' end as grain,
        c.city_id, c.topic, p.period_type, p.period,
        sum(c.repeated) as numerator, sum(c.watched) as denominator, sum(c.resolved - c.watched) as pending
    from metrics.repeat_contacts as c
    inner join core.period_parts as p on p.part = c.part
    group by grouping sets (
        (p.period_type, p.period), (p.period_type, p.period, c.topic), (p.period_type, p.period, c.city_id),
        (p.period_type, p.period, c.city_id, c.topic)
    )
),

filled as (
    select
        'return_180d_pct' as metric, k.grain, k.city_id, k.topic, p.period_type, p.period, r.numerator, r.denominator,
        -- nobody has been followed for 180 days, and not all have come back
        r.last_day < 180 and r.estimate > 0 as is_pending,
        100 * (1 - r.estimate) as value, 100 * (1 - r.ci_high) as ci_low, 100 * (1 - r.ci_low) as ci_high
    from core.figure_keys as k
    cross join reference.periods as p
    left join returns as r
        on r.grain = k.grain and r.topic is not distinct from k.topic and r.period_type = p.period_type
        and r.period = p.period
    where k.grain in ('network', 'topic')
    union all
    select
        'repeat_contact_pct' as metric, k.grain, k.city_id, k.topic, p.period_type, p.period, c.numerator, c.denominator,
        coalesce(c.denominator, 0) = 0 and c.pending > 0 as is_pending,
        cast(null as double) as value, cast(null as double) as ci_low, cast(null as double) as ci_high
    from core.figure_keys as k
    cross join reference.periods as p
    left join contacts as c
        on c.grain = k.grain and c.city_id is not distinct from k.city_id and c.topic is not distinct from k.topic
        and c.period_type = p.period_type and c.period = p.period
    union all
    select
        'repeat_contact_pct' as metric, grain, city_id, topic, period_type, period, numerator, denominator,
        denominator = 0 as is_pending, cast(null as double) as value, cast(null as double) as ci_low,
        cast(null as double) as ci_high
    from contacts
    where grain = 'city_topic'
)

select
    f.metric, f.grain, f.city_id, f.topic,
    cast(null as varchar) as engagement_id, cast(null as varchar) as dimension, cast(null as varchar) as dimension_value,
    cast(null as varchar) as basis, f.period_type, f.period,
    case when not f.is_pending then f.value end as value, cast(null as decimal(18, 2)) as amount_usd,
    case when a.arrived then cast(coalesce(f.numerator, 0) as double) end as numerator,
    case when a.arrived then cast(coalesce(f.denominator, 0) as double) end as denominator,
    case when not f.is_pending and f.value < 100 then f.ci_low end as ci_low,
    case when not f.is_pending and f.value < 100 then f.ci_high end as ci_high,
    case when not a.arrived then 'not_reported' when f.is_pending then 'not_due'
        when f.metric = 'repeat_contact_pct' then null
        when coalesce(f.denominator, 0) = 0 then 'not_computable' else 'value' end as state,
    case when not a.arrived then 'no requests received'
        when f.is_pending and f.metric = 'repeat_contact_pct' then 'resolved, but the 14 days after it have not passed'
        when f.is_pending then 'no city has been followed for 180 days'
        when f.metric = 'return_180d_pct' and coalesce(f.denominator, 0) = 0 then 'no city asked for the first time'
    end as reason
from filled as f
cross join (select count(*) > 0 as arrived from core.requests) as a

-- metrics.resolution: one row per metric × grain × keys × period: resolved_within_5d_pct, _10d_pct, _20d_pct: the share of
-- requests asked in the period that had a substantive resolution within so many business days of 8 hours.
-- Aalen-Johansen: resolved / asked where as_of cut nobody off so soon, else from metrics.resolution_sums. Log-log limits.
-- numerator: those resolved so soon as far as seen. City × topic only by fiscal year and to date.
with wanted as (
    select * from (values
        ('resolved_within_5d_pct', 5, 40), ('resolved_within_10d_pct', 10, 80), ('resolved_within_20d_pct', 20, 160)
    ) as w (metric, days, hours)
),

counted as (
    select
        w.metric, w.days, w.hours, c.cell, c.grain, c.city_id, c.topic, c.period_type, c.period, c.asked, c.last_open, c.last_end,
        case w.days when 5 then c.resolved_5 when 10 then c.resolved_10 else c.resolved_20 end as resolved,
        case w.days when 5 then c.open_5 when 10 then c.open_10 else c.open_20 end as cut
    from metrics.wait_counts as c
    cross join wanted as w
),

-- nobody is known to stand open so long, and not all have ended before: the estimate stops short of the day
estimated as (
    select
        c.*,
        c.cut > 0 and c.last_open < c.hours and coalesce(c.last_end <= c.last_open, true) as is_short,
        case when c.cut = 0 then c.resolved / cast(c.asked as double) else coalesce(s.incidence, 0) end as incidence,
        case when c.cut = 0 then c.resolved / cast(c.asked as double) * (1 - c.resolved / cast(c.asked as double)) / c.asked
            else coalesce(s.variance, 0) end as variance
    from counted as c
    left join metrics.resolution_sums as s on c.cut > 0 and s.cell = c.cell and s.days = c.days
),

limited as (
    select
        *,
        case when not is_short and incidence > 0 and incidence < 1 - 1e-12
            then exp(1.959963984540054 * sqrt(variance) / (incidence * -ln(incidence))) end as spread
    from estimated
),

filled as (
    select
        w.metric, k.grain, k.city_id, k.topic, p.period_type, p.period, e.asked, e.resolved, e.is_short, e.incidence, e.spread
    from core.figure_keys as k
    cross join reference.periods as p
    cross join wanted as w
    left join limited as e
        on e.grain = k.grain and e.city_id is not distinct from k.city_id and e.topic is not distinct from k.topic
        and e.period_type = p.period_type and e.period = p.period and e.metric = w.metric
    union all
    select metric, grain, city_id, topic, period_type, period, asked, resolved, is_short, incidence, spread
    from limited
    where grain = 'city_topic'
)

select
    f.metric, f.grain, f.city_id, f.topic,
    cast(null as varchar) as engagement_id, cast(null as varchar) as dimension, cast(null as varchar) as dimension_value,
    cast(null as varchar) as basis, f.period_type, f.period,
    case when not f.is_short then 100 * f.incidence end as value, cast(null as decimal(18, 2)) as amount_usd,
    case when a.arrived then cast(coalesce(f.resolved, 0) as double) end as numerator,
    case when a.arrived then cast(coalesce(f.asked, 0) as double) end as denominator,
    100 * exp(ln(f.incidence) * f.spread) as ci_low,
    100 * exp(ln(f.incidence) / f.spread) as ci_high,
    case when not a.arrived then 'not_reported' when coalesce(f.asked, 0) = 0 then 'not_computable'
        when f.is_short then 'not_due' else 'value' end as state,
    case when not a.arrived then 'no requests received' when coalesce(f.asked, 0) = 0 then 'nobody asked'
        when f.is_short then 'nobody has been followed for so many business days' end as reason
from filled as f
cross join (select count(*) > 0 as arrived from core.requests) as a

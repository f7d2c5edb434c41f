-- metrics.response_time: one row per metric × grain × keys × period: response_hours_median, response_hours_p90 (business
-- hours from asking to the first reply, Kaplan-Meier, open requests counted) and response_competing_pct.
-- numerator: replies seen; value and limits: metrics.response_quantiles; an upper limit that is not reached is null.
-- By size and poverty quartile of the city (network, fiscal year and to_date) the hours are those of metrics.equity_medians,
-- the share that of metrics.response_groups. City × topic: the hours by fiscal year and to date, the share by every period.
with wanted as (
    select * from (values ('response_hours_median'), ('response_hours_p90'), ('response_competing_pct')) as w (metric)
),

estimates as (
    select
        w.metric, c.grain, c.city_id, c.topic, c.period_type, c.period,
        case w.metric when 'response_competing_pct' then c.competing else c.replies end as numerator,
        c.asked as denominator,
        case w.metric when 'response_hours_median' then q.median when 'response_hours_p90' then q.p90 end as value,
        case w.metric when 'response_hours_median' then q.median_low when 'response_hours_p90' then q.p90_low end as ci_low,
        case w.metric when 'response_hours_median' then q.median_high when 'response_hours_p90' then q.p90_high end as ci_high
    from metrics.wait_counts as c
    cross join wanted as w
    left join metrics.response_quantiles as q on q.cell = c.cell
),

filled as (
    select
        w.metric, k.grain, k.city_id, k.topic, cast(null as varchar) as dimension,
        cast(null as varchar) as dimension_value, p.period_type, p.period, e.numerator, e.denominator, e.value,
        e.ci_low, e.ci_high
    from core.figure_keys as k
    cross join reference.periods as p
    cross join wanted as w
    left join estimates as e
        on e.grain = k.grain and e.city_id is not distinct from k.city_id and e.topic is not distinct from k.topic
        and e.period_type = p.period_type and e.period = p.period and e.metric = w.metric
    union all
    select
        metric, grain, city_id, topic, cast(null as varchar) as dimension, cast(null as varchar) as dimension_value,
        period_type, period, numerator, denominator, value, ci_low, ci_high
    from estimates
    where grain = 'city_topic'
    union all
    -- no survival estimate, so it needs no group of metrics.wait_counts
    select
        'response_competing_pct' as metric, 'city_topic' as grain, k.city_id, k.topic, cast(null as varchar) as dimension,
        cast(null as varchar) as dimension_value, p.period_type, p.period, sum(k.competing) as numerator,
        sum(k.asked) as denominator, cast(null as double) as value, cast(null as double) as ci_low,
        cast(null as double) as ci_high
    from metrics.wait_piles as k
    inner join core.period_parts as p on p.part = k.part and p.period_type in ('month', 'quarter')
    where k.city_id is not null
    group by k.city_id, k.topic, p.period_type, p.period
    union all
    select
        w.metric, 'network' as grain, cast(null as varchar) as city_id,
        cast(null as varchar) as topic, k.dimension, k.dimension_value, p.period_type, p.period,
        m.replies as numerator, m.requests as denominator,
        case w.metric when 'response_hours_median' then m.median else m.p90 end as value,
        case w.metric when 'response_hours_median' then m.median_low else m.p90_low end as ci_low,
        case w.metric when 'response_hours_median' then m.median_high else m.p90_high end as ci_high
    from (select distinct dimension, dimension_value from metrics.equity_groups) as k
    inner join reference.periods as p on p.period_type in ('fiscal_year', 'to_date')
    inner join wanted as w on w.metric <> 'response_competing_pct'
    left join metrics.equity_medians as m
        on m.dimension = k.dimension and m.dimension_value = k.dimension_value and m.period_type = p.period_type
        and m.period = p.period
    union all
    select
        'response_competing_pct' as metric, 'network' as grain, cast(null as varchar) as city_id,
        cast(null as varchar) as topic, k.dimension, k.dimension_value, p.period_type, p.period,
        g.competing as numerator, g.asked as denominator, cast(null as double) as value,
        cast(null as double) as ci_low, cast(null as double) as ci_high
    from (select distinct dimension, dimension_value from metrics.equity_groups) as k
    inner join reference.periods as p on p.period_type in ('fiscal_year', 'to_date')
    left join metrics.response_groups as g
        on g.dimension = k.dimension and g.dimension_value = k.dimension_value and g.period_type = p.period_type
        and g.period = p.period
)

select
    f.metric, f.grain, f.city_id, f.topic, cast(null as varchar) as engagement_id, f.dimension, f.dimension_value,
    cast(null as varchar) as basis, f.period_type, f.period,
    f.value, cast(null as decimal(18, 2)) as amount_usd,
    case when a.arrived then cast(coalesce(f.numerator, 0) as double) end as numerator,
    case when a.arrived then cast(coalesce(f.denominator, 0) as double) end as denominator,
    case when f.value is not null then f.ci_low end as ci_low,
    case when f.value is not null then f.ci_high end as ci_high,
    case
        when not a.arrived then 'not_reported'
        when f.metric = 'response_competing_pct' then null
        when coalesce(f.denominator, 0) = 0 then 'not_computable'
        when f.value is null then 'not_reached'
        else 'value'
    end as state,
    case
        when not a.arrived then 'no requests received'
        when f.metric = 'response_competing_pct' then null
        when coalesce(f.denominator, 0) = 0 then 'nobody asked'
        when f.value is null then 'too few have been answered for the estimate to fall this far'
    end as reason
from filled as f
cross join (select count(*) > 0 as arrived from core.requests) as a

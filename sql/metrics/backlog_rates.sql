-- metrics.backlog_rates: one row per metric × grain × keys × period: clearance_ratio (closings / openings in it),
-- weeks_of_work (open at its close / mean weekly closings of the 56 days up to the close), open_age_days_p50 and _p90
-- (of what is open at its close). From metrics.backlog_cells, metrics.backlog_levels and metrics.backlog_ages.
-- Dense for network, topic and city; city × topic where something was opened, closed or is open. Callers
-- without a city: network and topic.
with closes as (
    select t.period_type, t.period, t.period_start, t.closes_at, least(t.period_end, p.as_of) as closes_on
    from reference.periods as t
    cross join reference.params as p
),

spans as (
    select
        s.span_on, c.period_type, c.period,
        s.span_on >= c.period_start as is_within,
        s.span_on >= c.closes_on - 55 as is_recent
    from (select distinct span_on from metrics.backlog_cells) as s
    inner join closes as c on s.span_on <= c.closes_on and s.span_on >= least(c.period_start, c.closes_on - 55)
),

flows as (
    select
        span_on, city_id, topic, sum(created + reopened) as opened,
        sum(resolved + withdrawn + merged + closed_unanswered) as closed
    from metrics.backlog_cells
    group by span_on, city_id, topic
),

counted as (
    select
        case when grouping(b.city_id) = 1 and grouping(b.topic) = 1 then 'network'
            when grouping(b.city_id) = 1 then 'topic' when grouping(b.topic) = 1 then 'city'
            else 'city_topic' end as grain,
        b.city_id, b.topic, s.period_type, s.period,
        sum(case when s.is_within then b.opened else 0 end) as opened,
        sum(case when s.is_within then b.closed else 0 end) as closed,
        sum(case when s.is_recent then b.closed else 0 end) as recent
    from flows as b
    inner join spans as s on s.span_on = b.span_on
    group by grouping sets (
        (s.period_type, s.period), (s.period_type, s.period, b.topic), (s.period_type, s.period, b.city_id),
        (s.period_type, s.period, b.city_id, b.topic)
    )
    having grouping(b.city_id) = 1 or b.city_id is not null
),

told as (
    select
        grain, city_id, topic, period_type, period, opened, closed, recent,
        0 as open_count, cast(null as double) as age_days_p50, cast(null as double) as age_days_p90
    from counted
    union all
    select
        v.grain, v.city_id, v.topic, c.period_type, c.period, 0 as opened, 0 as closed, 0 as recent,
        v.open_count, cast(null as double) as age_days_p50, cast(null as double) as age_days_p90
    from metrics.backlog_levels as v
    inner join closes as c on c.closes_at = v.boundary_at
    union all
    select
        a.grain, a.city_id, a.topic, c.period_type, c.period, 0 as opened, 0 as closed, 0 as recent,
        0 as open_count, a.age_days_p50, a.age_days_p90
    from metrics.backlog_ages as a
    inner join closes as c on c.closes_at = a.closes_at
    union all
    select
        k.grain, k.city_id, k.topic, p.period_type, p.period, 0 as opened, 0 as closed, 0 as recent,
        0 as open_count, cast(null as double) as age_days_p50, cast(null as double) as age_days_p90
    from core.figure_keys as k
    cross join reference.periods as p
),

keyed as (
    select
        grain, city_id, topic, period_type, period,
        cast(sum(opened) as double) as opened, cast(sum(closed) as double) as closed,
        cast(sum(recent) as double) as recent, cast(sum(open_count) as double) as open_count,
        max(age_days_p50) as age_days_p50, max(age_days_p90) as age_days_p90
    from told
    group by grain, city_id, topic, period_type, period
),

figures as (
    select
        m.metric, k.grain, k.city_id, k.topic, k.period_type, k.period,
        case m.metric
            when 'clearance_ratio' then k.closed / nullif(k.opened, 0)
            when 'weeks_of_work' then 8 * k.open_count / nullif(k.recent, 0)
            when 'open_age_days_p50' then k.age_days_p50
            else k.age_days_p90
        end as value,
        case m.metric when 'clearance_ratio' then k.closed else k.open_count end as numerator,
        case m.metric when 'clearance_ratio' then k.opened when 'weeks_of_work' then k.recent / 8 end as denominator
    from keyed as k
    cross join (
        values ('clearance_ratio'), ('weeks_of_work'), ('open_age_days_p50'), ('open_age_days_p90')
    ) as m (metric)
)

select
    f.metric, f.grain, f.city_id, f.topic,
    cast(null as varchar) as engagement_id, cast(null as varchar) as dimension, cast(null as varchar) as dimension_value,
    cast(null as varchar) as basis, f.period_type, f.period,
    case when a.arrived then f.value end as value,
    cast(null as decimal(18, 2)) as amount_usd,
    case when a.arrived then f.numerator end as numerator,
    case when a.arrived then f.denominator end as denominator,
    cast(null as double) as ci_low, cast(null as double) as ci_high,
    case when not a.arrived then 'not_reported' when f.value is null then 'not_computable' else 'value' end as state,
    case
        when not a.arrived then 'no requests received'
        when f.value is not null then null
        when f.metric = 'clearance_ratio' then 'nothing was opened'
        when f.metric = 'weeks_of_work' then 'nothing was closed in the eight weeks before'
        else 'nothing was open'
    end as reason
from figures as f
cross join (select count(*) > 0 as arrived from core.requests) as a
where f.grain <> 'city_topic' or (f.numerator > 0 and (f.value is not null or f.metric = 'weeks_of_work'))
    or (f.metric = 'clearance_ratio' and f.numerator + f.denominator > 0)

-- metrics.on_time: one row per metric × grain × keys × period; on_time_pct, on_time_calendar_pct, never_answered_pct.
-- Of canonical requests due in the period and by as_of, less those withdrawn before being either due or answered.
-- Gives numerator and denominator; metrics.metric_values makes the percentage. Callers without a city: network and topic.
-- By size and poverty quartile of the city (core.city_groups): network, by fiscal year and to date. By channel and partner
-- (the cells without a topic): network, every period in which something was due or pending.
with spans as (
    select t.period_type, t.period, c.clock, c.city_id, c.topic, c.due, c.on_time, c.unanswered, c.pending
    from metrics.on_time_cells as c
    inner join core.period_parts as t on t.part = c.due_part
    where c.topic is not null
),

rolled as (
    select
        case when grouping(city_id) = 1 and grouping(topic) = 1 then 'network' when grouping(city_id) = 1 then 'topic'
            when grouping(topic) = 1 then 'city' else 'city_topic' end as grain,
        city_id, topic, period_type, period, clock,
        sum(due) as due, sum(on_time) as on_time, sum(unanswered) as unanswered, sum(pending) as pending
    from spans
    group by grouping sets (
        (period_type, period, clock), (period_type, period, clock, topic), (period_type, period, clock, city_id),
        (period_type, period, clock, city_id, topic)
    )
    having grouping(city_id) = 1 or city_id is not null
),

wanted as (
    select 'on_time_pct' as metric, 'business' as clock
    union all
    select 'never_answered_pct' as metric, 'business' as clock
    union all
    select 'on_time_calendar_pct' as metric, 'calendar' as clock
),

grouped as (
    select g.dimension, g.dimension_value, r.period_type, r.period, r.clock, sum(r.due) as due, sum(r.on_time) as on_time,
        sum(r.unanswered) as unanswered, sum(r.pending) as pending
    from rolled as r
    inner join metrics.equity_groups as g on g.city_id = r.city_id
    where r.grain = 'city' and r.period_type in ('fiscal_year', 'to_date')
    group by g.dimension, g.dimension_value, r.period_type, r.period, r.clock
),

-- a period in which a word of the record was not used has no row, so that a new word leaves older periods alone
worded as (
    select
        case when grouping(b.channel) = 0 then 'channel' else 'partner' end as dimension,
        case when grouping(b.channel) = 0 then b.channel else b.partner end as dimension_value,
        t.period_type, t.period, b.clock, sum(b.due) as due, sum(b.on_time) as on_time,
        sum(b.unanswered) as unanswered, sum(b.pending) as pending
    from metrics.on_time_cells as b
    inner join core.period_parts as t on t.part = b.due_part
    where b.topic is null
    group by grouping sets (
        (t.period_type, t.period, b.clock, b.channel), (t.period_type, t.period, b.clock, b.partner)
    )
),

filled as (
    select
        w.metric, k.grain, k.city_id, k.topic, cast(null as varchar) as dimension,
        cast(null as varchar) as dimension_value, p.period_type, p.period, r.due, r.on_time, r.unanswered, r.pending
    from core.figure_keys as k
    cross join reference.periods as p
    cross join wanted as w
    left join rolled as r
        on r.grain = k.grain and r.city_id is not distinct from k.city_id and r.topic is not distinct from k.topic
        and r.period_type = p.period_type and r.period = p.period and r.clock = w.clock
    union all
    select
        w.metric, r.grain, r.city_id, r.topic, cast(null as varchar) as dimension,
        cast(null as varchar) as dimension_value, r.period_type, r.period, r.due, r.on_time, r.unanswered, r.pending
    from rolled as r
    inner join wanted as w on w.clock = r.clock
    where r.grain = 'city_topic'
    union all
    select
        w.metric, 'network' as grain, cast(null as varchar) as city_id, cast(null as varchar) as topic, k.dimension,
        k.dimension_value, p.period_type, p.period, g.due, g.on_time, g.unanswered, g.pending
    from (select distinct dimension, dimension_value from metrics.equity_groups) as k
    inner join reference.periods as p on p.period_type in ('fiscal_year', 'to_date')
    cross join wanted as w
    left join grouped as g
        on g.dimension = k.dimension and g.dimension_value = k.dimension_value and g.period_type = p.period_type
        and g.period = p.period and g.clock = w.clock
    union all
    select
        w.metric, 'network' as grain, cast(null as varchar) as city_id, cast(null as varchar) as topic, b.dimension,
        b.dimension_value, b.period_type, b.period, b.due, b.on_time, b.unanswered, b.pending
    from worded as b
    inner join wanted as w on w.clock = b.clock
)

select
    f.metric, f.grain, f.city_id, f.topic, cast(null as varchar) as engagement_id, f.dimension, f.dimension_value,
    cast(null as varchar) as basis, f.period_type, f.period,
    cast(null as double) as value, cast(null as decimal(18, 2)) as amount_usd,
    case when a.arrived then cast(coalesce(
        case when f.metric = 'never_answered_pct' then f.unanswered else f.on_time end, 0) as double) end as numerator,
    case when a.arrived then cast(coalesce(f.due, 0) as double) end as denominator,
    cast(null as double) as ci_low, cast(null as double) as ci_high,
    case when not a.arrived then 'not_reported' when coalesce(f.due, 0) = 0 and f.pending > 0 then 'not_due' end as state,
    case when not a.arrived then 'no requests received' when coalesce(f.due, 0) = 0 and f.pending > 0
        then 'asked, but nothing was due by the as-of date' end as reason
from filled as f
cross join (select count(*) > 0 as arrived from core.requests) as a

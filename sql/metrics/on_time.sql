-- metrics.on_time: one row per metric × grain × keys × period; on_time_pct, on_time_calendar_pct, never_answered_pct.
-- Of canonical requests due in the period and by as_of, less those withdrawn before being either due or answered.
-- Gives numerator and denominator; metrics.metric_values makes the percentage. Callers without a city: network and topic.
with due as (
    select city_id, topic, due_on as day, due_at, first_response_at, withdrawn_at, 'business' as clock
    from core.requests
    where is_canonical
    union all
    select city_id, topic, due_calendar_on as day, due_calendar_at as due_at, first_response_at, withdrawn_at,
        'calendar' as clock
    from core.requests
    where is_canonical
),

judged as (
    select
        d.city_id, d.topic, d.day, d.clock,
        d.due_at < p.as_of_at as is_due,
        coalesce(d.first_response_at <= d.due_at, false) as is_on_time,
        d.first_response_at is null as is_unanswered
    from due as d
    cross join reference.params as p
    where not coalesce(d.withdrawn_at <= least(d.due_at, d.first_response_at), false)
),

cells as (
    select
        t.period_type, t.period, j.city_id, j.topic, j.clock,
        count(*) filter (where j.is_due) as due,
        count(*) filter (where j.is_due and j.is_on_time) as on_time,
        count(*) filter (where j.is_due and j.is_unanswered) as unanswered,
        count(*) filter (where not j.is_due) as pending
    from judged as j
    inner join core.period_days as t on t.day = j.day
    group by t.period_type, t.period, j.city_id, j.topic, j.clock
),

rolled as (
    select
        case when grouping(city_id) = 1 and grouping(topic) = 1 then 'network' when grouping(city_id) = 1 then 'topic'
            when grouping(topic) = 1 then 'city' else 'city_topic' end as grain,
        city_id, topic, period_type, period, clock,
        sum(due) as due, sum(on_time) as on_time, sum(unanswered) as unanswered, sum(pending) as pending
    from cells
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

filled as (
    select
        w.metric, k.grain, k.city_id, k.topic, p.period_type, p.period, r.due, r.on_time, r.unanswered, r.pending
    from core.figure_keys as k
    cross join reference.periods as p
    cross join wanted as w
    left join rolled as r
        on r.grain = k.grain and r.city_id is not distinct from k.city_id and r.topic is not distinct from k.topic
        and r.period_type = p.period_type and r.period = p.period and r.clock = w.clock
    union all
    select
        w.metric, r.grain, r.city_id, r.topic, r.period_type, r.period, r.due, r.on_time, r.unanswered, r.pending
    from rolled as r
    inner join wanted as w on w.clock = r.clock
    where r.grain = 'city_topic'
)

select
    f.metric, f.grain, f.city_id, f.topic,
    cast(null as varchar) as engagement_id, cast(null as varchar) as dimension, cast(null as varchar) as dimension_value,
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

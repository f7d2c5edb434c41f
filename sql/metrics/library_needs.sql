-- metrics.library_needs: one row per metric × grain × keys × period in which something was asked or closed: hits (what
-- counts above the line) and cases. unmet_pct: requests, and searches of the library that say what they found;
-- answered_pct: the desk's own closings, as events. Without a city: network and topic.
with asked as (
    select city_id, topic, part, sum(unmet) as hits, sum(asked) as cases
    from metrics.reach_cells
    where asked > 0
    group by city_id, topic, part
),

unmet as (
    select
        case when grouping(a.city_id) = 1 and grouping(a.topic) = 1 then 'network'
            when grouping(a.city_id) = 1 then 'topic' when grouping(a.topic) = 1 then 'city' else 'city_topic' end as grain,
        a.city_id, a.topic, p.period_type, p.period, sum(a.hits) as hits, sum(a.cases) as cases
    from asked as a
    inner join core.period_parts as p on p.part = a.part
    group by grouping sets (
        (p.period_type, p.period), (p.period_type, p.period, a.topic), (p.period_type, p.period, a.city_id),
        (p.period_type, p.period, a.city_id, a.topic)
    )
    having grouping(a.city_id) = 1 or a.city_id is not null
),

needs as (
    select 'unmet_pct' as metric, grain, city_id, topic, period_type, period, hits, cases
    from unmet
    union all
    select
        'answered_pct' as metric, grain, city_id, topic, period_type, period, resolved as hits,
        resolved + closed_unanswered as cases
    from metrics.backlog_flows
    where resolved + closed_unanswered > 0
)

select
    metric, grain, city_id, topic, period_type, period, cast(hits as bigint) as hits, cast(cases as bigint) as cases
from needs

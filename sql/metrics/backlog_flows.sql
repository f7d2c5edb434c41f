-- metrics.backlog_flows: one row per grain × keys × period in which a request of the desk was opened or closed.
with cells as (
    select
        t.part, e.city_id, e.topic,
        count(*) filter (where e.event = 'created') as created,
        count(*) filter (where e.event = 'reopened') as reopened,
        count(*) filter (where e.event = 'resolved') as resolved,
        count(*) filter (where e.event = 'withdrawn') as withdrawn,
        count(*) filter (where e.event = 'merged') as merged,
        count(*) filter (where e.event = 'closed_unanswered') as closed_unanswered
    from core.request_events as e
    inner join core.day_parts as t on t.day = e.event_on
    group by t.part, e.city_id, e.topic
)

select
    case when grouping(city_id) = 1 and grouping(topic) = 1 then 'network' when grouping(city_id) = 1 then 'topic'
        when grouping(topic) = 1 then 'city' else 'city_topic' end as grain,
    city_id, topic, period_type, period,
    cast(sum(created) as bigint) as created,
    cast(sum(reopened) as bigint) as reopened,
    cast(sum(resolved) as bigint) as resolved,
    cast(sum(withdrawn) as bigint) as withdrawn,
    cast(sum(merged) as bigint) as merged,
    cast(sum(closed_unanswered) as bigint) as closed_unanswered
from cells
inner join core.period_parts as p on p.part = cells.part
group by grouping sets (
    (period_type, period), (period_type, period, topic), (period_type, period, city_id),
    (period_type, period, city_id, topic)
)
having grouping(city_id) = 1 or city_id is not null

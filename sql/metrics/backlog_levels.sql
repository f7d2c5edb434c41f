-- metrics.backlog_levels: one row per instant at which a period starts or closes × grain × keys with anything open then.
-- From the state of each request, never from its events (metrics.backlog_flows), so that one can check the other.
-- open_count; unanswered: open without a first reply; overdue: unanswered and past due on the business clock.
with boundaries as (
    select starts_at as boundary_at from reference.periods
    union
    select closes_at as boundary_at from reference.periods
),

cells as (
    select
        b.boundary_at, s.city_id, s.topic,
        count(*) as open_count,
        count(*) filter (where coalesce(s.first_response_at >= b.boundary_at, true)) as unanswered,
        count(*) filter (where coalesce(s.first_response_at >= b.boundary_at, true) and s.due_at < b.boundary_at) as overdue
    from core.request_spells as s
    inner join boundaries as b on s.opened_at < b.boundary_at and coalesce(s.until_at, timestamp '9999-12-31 00:00:00') >= b.boundary_at
    group by b.boundary_at, s.city_id, s.topic
)

select
    case when grouping(city_id) = 1 and grouping(topic) = 1 then 'network' when grouping(city_id) = 1 then 'topic'
        when grouping(topic) = 1 then 'city' else 'city_topic' end as grain,
    city_id, topic, boundary_at,
    cast(sum(open_count) as bigint) as open_count,
    cast(sum(unanswered) as bigint) as unanswered,
    cast(sum(overdue) as bigint) as overdue
from cells
group by grouping sets (
    (boundary_at), (boundary_at, topic), (boundary_at, city_id), (boundary_at, city_id, topic)
)
having grouping(city_id) = 1 or city_id is not null

-- metrics.backlog_flows: one row per grain × keys × period in which a request of the desk was opened or closed: sums of
-- metrics.backlog_cells.
with spans as (
    select s.span_on, p.period_type, p.period
    from (select distinct span_on from metrics.backlog_cells) as s
    inner join reference.periods as p on s.span_on between p.period_start and p.period_end
)

select
    case when grouping(b.city_id) = 1 and grouping(b.topic) = 1 then 'network' when grouping(b.city_id) = 1 then 'topic'
        when grouping(b.topic) = 1 then 'city' else 'city_topic' end as grain,
    b.city_id, b.topic, s.period_type, s.period,
    cast(sum(b.created) as bigint) as created,
    cast(sum(b.reopened) as bigint) as reopened,
    cast(sum(b.resolved) as bigint) as resolved,
    cast(sum(b.withdrawn) as bigint) as withdrawn,
    cast(sum(b.merged) as bigint) as merged,
    cast(sum(b.closed_unanswered) as bigint) as closed_unanswered
from metrics.backlog_cells as b
inner join spans as s on s.span_on = b.span_on
group by grouping sets (
    (s.period_type, s.period), (s.period_type, s.period, b.topic), (s.period_type, s.period, b.city_id),
    (s.period_type, s.period, b.city_id, b.topic)
)
having grouping(b.city_id) = 1 or b.city_id is not null

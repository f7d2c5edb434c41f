-- metrics.backlog_cells: one row per part of time in which requests were asked × span of local days × city × topic in which
-- requests of the desk were opened (asked or reopened) or closed (in whatever way). A span, named by its first day, is a run
-- of days within which no period begins or ends, nor the eight weeks (56 days) before a period's close: each of these is
-- made of whole spans.
with cuts as (
    select period_start as span_on from reference.periods
    union
    select least(t.period_end, p.as_of) + 1 as span_on
    from reference.periods as t
    cross join reference.params as p
    union
    select least(t.period_end, p.as_of) - 55 as span_on
    from reference.periods as t
    cross join reference.params as p
),

days as (
    select d.day, max(c.span_on) as span_on
    from core.day_parts as d
    inner join cuts as c on c.span_on <= d.day
    group by d.day
)

select
    e.part, d.span_on, e.city_id, e.topic,
    count(*) filter (where e.event = 'created') as created,
    count(*) filter (where e.event = 'reopened') as reopened,
    count(*) filter (where e.event = 'resolved') as resolved,
    count(*) filter (where e.event = 'withdrawn') as withdrawn,
    count(*) filter (where e.event = 'merged') as merged,
    count(*) filter (where e.event = 'closed_unanswered') as closed_unanswered
from core.request_events as e
inner join days as d on d.day = e.event_on
group by e.part, d.span_on, e.city_id, e.topic

-- metrics.backlog_identity: one row per grain × keys × period: open at its start, what was opened and closed in it, open at
-- its close. Levels come from state, flows from events; a difference other than 0 refuses the release.
-- Dense for network, topic and city; city × topic where anything was open or happened.
with keys as (
    select k.grain, k.city_id, k.topic, p.period_type, p.period
    from core.figure_keys as k
    cross join reference.periods as p
    union
    select grain, city_id, topic, period_type, period from metrics.backlog_flows
    union
    select v.grain, v.city_id, v.topic, p.period_type, p.period
    from metrics.backlog_levels as v
    inner join reference.periods as p on v.boundary_at = p.starts_at or v.boundary_at = p.closes_at
),

wide as (
    select
        k.grain, k.city_id, k.topic, k.period_type, k.period,
        coalesce(o.open_count, 0) as opening,
        coalesce(f.created, 0) as created,
        coalesce(f.reopened, 0) as reopened,
        coalesce(f.resolved, 0) as resolved,
        coalesce(f.withdrawn, 0) as withdrawn,
        coalesce(f.merged, 0) as merged,
        coalesce(f.closed_unanswered, 0) as closed_unanswered,
        coalesce(c.open_count, 0) as closing,
        coalesce(c.unanswered, 0) as unanswered,
        coalesce(c.overdue, 0) as overdue
    from keys as k
    inner join reference.periods as p on p.period_type = k.period_type and p.period = k.period
    left join metrics.backlog_flows as f
        on f.grain = k.grain and f.city_id is not distinct from k.city_id and f.topic is not distinct from k.topic
        and f.period_type = k.period_type and f.period = k.period
    left join metrics.backlog_levels as o
        on o.grain = k.grain and o.city_id is not distinct from k.city_id and o.topic is not distinct from k.topic
        and o.boundary_at = p.starts_at
    left join metrics.backlog_levels as c
        on c.grain = k.grain and c.city_id is not distinct from k.city_id and c.topic is not distinct from k.topic
        and c.boundary_at = p.closes_at
)

select
    grain, city_id, topic, period_type, period, opening, created, reopened, resolved, withdrawn, merged,
    closed_unanswered, closing, unanswered, overdue,
    closing - (opening + created + reopened - resolved - withdrawn - merged - closed_unanswered) as difference
from wide

-- metrics.reach_cells: one row per service × city (null for callers without one) × topic × part of time
-- (core.day_parts) in which it was used. uses: canonical requests, engagements started, attendances, uses of the
-- library; active: 1 if it was in use (an engagement is on every day that it is under way). asked, unmet: of requests,
-- and of searches that say what they found; unmet are those closed without an answer, or that found nothing. last_on:
-- the last use.
with parts as (
    select part, min(day) as first_on, max(day) as last_on
    from core.day_parts
    group by part
),

cells as (
    select
        'desk' as service, city_id, topic, part, asked as uses, 1 as active, asked, unmet, last_on
    from metrics.reach_desk
    union all
    select
        u.service, u.city_id, u.topic, d.part, count(*) as uses, 1 as active, count(u.is_empty) as asked,
        count(*) filter (where u.is_empty) as unmet, max(u.used_on) as last_on
    from core.uses as u
    inner join core.day_parts as d on d.day = u.used_on
    group by u.service, u.city_id, u.topic, d.part
    union all
    select distinct
        'engagement' as service, c.city_id, e.topic, p.part, 0 as uses, 1 as active, 0 as asked, 0 as unmet,
        cast(null as date) as last_on
    from core.engagements as e
    inner join core.engagement_cities as c on c.engagement_id = e.engagement_id
    cross join reference.params as a
    inner join parts as p on e.started_on <= p.last_on and coalesce(e.completed_on, a.as_of) >= p.first_on
)

select
    service, city_id, topic, part,
    cast(sum(uses) as bigint) as uses,
    max(active) as active,
    cast(sum(asked) as bigint) as asked,
    cast(sum(unmet) as bigint) as unmet,
    max(last_on) as last_on
from cells
group by service, city_id, topic, part

-- metrics.library_topics: one row per topic × period: what was asked about it and what the library had on it at the
-- period's close (its last day, or as_of). requests: canonical, asked in the period; is_requested: asked within the 12
-- months up to the close; resources: in the library at the close; reviewed: those reviewed within the 24 months up to
-- the close.
with spans as (
    select t.period_type, t.period, least(t.period_end, p.as_of) as last_on
    from reference.periods as t
    cross join reference.params as p
),

asked as (
    select topic, part, sum(uses) as requests, max(last_on) as last_on
    from metrics.reach_cells
    where service = 'desk'
    group by topic, part
),

in_period as (
    select a.topic, p.period_type, p.period, sum(a.requests) as requests
    from asked as a
    inner join core.period_parts as p on p.part = a.part
    group by a.topic, p.period_type, p.period
),

-- periods close where parts do, so that the last request of each part is enough
recent as (
    select distinct a.topic, s.period_type, s.period
    from asked as a
    inner join spans as s on a.last_on <= s.last_on and a.last_on + interval 12 month > s.last_on
),

shelved as (
    select
        r.topic, s.period_type, s.period, count(*) as resources,
        count(*) filter (
            where r.reviewed_on <= s.last_on and r.reviewed_on + interval 24 month > s.last_on
        ) as reviewed
    from core.library_resources as r
    inner join spans as s on coalesce(r.published_on <= s.last_on, true)
    group by r.topic, s.period_type, s.period
)

select
    t.topic,
    s.period_type,
    s.period,
    s.last_on as closes_on,
    cast(coalesce(i.requests, 0) as bigint) as requests,
    r.topic is not null as is_requested,
    cast(coalesce(h.resources, 0) as bigint) as resources,
    cast(coalesce(h.reviewed, 0) as bigint) as reviewed
from reference.topics as t
cross join spans as s
left join in_period as i on i.topic = t.topic and i.period_type = s.period_type and i.period = s.period
left join recent as r on r.topic = t.topic and r.period_type = s.period_type and r.period = s.period
left join shelved as h on h.topic = t.topic and h.period_type = s.period_type and h.period = s.period

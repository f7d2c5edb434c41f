-- One row per program feed and calendar month since the launch: how many records are dated in it, and when the first of
-- them was known. A month without records is not reported where the feed is a stream (requests, surveys, ledger, library_use);
-- a register (engagements, milestones, eligibility, recommendations, peer_events) is sent whole, so that none there means none, once it has arrived.
with records as (
    select 'requests' as feed, submitted_on as day, known_at from core.requests
    union all
    select 'surveys' as feed, h.local_date as day, cast(null as timestamp) as known_at
    from core.surveys as s
    inner join reference.hours as h on h.hour_at = date_trunc('hour', s.delivered_at)
    union all
    select 'ledger' as feed, posted_on as day, known_at from core.ledger
    union all
    select 'engagements' as feed, starts_on as day, known_at from core.engagements
    union all
    select 'milestones' as feed, baseline_due as day, known_at from core.milestones
    union all
    select 'eligibility' as feed, eligible_from as day, known_at from core.eligibility
    union all
    select 'recommendations' as feed, made_on as day, known_at from core.recommendations
    union all
    select 'peer_events' as feed, held_on as day, known_at from core.peer_events
    union all
    select 'library_use' as feed, used_on as day, known_at from core.library_use
),

feeds (feed, is_register) as (
    values
        ('requests', false), ('surveys', false), ('ledger', false), ('engagements', true), ('milestones', true),
        ('eligibility', true), ('recommendations', true), ('peer_events', true), ('library_use', false)
),

arrived as (
    select f.feed, f.is_register, count(r.feed) > 0 as has_arrived
    from feeds as f
    left join records as r on f.feed = r.feed
    group by f.feed, f.is_register
)

select
    a.feed,
    t.period,
    t.period_start,
    t.period_end,
    count(r.day) as records,
    min(r.known_at) as first_known_at,
    case
        when count(r.day) > 0 or (a.is_register and a.has_arrived) then 'reported'
        else 'not_reported'
    end as state
from arrived as a
cross join reference.periods as t
left join records as r on a.feed = r.feed and r.day between t.period_start and t.period_end
where t.period_type = 'month'
group by a.feed, a.is_register, a.has_arrived, t.period, t.period_start, t.period_end
order by a.feed, t.period

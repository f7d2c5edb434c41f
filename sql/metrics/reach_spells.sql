-- metrics.reach_spells: one row per city that became eligible by as_of × service: the days from its first eligible day
-- (the launch, where it was eligible before) to its first use, or to its last eligible day or as_of where there was
-- none. Intervals that overlap or touch are one; a city that comes back after a gap is not followed again. An
-- engagement that is already under way on the first day is a use on it.
with known as (
    select
        e.city_id,
        greatest(e.eligible_from, p.launched_on) as starts_on,
        least(coalesce(e.eligible_to, p.as_of), p.as_of) as ends_on
    from core.eligibility as e
    inner join reference.params as p
        on e.eligible_from <= p.as_of and coalesce(e.eligible_to, p.as_of) >= p.launched_on
),

marked as (
    select
        city_id, starts_on, ends_on,
        max(ends_on) over (
            partition by city_id order by starts_on, ends_on rows between unbounded preceding and 1 preceding
        ) as held_until
    from known
),

stretched as (
    select
        city_id, starts_on, ends_on,
        sum(case when date_diff('day', held_until, starts_on) > 1 then 1 else 0 end) over (
            partition by city_id order by starts_on, ends_on rows between unbounded preceding and current row
        ) as gaps
    from marked
),

spells as (
    select city_id, min(starts_on) as starts_on, max(ends_on) as ends_on
    from stretched
    where gaps = 0
    group by city_id
),

firsts as (
    select 'desk' as service, s.city_id, min(r.submitted_on) as used_on
    from core.requests as r
    inner join spells as s on s.city_id = r.city_id and r.submitted_on between s.starts_on and s.ends_on
    where r.is_canonical
    group by s.city_id
    union all
    select u.service, s.city_id, min(u.used_on) as used_on
    from core.uses as u
    inner join spells as s on s.city_id = u.city_id and u.used_on between s.starts_on and s.ends_on
    where u.service <> 'engagement'
    group by u.service, s.city_id
    union all
    select 'engagement' as service, s.city_id, min(greatest(e.started_on, s.starts_on)) as used_on
    from core.engagements as e
    inner join core.engagement_cities as c on c.engagement_id = e.engagement_id
    inner join spells as s on s.city_id = c.city_id and e.started_on <= s.ends_on
    where coalesce(e.completed_on >= s.starts_on, true)
    group by s.city_id
),

services as (
    select w.service, f.service as made_by
    from (values ('desk'), ('engagement'), ('peer'), ('library'), ('any')) as w (service)
    cross join (values ('desk'), ('engagement'), ('peer'), ('library')) as f (service)
    where w.service in (f.service, 'any')
)

select
    s.city_id,
    v.service,
    s.starts_on,
    s.ends_on,
    min(f.used_on) as first_used_on,
    date_diff('day', s.starts_on, coalesce(min(f.used_on), s.ends_on)) as days
from spells as s
cross join services as v
left join firsts as f on f.city_id = s.city_id and f.service = v.made_by
group by s.city_id, v.service, s.starts_on, s.ends_on

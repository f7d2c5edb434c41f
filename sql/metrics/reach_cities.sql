-- metrics.reach_cities: one row per basis × period × eligible city: whether each service was used in the period, and in how
-- many of its eligible months. basis then: eligible on at least one day of the period; now: eligible on as_of.
-- desk: a canonical request submitted; engagement: under way on at least one day (until it is completed).
with eligible as (
    select distinct 'then' as basis, p.period_type, p.period, e.city_id
    from core.eligibility as e
    cross join reference.params as a
    inner join reference.periods as p
        on e.eligible_from <= least(p.period_end, a.as_of) and coalesce(e.eligible_to, a.as_of) >= p.period_start
    union all
    select distinct 'now' as basis, p.period_type, p.period, e.city_id
    from core.eligibility as e
    inner join reference.params as a on e.eligible_from <= a.as_of and coalesce(e.eligible_to, a.as_of) >= a.as_of
    cross join reference.periods as p
),

uses as (
    select t.period_type, t.period, r.city_id, 1 as desk, 0 as engagement
    from core.requests as r
    inner join core.period_days as t on t.day = r.submitted_on
    where r.is_canonical and r.city_id is not null
    union
    select p.period_type, p.period, c.city_id, 0 as desk, 1 as engagement
    from core.engagements as e
    inner join core.engagement_cities as c on c.engagement_id = e.engagement_id
    cross join reference.params as a
    inner join reference.periods as p
        on e.starts_on <= least(p.period_end, a.as_of) and coalesce(e.completed_on, a.as_of) >= p.period_start
),

used as (
    select period_type, period, city_id, max(desk) as desk, max(engagement) as engagement
    from uses
    group by period_type, period, city_id
),

flagged as (
    select
        e.basis, e.period_type, e.period, e.city_id,
        coalesce(u.desk, 0) as desk,
        coalesce(u.engagement, 0) as engagement,
        greatest(coalesce(u.desk, 0), coalesce(u.engagement, 0)) as any_service
    from eligible as e
    left join used as u on u.period_type = e.period_type and u.period = e.period and u.city_id = e.city_id
),

months as (
    select
        f.basis, p.period_type, p.period, f.city_id, count(*) as months,
        sum(f.desk) as desk, sum(f.engagement) as engagement, sum(f.any_service) as any_service
    from flagged as f
    inner join reference.periods as m on f.period_type = 'month' and m.period_type = 'month' and m.period = f.period
    inner join reference.periods as p on m.period_start <= p.period_end and m.period_end >= p.period_start
    group by f.basis, p.period_type, p.period, f.city_id
)

select
    f.basis, f.period_type, f.period, f.city_id,
    dense_rank() over (order by f.city_id) as city_rank,
    f.desk, f.engagement, f.any_service,
    cast(coalesce(m.months, 0) as bigint) as months,
    cast(coalesce(m.desk, 0) as bigint) as desk_months,
    cast(coalesce(m.engagement, 0) as bigint) as engagement_months,
    cast(coalesce(m.any_service, 0) as bigint) as any_months
from flagged as f
left join months as m
    on m.basis = f.basis and m.period_type = f.period_type and m.period = f.period and m.city_id = f.city_id

-- rows.reach: the eligible cities (reach_pct, concentration_pct) or their eligible months (uptake_pct, use_rate) behind one figure
-- (asked.figure), with the uses of the service that each had.
with months as (
    select p.period as month, p.period_start as first_on, least(p.period_end, f.as_of) as last_on,
        p.period_end >= f.period_start and p.period_start <= f.period_end as is_asked
    from published.periods as p
    cross join asked.figure as f
    where p.period_type = 'month'
),

eligible as (
    select distinct e.city_id, m.month, m.first_on, m.last_on
    from published.eligibility as e
    cross join asked.figure as f
    inner join months as m on m.is_asked
    where case when f.basis = 'now' then e.eligible_from <= f.as_of and coalesce(e.eligible_to, f.as_of) >= f.as_of
        else e.eligible_from <= m.last_on and coalesce(e.eligible_to, f.as_of) >= m.first_on end
        and (f.city_id is null or e.city_id = f.city_id)
),

-- an engagement is a use when it starts, and in use for as long as it is under way
used as (
    select 'desk' as service, city_id, topic, submitted_on as first_on, submitted_on as last_on, 1 as uses
    from published.requests
    where is_canonical and city_id is not null
    union all
    select 'engagement' as service, c.city_id, e.topic, e.started_on as first_on, e.started_on as last_on, 1 as uses
    from published.engagements as e
    inner join published.engagement_cities as c on c.engagement_id = e.engagement_id
    where e.started_on is not null
    union all
    select
        'engagement' as service, c.city_id, e.topic, e.started_on as first_on, coalesce(e.completed_on, f.as_of) as last_on,
        0 as uses
    from published.engagements as e
    inner join published.engagement_cities as c on c.engagement_id = e.engagement_id
    cross join asked.figure as f
    where e.started_on is not null
    union all
    select 'peer' as service, city_id, topic, held_on as first_on, held_on as last_on, 1 as uses
    from published.attendance
    where held_on is not null
    union all
    select 'library' as service, city_id, topic, used_on as first_on, used_on as last_on, 1 as uses
    from published.library_use
),

asked_of as (
    select u.*
    from used as u
    cross join asked.figure as f
    where f.dimension_value in (u.service, 'any') and (f.topic is null or u.topic = f.topic)
),

monthly as (
    select u.city_id, m.month, sum(u.uses) as uses
    from asked_of as u
    inner join months as m on m.is_asked and u.first_on <= m.last_on and u.last_on >= m.first_on
    group by u.city_id, m.month
),

-- a city is reached on any day of the period, before the launch and before it was eligible too; to date is whole months
reached as (
    select distinct u.city_id
    from asked_of as u
    cross join asked.figure as f
    where u.first_on <= least(f.period_end, f.as_of) and u.last_on >= date_trunc('month', f.period_start)
),

city_months as (
    select e.city_id, e.month, coalesce(m.uses, 0) as uses, case when m.month is null then 0 else 1 end as active
    from eligible as e
    left join monthly as m on m.city_id = e.city_id and m.month = e.month
),

cities as (
    select
        c.city_id, sum(c.uses) as uses,
        max(case when r.city_id is null then 0 else 1 end) as active
    from city_months as c
    left join reached as r on r.city_id = c.city_id
    group by c.city_id
)

select
    'eligibility' as feed, c.city_id as record_id, cast(null as varchar) as left_out, c.city_id, cast(null as varchar) as month,
    c.uses, case when f.metric = 'reach_pct' then c.active else c.uses end as numerator,
    case when f.metric = 'reach_pct' then 1 else c.uses end as denominator
from cities as c
cross join asked.figure as f
where f.metric in ('reach_pct', 'concentration_pct')
union all
select
    'eligibility' as feed, c.city_id || ' ' || c.month as record_id, cast(null as varchar) as left_out, c.city_id, c.month,
    c.uses, case when f.metric = 'uptake_pct' then c.active else c.uses end as numerator, 1 as denominator
from city_months as c
cross join asked.figure as f
where f.metric in ('uptake_pct', 'use_rate')
order by record_id

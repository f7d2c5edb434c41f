-- metrics.silent_exposure: one row per city × period in which it was eligible: for how many months, how many canonical
-- requests it made while it was, and what is known of it. A month that it was eligible in part counts as the part of its
-- days. Nothing before the launch or after as_of.
with days as (
    select
        d.day, d.period_type, d.period, cast(1 as double) / day(last_day(d.day)) as months
    from core.period_days as d
    cross join reference.params as p
    where d.day between p.launched_on and p.as_of
),

eligible as (
    select distinct e.city_id, d.day, d.period_type, d.period, d.months
    from core.eligibility as e
    inner join days as d on d.day >= e.eligible_from and d.day <= coalesce(e.eligible_to, d.day)
),

asked as (
    select city_id, submitted_on, count(*) as requests
    from core.requests
    where is_canonical and city_id is not null
    group by city_id, submitted_on
)

select
    e.city_id,
    e.period_type,
    e.period,
    round(sum(e.months), 9) as eligible_months,
    cast(coalesce(sum(a.requests), 0) as bigint) as observed,
    max(c.population) as population,
    max(c.wave) as wave,
    max(c.state) as state,
    max(g.noncollege_poverty_pct) as noncollege_poverty_pct
from eligible as e
left join asked as a on a.city_id = e.city_id and a.submitted_on = e.day
left join core.cities as c on c.city_id = e.city_id
left join core.city_groups as g on g.city_id = e.city_id
group by e.city_id, e.period_type, e.period

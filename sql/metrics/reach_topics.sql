-- metrics.reach_topics: one row per basis × period × topic × eligible city that asked the desk about it in the period (on an
-- eligible day or not): in how many of its eligible months (used_months), and how often in these (uses).
with asked as (
    select city_id, topic, part, sum(uses) as uses
    from metrics.reach_cells
    where service = 'desk' and city_id is not null
    group by city_id, topic, part
),

used as (
    select distinct a.city_id, a.topic, p.period_type, p.period
    from asked as a
    inner join core.period_parts as p on p.part = a.part
),

in_months as (
    select m.basis, a.city_id, a.topic, p.period_type, p.period, count(*) as used_months, sum(a.uses) as uses
    from metrics.reach_months as m
    inner join asked as a on a.city_id = m.city_id and a.part = m.part
    inner join core.period_parts as p on p.part = m.part
    group by m.basis, a.city_id, a.topic, p.period_type, p.period
)

select
    e.basis, e.period_type, e.period, u.topic, e.city_id, e.city_rank,
    cast(coalesce(i.used_months, 0) as bigint) as used_months,
    cast(coalesce(i.uses, 0) as bigint) as uses
from used as u
inner join metrics.reach_cities as e
    on e.service = 'desk' and e.city_id = u.city_id and e.period_type = u.period_type and e.period = u.period
left join in_months as i
    on i.basis = e.basis and i.city_id = u.city_id and i.topic = u.topic and i.period_type = u.period_type
    and i.period = u.period

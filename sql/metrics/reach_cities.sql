-- metrics.reach_cities: one row per basis × period × eligible city × service: its eligible months in the period,
-- whether it used the service in the period (on an eligible day or not), in how many of its eligible months, and how
-- often in these. basis then: eligible on at least one day of the period, by as_of; now: eligible on as_of.
with active as (
    select service, city_id, part, sum(uses) as uses, max(active) as active
    from metrics.reach_cells
    where city_id is not null
    group by service, city_id, part
    union all
    select 'any' as service, city_id, part, sum(uses) as uses, max(active) as active
    from metrics.reach_cells
    where city_id is not null
    group by city_id, part
),

used as (
    select a.service, a.city_id, p.period_type, p.period, max(a.active) as used
    from active as a
    inner join core.period_parts as p on p.part = a.part
    group by a.service, a.city_id, p.period_type, p.period
),

in_months as (
    select
        m.basis, a.service, a.city_id, p.period_type, p.period, sum(a.active) as used_months, sum(a.uses) as uses
    from metrics.reach_months as m
    inner join active as a on a.city_id = m.city_id and a.part = m.part
    inner join core.period_parts as p on p.part = m.part
    group by m.basis, a.service, a.city_id, p.period_type, p.period
),

eligible as (
    select m.basis, m.city_id, p.period_type, p.period, count(*) as months
    from metrics.reach_months as m
    inner join core.period_parts as p on p.part = m.part
    group by m.basis, m.city_id, p.period_type, p.period
),

ranks as (
    select city_id, row_number() over (order by city_id) as city_rank
    from (select distinct city_id from metrics.reach_months) as c
)

select
    e.basis, e.period_type, e.period, e.city_id,
    k.city_rank,
    s.service,
    e.months,
    cast(coalesce(u.used, 0) as bigint) as used,
    cast(coalesce(i.used_months, 0) as bigint) as used_months,
    cast(coalesce(i.uses, 0) as bigint) as uses
from eligible as e
inner join ranks as k on k.city_id = e.city_id
cross join (values ('desk'), ('engagement'), ('peer'), ('library'), ('any')) as s (service)
left join used as u
    on u.service = s.service and u.city_id = e.city_id and u.period_type = e.period_type and u.period = e.period
left join in_months as i
    on i.basis = e.basis and i.service = s.service and i.city_id = e.city_id
    and i.period_type = e.period_type and i.period = e.period

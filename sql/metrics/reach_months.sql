-- metrics.reach_months: one row per basis × city × month of the program (a part of core.day_parts) in which it was
-- eligible. basis then: eligible on at least one day of the month, by as_of; now: every month of a city
-- that is eligible on as_of.
with months as (
    select d.part, min(d.day) as first_on, max(d.day) as last_on
    from core.day_parts as d
    inner join core.period_parts as p on p.part = d.part and p.period_type = 'to_date'
    group by d.part
)

select distinct 'then' as basis, e.city_id, m.part
from core.eligibility as e
cross join reference.params as a
inner join months as m on e.eligible_from <= m.last_on and coalesce(e.eligible_to, a.as_of) >= m.first_on
union all
select distinct 'now' as basis, e.city_id, m.part
from core.eligibility as e
inner join reference.params as a on e.eligible_from <= a.as_of and coalesce(e.eligible_to, a.as_of) >= a.as_of
cross join months as m

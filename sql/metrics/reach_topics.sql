-- metrics.reach_topics: one row per basis × period × topic × eligible city that asked the desk about it in the period.
-- Not by month: too few ask about one topic in one.
with asked as (
    select distinct c.city_id, c.topic, p.period_type, p.period
    from metrics.reach_cells as c
    inner join core.period_parts as p on p.part = c.part and p.period_type <> 'month'
    where c.service = 'desk' and c.city_id is not null
)

select e.basis, e.period_type, e.period, a.topic, e.city_id, e.city_rank
from asked as a
inner join metrics.reach_cities as e
    on e.service = 'desk' and e.city_id = a.city_id and e.period_type = a.period_type and e.period = a.period

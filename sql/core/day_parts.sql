-- core.day_parts: one row per local day, with the part of time that holds it: its month, less the days after as_of.
-- Every period is made of whole parts (core.period_parts), so that what adds up is counted once a part and then summed.
-- part_no: the part as a number, the same whenever it is made.
select
    d.day,
    strftime(d.day, '%Y-%m') || case when d.day > p.as_of then ' after' else '' end as part,
    cast(1000 * year(d.day) + 10 * month(d.day) + case when d.day > p.as_of then 1 else 0 end as integer) as part_no
from (select distinct local_date as day from reference.hours) as d
cross join reference.params as p
order by d.day

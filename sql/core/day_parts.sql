-- core.day_parts: one row per local day, with the part of time that holds it: its month, less the days before the program.
-- Every period is made of whole parts (core.period_parts), so that what adds up is counted once a part and then summed.
select
    d.day,
    strftime(d.day, '%Y-%m') || case when d.day < t.period_start then ' before' when d.day > t.period_end then ' after'
        else '' end as part
from (select distinct local_date as day from reference.hours) as d
cross join reference.periods as t
where t.period_type = 'to_date'
order by d.day

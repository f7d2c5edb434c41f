-- core.period_days: one row per local day × period that holds it (its month, quarter, fiscal year, to_date).
-- What happened, or falls due, on a day is counted in a period by an equality join.
select
    d.day,
    p.period_type,
    p.period
from (select distinct local_date as day from reference.hours) as d
inner join reference.periods as p on d.day between p.period_start and p.period_end
order by d.day, p.period_type

-- core.period_parts: one row per part of time (core.day_parts) × period that holds it: its month, quarter, fiscal year and
-- to_date.
select distinct
    d.part,
    p.period_type,
    p.period
from core.day_parts as d
inner join core.period_days as p on p.day = d.day
order by d.part, p.period_type

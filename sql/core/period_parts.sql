-- core.period_parts: one row per part of time (core.day_parts) × period that holds it: its month, quarter, fiscal year and
-- to_date. period_no: the period as a number, the same whenever it is made.
select distinct
    d.part,
    p.period_type,
    p.period,
    cast(10000 * case p.period_type when 'month' then 1 when 'quarter' then 2 when 'fiscal_year' then 3 else 4 end
        + t.ordinal as integer) as period_no
from core.day_parts as d
inner join core.period_days as p on p.day = d.day
inner join reference.periods as t on t.period_type = p.period_type and t.period = p.period
order by d.part, p.period_type

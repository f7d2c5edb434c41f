-- core.period_pairs: one row per period (told) × period that its figures and their change are told from: itself, and the one
-- before of its kind.
select t.period as told, b.period
from reference.periods as t
inner join reference.periods as b on b.period_type = t.period_type and b.ordinal between t.ordinal - 1 and t.ordinal
order by t.period, b.period

-- One row per city × criterion: the figure used and whether it meets the rule. Cities of the program, and every place
-- that holds the population floor or whose population is not known.
select
    r.city_id,
    r.criterion,
    r.title,
    r.indicator,
    r.operator,
    r.threshold,
    r.period_start,
    r.period_end,
    r.value,
    r.vintage,
    r.meets,
    r.on_threshold,
    r.reason,
    r.criteria_met,
    r.criteria_known,
    r.eligible
from metrics.eligibility_rule as r
where
    r.city_id in (select city_id from core.cities)
    or r.city_id not in (select city_id from metrics.eligibility_rule where criterion = 'population' and meets = 'no')
order by r.city_id, r.criterion

-- One row per city eligible on as_of by the list or by the rule, with the figures that decide and its rank of need.
select
    city_id,
    name,
    state,
    eligible,
    eligible_by,
    rule_eligible,
    index,
    rank,
    rank_low,
    rank_high,
    tier,
    p_top_k,
    population,
    unemployment_rate,
    population_change,
    noncollege_poverty,
    criteria_met,
    criteria_known,
    on_threshold,
    served,
    first_served_on
from metrics.candidates
order by city_id

-- One row per place and vintage that counts it in both 2000 and 2010: the change of population between, in percent.
-- Both counts are of one vintage, never of two (each restates all years to its own boundaries): the April counts where
-- the vintage has both, else its July estimates. Annexation between the two is part of the change.
with populations as (
    select geo_id, indicator, period_end, value, vintage, known_at
    from staging.census_population
    union all
    select geo_id, indicator, period_end, value, vintage, known_at
    from staging.census_population_places
),

decades as (
    select
        geo_id,
        vintage,
        max(case when indicator = 'population_base' and year(period_end) = 2000 then value end) as base_2000,
        max(case when indicator = 'population_census' and year(period_end) = 2010 then value end) as census_2010,
        max(case when indicator = 'population' and year(period_end) = 2000 then value end) as july_2000,
        max(case when indicator = 'population' and year(period_end) = 2010 then value end) as july_2010,
        max(known_at) as known_at
    from populations
    group by geo_id, vintage
),

ends as (
    select
        geo_id,
        case when base_2000 + census_2010 is null then july_2000 else base_2000 end as population_2000,
        case when base_2000 + census_2010 is null then july_2010 else census_2010 end as population_2010,
        vintage,
        known_at
    from decades
)

select
    geo_id,
    population_2000,
    population_2010,
    100.0 * (population_2010 - population_2000) / population_2000 as change_pct,
    vintage,
    known_at
from ends
where population_2000 > 0 and population_2010 is not null
order by geo_id, vintage

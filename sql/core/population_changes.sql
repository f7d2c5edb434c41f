-- core.population_changes: one row per geography, span and vintage: the change of population within one vintage, percent.
-- Both counts are of one vintage, never of two (each restates all years to its own boundaries): from the base or census
-- count of April where the vintage has it, else from its July estimate. Annexation before the vintage is part of it.
with counts as (
    select
        geo_id,
        geo_level,
        vintage,
        edition,
        max(case when indicator = 'population_base' and year(period_end) = 2000 then value end) as base_2000,
        max(case when indicator = 'population_census' and year(period_end) = 2010 then value end) as census_2010,
        max(case when indicator = 'population_base' and year(period_end) = 2010 then value end) as base_2010,
        max(case when indicator = 'population_base' and year(period_end) = 2020 then value end) as base_2020,
        max(case when indicator = 'population' and year(period_end) = 2000 then value end) as july_2000,
        max(case when indicator = 'population' and year(period_end) = 2010 then value end) as july_2010,
        max(case when indicator = 'population' then year(period_end) end) as last_year,
        max(known_at) as known_at
    from core.observations
    where source = 'census_population' and value is not null
    group by geo_id, geo_level, vintage, edition
),

latest as (
    select c.*, o.value as july_latest
    from counts as c
    inner join core.observations as o
        on c.geo_id = o.geo_id and c.vintage = o.vintage and o.indicator = 'population' and year(o.period_end) = c.last_year
),

spans as (
    select
        *, 'population_change_2000_2010_pct' as indicator, make_date(2000, 1, 1) as period_start,
        make_date(2010, 12, 31) as period_end,
        case when base_2000 + census_2010 is null then july_2000 else base_2000 end as population_from,
        case when base_2000 + census_2010 is null then july_2010 else census_2010 end as population_to
    from latest
    union all
    select
        *, 'population_change_since_2010_pct' as indicator, make_date(2010, 4, 1) as period_start,
        make_date(cast(last_year as integer), 7, 1) as period_end, base_2010 as population_from,
        case when last_year > 2010 then july_latest end as population_to
    from latest
    union all
    select
        *, 'population_change_since_2020_pct' as indicator, make_date(2020, 4, 1) as period_start,
        make_date(cast(last_year as integer), 7, 1) as period_end, base_2020 as population_from,
        case when last_year > 2020 then july_latest end as population_to
    from latest
)

select
    geo_id,
    geo_level,
    indicator,
    period_start,
    period_end,
    population_from,
    population_to,
    100.0 * (population_to - population_from) / population_from as value,
    vintage,
    edition,
    known_at
from spans
where population_from > 0 and population_to is not null
order by geo_id, indicator, vintage

-- One row per incorporated place, indicator, period and vintage: Census SUB-EST files of every decade.
-- Only summary level 162 (the whole place): 157, 170 and 172 are parts and sums of the same people.
-- population is the estimate of July 1, with the calendar year as its period; population_census and population_base are
-- counts of April 1. A year that the file does not have makes no row.
with places as (
    select
        *,
        state || place as geo_id,
        coalesce(vintage, cast(cast(_known_at as date) as varchar) || ' ' || left(_sha256, 8)) as edition
    from raw.census_population
    where sumlev = '162'
    qualify row_number() over (
        partition by state, place, coalesce(vintage, _sha256)
        order by _known_at desc, _order desc, _file desc, _sha256 desc, _row desc
    ) = 1
),

figures as (
    select geo_id, name, counted, value, null as reason, edition as vintage, _known_at as known_at
    from places
    unpivot (
        value for counted in (
            census2010pop, estimatesbase2000, estimatesbase2010, estimatesbase2020, popestimate_2000,
            popestimate_2001, popestimate_2002, popestimate_2003, popestimate_2004, popestimate_2005,
            popestimate_2006, popestimate_2007, popestimate_2008, popestimate_2009, popestimate_2010,
            popestimate_2011, popestimate_2012, popestimate_2013, popestimate_2014, popestimate_2015,
            popestimate_2016, popestimate_2017, popestimate_2018, popestimate_2019, popestimate_2020,
            popestimate_2021, popestimate_2022, popestimate_2023, popestimate_2024, popestimate_2025,
            popestimate_2026, popestimate_2027, popestimate_2028, popestimate_2029
        )
    )
    union all
    select
        geo_id, name, 'census2010pop' as counted, null as value, census2010pop_missing as reason, edition as vintage,
        _known_at as known_at
    from places
    where census2010pop_missing is not null
),

observations as (
    select *, cast(regexp_extract(counted, '([0-9]{4})', 1) as integer) as year
    from figures
)

select
    geo_id,
    'place' as geo_level,
    name,
    case
        when counted like 'popestimate%' then 'population'
        when counted like 'census%' then 'population_census'
        else 'population_base'
    end as indicator,
    case when counted like 'popestimate%' then make_date(year, 1, 1) else make_date(year, 4, 1) end as period_start,
    case when counted like 'popestimate%' then make_date(year, 12, 31) else make_date(year, 4, 1) end as period_end,
    cast(value as double) as value,
    reason,
    'persons' as unit,
    vintage,
    known_at
from observations
order by geo_id, indicator, period_start, vintage

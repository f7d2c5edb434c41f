-- One row per incorporated place, indicator, period and vintage: Census SUB-EST files of every decade.
-- Summary level 162 is the whole place; 157, 170 and 172 are parts and sums of the same people. The balance of a
-- consolidated city is taken from level 172 where 162 does not list it. staging.census_population_levels says of every
-- level why it is used or not.
-- population is the estimate of July 1, with the calendar year as its period; population_census and population_base are
-- counts of April 1. A year that the file does not have makes no row.
with areas as (
    select
        *,
        coalesce(vintage, cast(cast(_known_at as date) as varchar) || ' ' || left(_sha256, 8)) as edition
    from raw.census_population
    where sumlev = '162' or (sumlev = '172' and name like '%(balance)%')
    qualify row_number() over (
        partition by state, place, coalesce(vintage, _sha256)
        order by sumlev, _known_at desc, _order desc, _file desc, _sha256 desc, _row desc
    ) = 1
),

observations as (
    select
        state || place as geo_id,
        name as name,
        counted,
        cast(regexp_extract(counted, '([0-9]{4})', 1) as integer) as year,
        value,
        reason,
        edition as vintage,
        _known_at as known_at
    from areas
    unpivot include nulls (
        (value, reason) for counted in (
            (census2000pop, census2000pop_missing) as 'census2000pop',
            (census2010pop, census2010pop_missing) as 'census2010pop',
            (census2020pop, census2020pop_missing) as 'census2020pop',
            (estimatesbase2000, estimatesbase2000_missing) as 'estimatesbase2000',
            (estimatesbase2010, estimatesbase2010_missing) as 'estimatesbase2010',
            (estimatesbase2020, estimatesbase2020_missing) as 'estimatesbase2020',
            (popestimate_2000, popestimate_2000_missing) as 'popestimate_2000',
            (popestimate_2001, popestimate_2001_missing) as 'popestimate_2001',
            (popestimate_2002, popestimate_2002_missing) as 'popestimate_2002',
            (popestimate_2003, popestimate_2003_missing) as 'popestimate_2003',
            (popestimate_2004, popestimate_2004_missing) as 'popestimate_2004',
            (popestimate_2005, popestimate_2005_missing) as 'popestimate_2005',
            (popestimate_2006, popestimate_2006_missing) as 'popestimate_2006',
            (popestimate_2007, popestimate_2007_missing) as 'popestimate_2007',
            (popestimate_2008, popestimate_2008_missing) as 'popestimate_2008',
            (popestimate_2009, popestimate_2009_missing) as 'popestimate_2009',
            (popestimate_2010, popestimate_2010_missing) as 'popestimate_2010',
            (popestimate_2011, popestimate_2011_missing) as 'popestimate_2011',
            (popestimate_2012, popestimate_2012_missing) as 'popestimate_2012',
            (popestimate_2013, popestimate_2013_missing) as 'popestimate_2013',
            (popestimate_2014, popestimate_2014_missing) as 'popestimate_2014',
            (popestimate_2015, popestimate_2015_missing) as 'popestimate_2015',
            (popestimate_2016, popestimate_2016_missing) as 'popestimate_2016',
            (popestimate_2017, popestimate_2017_missing) as 'popestimate_2017',
            (popestimate_2018, popestimate_2018_missing) as 'popestimate_2018',
            (popestimate_2019, popestimate_2019_missing) as 'popestimate_2019',
            (popestimate_2020, popestimate_2020_missing) as 'popestimate_2020',
            (popestimate_2021, popestimate_2021_missing) as 'popestimate_2021',
            (popestimate_2022, popestimate_2022_missing) as 'popestimate_2022',
            (popestimate_2023, popestimate_2023_missing) as 'popestimate_2023',
            (popestimate_2024, popestimate_2024_missing) as 'popestimate_2024',
            (popestimate_2025, popestimate_2025_missing) as 'popestimate_2025',
            (popestimate_2026, popestimate_2026_missing) as 'popestimate_2026',
            (popestimate_2027, popestimate_2027_missing) as 'popestimate_2027',
            (popestimate_2028, popestimate_2028_missing) as 'popestimate_2028',
            (popestimate_2029, popestimate_2029_missing) as 'popestimate_2029'
        )
    )
    where value is not null or reason is not null
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
    cast(null as double) as moe,
    reason,
    case when vintage like '%intercensal' and counted like 'popestimate%' then 'estimated between two counts' end as note,
    'persons' as unit,
    vintage,
    known_at
from observations
order by geo_id, indicator, period_start, vintage

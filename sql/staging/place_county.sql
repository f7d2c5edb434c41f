-- One row per place, county, source and vintage: which counties a place lies in, and how much of it where that is told.
-- Two sources: files of places by county, and the county parts (summary level 157) of the SUB-EST population files, whose
-- latest estimate of the file is the population of the part. Land outside every place (99999, or no code) makes no row.
with listed as (
    select
        place_id,
        county_id,
        name,
        population,
        land_m2,
        coalesce(vintage, cast(cast(_known_at as date) as varchar) || ' ' || left(_sha256, 8)) as vintage,
        _known_at as known_at
    from raw.place_county
    where place_id not like '%99999' and county_id is not null
    qualify row_number() over (
        partition by place_id, county_id, coalesce(vintage, _sha256)
        order by _known_at desc, _order desc, _file desc, _sha256 desc, _row desc
    ) = 1
),

parts as (
    select
        state || place as place_id,
        state || county as county_id,
        name,
        coalesce(
            popestimate_2029, popestimate_2028, popestimate_2027, popestimate_2026, popestimate_2025,
            popestimate_2024, popestimate_2023, popestimate_2022, popestimate_2021, popestimate_2020,
            popestimate_2019, popestimate_2018, popestimate_2017, popestimate_2016, popestimate_2015,
            popestimate_2014, popestimate_2013, popestimate_2012, popestimate_2011, popestimate_2010,
            popestimate_2009, popestimate_2008, popestimate_2007, popestimate_2006, popestimate_2005,
            popestimate_2004, popestimate_2003, popestimate_2002, popestimate_2001, popestimate_2000
        ) as population,
        cast(null as bigint) as land_m2,
        coalesce(vintage, cast(cast(_known_at as date) as varchar) || ' ' || left(_sha256, 8)) as vintage,
        _known_at as known_at
    from raw.census_population
    where sumlev = '157' and county <> '000' and place not in ('99990', '00000')
    qualify row_number() over (
        partition by state, county, place, coalesce(vintage, _sha256)
        order by _known_at desc, _order desc, _file desc, _sha256 desc, _row desc
    ) = 1
)

select place_id, county_id, 'place_county' as source, name, population, land_m2, vintage, known_at
from listed
union all
select place_id, county_id, 'census_population' as source, name, population, land_m2, vintage, known_at
from parts
order by place_id, county_id, source, vintage

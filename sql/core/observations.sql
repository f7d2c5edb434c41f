-- core.observations: one row per geography, indicator, period and vintage, as publishers give it; nothing is derived.
-- HUD's period is the federal fiscal year. edition orders vintages: the date or year that a vintage tells ("2024 annual"
-- comes after the months of 2024, a revision after what it revises), else the day it arrived. Two files of one source and
-- vintage may give the same figure: the file that names places by code wins.
with allocations as (
    select geo_id, indicator, fiscal_year, cast(value as double) as value, vintage, known_at
    from staging.hud_allocations
    unpivot (value for indicator in (cdbg_usd, esg_usd, home_usd, hopwa_usd))
    where geo_id is not null
),

everything as (
    select
        'bls_laus' as source, 1 as preference, geo_id, geo_level, indicator, period_start, period_end,
        value, moe, reason, note, unit, vintage, known_at
    from staging.bls_laus_flat
    union all
    select
        'bls_laus' as source, 2 as preference, geo_id, geo_level, indicator, period_start, period_end,
        value, moe, reason, note, unit, vintage, known_at
    from staging.bls_laus_county
    union all
    select
        'census_population' as source, 1 as preference, geo_id, geo_level, indicator, period_start, period_end,
        value, moe, reason, note, unit, vintage, known_at
    from staging.census_population
    union all
    select
        'census_population' as source, 2 as preference, geo_id, geo_level, indicator, period_start, period_end,
        value, moe, reason, note, unit, vintage, known_at
    from staging.census_population_places
    union all
    select
        'census_population' as source, 1 as preference, geo_id, geo_level, indicator, period_start, period_end,
        value, moe, reason, note, unit, vintage, known_at
    from staging.census_population_counties
    union all
    select
        'census_acs' as source, 1 as preference, geo_id, geo_level, indicator, period_start, period_end,
        value, moe, reason, note, unit, vintage, known_at
    from staging.census_acs
    union all
    select
        'census_saipe' as source, 1 as preference, geo_id, geo_level, indicator, period_start, period_end,
        value, moe, reason, note, unit, vintage, known_at
    from staging.census_saipe
    union all
    select
        'census_permits' as source, 1 as preference, geo_id, geo_level, indicator, period_start, period_end,
        value, moe, reason, note, unit, vintage, known_at
    from staging.census_permits
    union all
    select
        'bea_county' as source, 1 as preference, geo_id, geo_level, indicator, period_start, period_end,
        value, moe, reason, note, unit, vintage, known_at
    from staging.bea_county
    union all
    select
        'hud_allocations' as source, 1 as preference, geo_id, 'place' as geo_level, indicator,
        make_date(fiscal_year - 1, 10, 1) as period_start, make_date(fiscal_year, 9, 30) as period_end,
        value, cast(null as double) as moe, cast(null as varchar) as reason, cast(null as varchar) as note,
        'usd' as unit, vintage, known_at
    from allocations
)

select
    source,
    geo_id,
    geo_level,
    indicator,
    period_start,
    period_end,
    value,
    moe,
    reason,
    note,
    unit,
    vintage,
    concat(
        coalesce(
            nullif(regexp_extract(vintage, '^[A-Za-z ]*([0-9]{4}(-[0-9]{2})?(-[0-9]{2})?)( .*)?$', 1), ''),
            cast(cast(known_at as date) as varchar)
        ),
        case when vintage like '____ annual%' then '-12-31' else '' end,
        case when vintage like '%revised%' then ' revised' else '' end
    ) as edition,
    known_at
from everything
qualify row_number() over (
    partition by geo_id, indicator, period_start, period_end, vintage order by preference, known_at desc
) = 1

-- One row per geography, indicator, period and vintage: what publishers say about a place, every vintage kept.
-- city_id is the place itself, null for a county: a county's figure is context and never stands for a city's.
-- HUD's period is the federal fiscal year. is_default marks the vintage known last: by its date or year where it tells
-- one, else by the day it arrived.
with allocations as (
    select geo_id, indicator, fiscal_year, cast(value as double) as value, vintage, known_at
    from staging.hud_allocations
    unpivot (value for indicator in (cdbg_usd, esg_usd, home_usd, hopwa_usd))
    where geo_id is not null
),

everything as (
    select
        'bls_laus' as source, geo_id, geo_level, indicator, period_start, period_end,
        value, reason, unit, vintage, known_at, 1 as preference
    from staging.bls_laus_flat
    union all
    select
        'bls_laus' as source, geo_id, geo_level, indicator, period_start, period_end,
        value, reason, unit, vintage, known_at, 2 as preference
    from staging.bls_laus_county
    union all
    select
        'census_population' as source, geo_id, geo_level, indicator, period_start, period_end,
        value, reason, unit, vintage, known_at, 1 as preference
    from staging.census_population
    union all
    select
        'census_population' as source, geo_id, geo_level, indicator, period_start, period_end,
        value, reason, unit, vintage, known_at, 2 as preference
    from staging.census_population_places
    union all
    select
        'census_population' as source, geo_id, 'place' as geo_level, 'population_change_2000_2010_pct' as indicator,
        make_date(2000, 1, 1) as period_start, make_date(2010, 12, 31) as period_end,
        change_pct as value, null as reason, 'percent' as unit, vintage, known_at, 1 as preference
    from core.population_changes
    union all
    select
        'hud_allocations' as source, geo_id, 'place' as geo_level, indicator,
        make_date(fiscal_year - 1, 10, 1) as period_start, make_date(fiscal_year, 9, 30) as period_end,
        value, null as reason, 'usd' as unit, vintage, known_at, 1 as preference
    from allocations
),

-- two files of one source and vintage may give the same figure: the file that names places by code wins
kept as (
    select
        source, geo_id, geo_level, indicator, period_start, period_end, value, reason, unit, vintage, known_at,
        coalesce(
            nullif(regexp_extract(vintage, '^[A-Za-z ]*([0-9]{4}(-[0-9]{2})?(-[0-9]{2})?)( .*)?$', 1), ''),
            cast(cast(known_at as date) as varchar)
        ) as edition
    from everything
    qualify row_number() over (
        partition by geo_id, indicator, period_start, period_end, vintage order by preference, known_at desc
    ) = 1
)

select
    geo_id,
    geo_level,
    case when geo_level = 'place' then geo_id end as city_id,
    indicator,
    period_start,
    period_end,
    value,
    cast(null as double) as moe,
    unit,
    vintage,
    source,
    case
        when value is not null then 'value'
        when lower(reason) like '%suppress%' then 'suppressed'
        else 'not_reported'
    end as state,
    reason,
    known_at,
    row_number() over (
        partition by geo_id, indicator, period_start, period_end order by edition desc, known_at desc, vintage desc
    ) = 1 as is_default
from kept
order by geo_id, indicator, period_start, period_end, vintage

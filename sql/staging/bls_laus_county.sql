-- One row per county, year, indicator and vintage: BLS LAUS county tables, annual averages, in persons and percent.
-- Every vintage is kept; within one vintage the row known last wins. A file that declares none is a vintage of its own.
-- Where BLS gives no figure (N.A.) the value is null and `reason` says so.
with counties as (
    select
        lpad(cast(state_fips as varchar), 2, '0') || lpad(cast(county_fips as varchar), 3, '0') as geo_id,
        area_name as name,
        cast(year as integer) as year,
        cast(labor_force as double) as labor_force,
        labor_force_missing,
        cast(employed as double) as employed,
        employed_missing,
        cast(unemployed as double) as unemployed,
        unemployed_missing,
        cast(unemployment_rate as double) as unemployment_rate,
        unemployment_rate_missing,
        coalesce(vintage, cast(cast(_known_at as date) as varchar) || ' ' || left(_sha256, 8)) as vintage,
        _known_at as known_at
    from raw.bls_laus_county
    qualify row_number() over (
        partition by state_fips, county_fips, year, coalesce(vintage, _sha256)
        order by _known_at desc, _order desc, _file desc, _sha256 desc, _row desc
    ) = 1
),

observations as (
    select geo_id, name, year, vintage, known_at, indicator, value, reason
    from counties
    unpivot include nulls (
        (value, reason) for indicator in (
            (labor_force, labor_force_missing) as 'labor_force',
            (employed, employed_missing) as 'employed',
            (unemployed, unemployed_missing) as 'unemployed',
            (unemployment_rate, unemployment_rate_missing) as 'unemployment_rate'
        )
    )
)

select
    geo_id,
    'county' as geo_level,
    name,
    indicator,
    make_date(year, 1, 1) as period_start,
    make_date(year, 12, 31) as period_end,
    value,
    cast(null as double) as moe,
    reason,
    cast(null as varchar) as note,
    case when indicator = 'unemployment_rate' then 'percent' else 'persons' end as unit,
    vintage,
    known_at
from observations
order by geo_id, indicator, period_start, vintage

-- One row per county, year, indicator and vintage: Census SAIPE, model-based estimates of a calendar year.
-- Rows of states (county 000) and of the United States stay in raw: no county's figure.
-- moe is half of the 90 percent interval that the publisher gives; where the interval is not symmetric, its larger side.
-- Within one vintage the figure known last wins. A measure that a file does not have (an answer of the API has what was asked
-- for) makes no row; a figure missing amid a file's others is null with its reason.
with counties as (
    select
        state || county as geo_id,
        name,
        cast(year as integer) as year,
        cast(poverty_persons as double) as poverty,
        cast(poverty_persons_lower as double) as poverty_lower,
        cast(poverty_persons_upper as double) as poverty_upper,
        cast(poverty_persons_moe as double) as poverty_moe,
        poverty_persons_missing as poverty_missing,
        poverty_pct,
        poverty_pct_lower,
        poverty_pct_upper,
        poverty_pct_moe,
        poverty_pct_missing,
        poverty_under_18_pct as child_pct,
        poverty_under_18_pct_lower as child_pct_lower,
        poverty_under_18_pct_upper as child_pct_upper,
        poverty_under_18_pct_moe as child_pct_moe,
        poverty_under_18_pct_missing as child_pct_missing,
        cast(median_household_income_usd as double) as income,
        cast(median_household_income_usd_lower as double) as income_lower,
        cast(median_household_income_usd_upper as double) as income_upper,
        cast(median_household_income_usd_moe as double) as income_moe,
        median_household_income_usd_missing as income_missing,
        vintage,
        _known_at,
        _order,
        _file,
        _sha256,
        _row
    from raw.census_saipe
    where state is not null and state <> '00' and county is not null and county <> '000'
),

figures as (
    select
        geo_id, name, year, vintage, _known_at, _order, _file, _sha256, _row, indicator, value, lower_bound, upper_bound,
        margin, missing,
        count(coalesce(cast(value as varchar), missing)) over (partition by _sha256, indicator) as figures_in_file
    from counties
    unpivot include nulls (
        (value, lower_bound, upper_bound, margin, missing) for indicator in (
            (poverty, poverty_lower, poverty_upper, poverty_moe, poverty_missing) as 'poverty_saipe_persons',
            (poverty_pct, poverty_pct_lower, poverty_pct_upper, poverty_pct_moe, poverty_pct_missing) as 'poverty_saipe_pct',
            (child_pct, child_pct_lower, child_pct_upper, child_pct_moe, child_pct_missing) as 'poverty_under_18_saipe_pct',
            (income, income_lower, income_upper, income_moe, income_missing) as 'median_household_income_saipe_usd'
        )
    )
),

observations as (
    select
        geo_id, name, year, indicator, value, lower_bound, upper_bound, margin, missing, _known_at as known_at,
        coalesce(vintage, cast(cast(_known_at as date) as varchar) || ' ' || left(_sha256, 8)) as vintage
    from figures
    where figures_in_file > 0
    qualify row_number() over (
        partition by geo_id, year, indicator, coalesce(vintage, _sha256)
        order by _known_at desc, _order desc, _file desc, _sha256 desc, _row desc
    ) = 1
)

select
    geo_id,
    'county' as geo_level,
    name,
    indicator,
    make_date(year, 1, 1) as period_start,
    make_date(year, 12, 31) as period_end,
    value,
    -- rounded, for the difference of two decimals is not one: 14.3 - 12.1 = 2.2
    case
        when value is null then null
        when lower_bound is not null and upper_bound is not null
            then round(greatest(upper_bound - value, value - lower_bound), 4)
        else margin
    end as moe,
    case when value is null then coalesce(missing, 'the file gives no figure') end as reason,
    cast(null as varchar) as note,
    case
        when indicator = 'poverty_saipe_persons' then 'persons'
        when indicator = 'median_household_income_saipe_usd' then 'usd'
        else 'percent'
    end as unit,
    vintage,
    known_at
from observations
order by geo_id, indicator, period_start, vintage

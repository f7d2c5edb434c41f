-- One row per place or county, indicator, period and vintage: American Community Survey, margins of error at 90 percent.
-- A figure that tables publish is taken as published, of several tables the first of `published`. Only where none of them
-- is there, a rate is worked out of a detailed table (`shares`), and its margin is the Census Bureau's approximation
-- ("Understanding and Using ACS Data", chapter 8): of a sum or difference sqrt(sum of m²), with one margin (the largest)
-- for all its estimates of zero; of a proportion p = n/d sqrt(mn² - p² md²) / d, and sqrt(mn² + p² md²) / d where the
-- radicand is negative. noncollege_poverty_pct, of those 3 and over who are not in college: lines 002 - 009 - 010 of
-- 001 - 009 - 010 - 019 - 020. acs1, acs3 and acs5 of one year are different periods, and periods that overlap must not be
-- compared.
with published as (
    select * from (values
        ('b01003_001', 'population_acs', 1),
        ('b19083_001', 'gini_index', 1),
        ('b19013_001', 'median_household_income_usd', 1),
        ('s1901_c01_012', 'median_household_income_usd', 2),
        ('dp03_income', 'median_household_income_usd', 3),
        ('s1701_c03_001', 'poverty_pct', 1),
        ('dp03_poverty', 'poverty_pct', 2),
        ('s2301_c04_001', 'unemployment_rate_acs', 1),
        ('dp03_unemployment', 'unemployment_rate_acs', 2),
        ('dp04_vacancy', 'vacancy_pct', 1)
    ) as recipe (variable, indicator, preference)
),

shares as (
    select *, count(*) over (partition by indicator) as needed
    from (values
        ('b17001_001', 'poverty_pct', 0, 1),
        ('b17001_002', 'poverty_pct', 1, 0),
        ('b23025_003', 'unemployment_rate_acs', 0, 1),
        ('b23025_005', 'unemployment_rate_acs', 1, 0),
        ('b25002_001', 'vacancy_pct', 0, 1),
        ('b25002_003', 'vacancy_pct', 1, 0),
        ('b14006_001', 'noncollege_poverty_pct', 0, 1),
        ('b14006_002', 'noncollege_poverty_pct', 1, 0),
        ('b14006_009', 'noncollege_poverty_pct', -1, -1),
        ('b14006_010', 'noncollege_poverty_pct', -1, -1),
        ('b14006_019', 'noncollege_poverty_pct', 0, -1),
        ('b14006_020', 'noncollege_poverty_pct', 0, -1)
    ) as recipe (variable, indicator, in_part, in_base)
),

sums as (
    select
        v.geo_id, v.geo_level, v.year, v.product, v.vintage, s.indicator,
        max(v.name) as name,
        max(v.known_at) as known_at,
        case when count(*) < max(s.needed) then 'a line of the table is in no file' else min(v.reason) end as reason,
        min(v.moe_reason) as moe_reason,
        count(*) = count(v.moe) as has_margins,
        sum(s.in_part * v.value) as part,
        sum(s.in_base * v.value) as base,
        sum(case when s.in_part <> 0 and v.value <> 0 then v.moe * v.moe else 0 end)
            + max(case when s.in_part <> 0 and v.value = 0 then v.moe * v.moe else 0 end) as part_variance,
        sum(case when s.in_base <> 0 and v.value <> 0 then v.moe * v.moe else 0 end)
            + max(case when s.in_base <> 0 and v.value = 0 then v.moe * v.moe else 0 end) as base_variance
    from staging.acs_variables as v
    inner join shares as s on s.variable = v.variable
    group by v.geo_id, v.geo_level, v.year, v.product, v.vintage, s.indicator
),

worked_out as (
    select
        *,
        case when reason is null and base > 0 and part between 0 and base then part / base end as share,
        part / nullif(base, 0) * part / nullif(base, 0) * base_variance as base_term
    from sums
),

everything as (
    select
        v.geo_id, v.geo_level, v.name, v.year, v.product, v.vintage, v.known_at, p.indicator, p.preference, v.value,
        v.moe, v.reason, case when v.value is not null then v.moe_reason end as note
    from staging.acs_variables as v
    inner join published as p on p.variable = v.variable
    union all
    select
        geo_id, geo_level, name, year, product, vintage, known_at, indicator, 9 as preference, 100 * share as value,
        case
            when share is null or not has_margins then null
            when part_variance < base_term then 100 * sqrt(part_variance + base_term) / base
            else 100 * sqrt(part_variance - base_term) / base
        end as moe,
        case
            when share is not null then null
            when reason is not null then reason
            when base = 0 then 'nobody and nothing to take a share of'
            else 'the lines of the table contradict each other'
        end as reason,
        case
            when share is not null and not has_margins
                then 'no margin of error: ' || coalesce(moe_reason, 'a line has none in the file')
        end as note
    from worked_out
)

select
    geo_id,
    geo_level,
    name,
    indicator,
    make_date(year - cast(right(product, 1) as integer) + 1, 1, 1) as period_start,
    make_date(year, 12, 31) as period_end,
    value,
    moe,
    reason,
    note,
    case indicator
        when 'population_acs' then 'persons'
        when 'gini_index' then 'index'
        when 'median_household_income_usd' then 'usd'
        else 'percent'
    end as unit,
    vintage,
    known_at
from everything
qualify row_number() over (partition by geo_id, indicator, year, product, vintage order by preference) = 1
order by geo_id, indicator, period_start, vintage

-- One row per place or county, year, product, vintage and ACS variable that a file has: estimate and margin of error.
-- Places (summary level 160) and counties (050) as a whole only; other levels and components stay in raw.
-- Within a vintage the row known last wins. The margin of a controlled estimate is 0, for it has no sampling error.
with geographies as (
    select
        *,
        regexp_extract(geo_id, 'US([0-9]+)$', 1) as code,
        case left(geo_id, 3) when '160' then 'place' else 'county' end as geo_level,
        coalesce(vintage, cast(cast(_known_at as date) as varchar) || ' ' || left(_sha256, 8)) as edition
    from raw.census_acs
    where regexp_matches(geo_id, '^(160([0-9A-Z][0-9A-Z])?00US[0-9]{7}|050([0-9A-Z][0-9A-Z])?00US[0-9]{5})$')
),

figures as (
    select
        code, geo_level, name, year, product, edition, variables, variable, estimate, margin, estimate_missing,
        margin_missing, _known_at, _order, _file, _sha256, _row
    from geographies
    unpivot include nulls (
        (estimate, margin, estimate_missing, margin_missing) for variable in (
            (b01003_001e, b01003_001m, b01003_001e_missing, b01003_001m_missing) as b01003_001,
            (b14006_001e, b14006_001m, b14006_001e_missing, b14006_001m_missing) as b14006_001,
            (b14006_002e, b14006_002m, b14006_002e_missing, b14006_002m_missing) as b14006_002,
            (b14006_009e, b14006_009m, b14006_009e_missing, b14006_009m_missing) as b14006_009,
            (b14006_010e, b14006_010m, b14006_010e_missing, b14006_010m_missing) as b14006_010,
            (b14006_019e, b14006_019m, b14006_019e_missing, b14006_019m_missing) as b14006_019,
            (b14006_020e, b14006_020m, b14006_020e_missing, b14006_020m_missing) as b14006_020,
            (b17001_001e, b17001_001m, b17001_001e_missing, b17001_001m_missing) as b17001_001,
            (b17001_002e, b17001_002m, b17001_002e_missing, b17001_002m_missing) as b17001_002,
            (b19013_001e, b19013_001m, b19013_001e_missing, b19013_001m_missing) as b19013_001,
            (b19083_001e, b19083_001m, b19083_001e_missing, b19083_001m_missing) as b19083_001,
            (b23025_003e, b23025_003m, b23025_003e_missing, b23025_003m_missing) as b23025_003,
            (b23025_005e, b23025_005m, b23025_005e_missing, b23025_005m_missing) as b23025_005,
            (b25002_001e, b25002_001m, b25002_001e_missing, b25002_001m_missing) as b25002_001,
            (b25002_003e, b25002_003m, b25002_003e_missing, b25002_003m_missing) as b25002_003,
            (s1701_c03_001e, s1701_c03_001m, s1701_c03_001e_missing, s1701_c03_001m_missing) as s1701_c03_001,
            (s1901_c01_012e, s1901_c01_012m, s1901_c01_012e_missing, s1901_c01_012m_missing) as s1901_c01_012,
            (s2301_c04_001e, s2301_c04_001m, s2301_c04_001e_missing, s2301_c04_001m_missing) as s2301_c04_001,
            (dp03_income_e, dp03_income_m, dp03_income_e_missing, dp03_income_m_missing) as dp03_income,
            (dp03_poverty_e, dp03_poverty_m, dp03_poverty_e_missing, dp03_poverty_m_missing) as dp03_poverty,
            (dp03_unemployment_e, dp03_unemployment_m, dp03_unemployment_e_missing, dp03_unemployment_m_missing)
                as dp03_unemployment,
            (dp04_vacancy_e, dp04_vacancy_m, dp04_vacancy_e_missing, dp04_vacancy_m_missing) as dp04_vacancy
        )
    )
)

select
    code as geo_id,
    geo_level,
    name,
    year,
    product,
    variable,
    estimate as value,
    case when margin_missing like 'estimate is controlled%' then 0 else margin end as moe,
    case when estimate is null then coalesce(estimate_missing, 'no figure in the file') end as reason,
    margin_missing as moe_reason,
    edition as vintage,
    _known_at as known_at
from figures
where contains(' ' || variables || ' ', ' ' || variable || ' ')
qualify row_number() over (
    partition by code, year, product, edition, variable
    order by _known_at desc, _order desc, _file desc, _sha256 desc, _row desc
) = 1
order by geo_id, year, product, variable, vintage

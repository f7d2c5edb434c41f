-- One row per county, year, indicator and vintage: BEA gross domestic product and personal income, in dollars.
-- Counties and BEA's combinations of counties only: areas whose code ends in 000 are states, regions and the nation.
-- Each indicator is a line of a table; where a vintage has it in two tables (CAGDP2 and CAGDP1) the preferred one counts.
-- The unit's words say thousands or dollars; a unit of another kind gives no value. Real GDP has its base year in `note`.
with lines (table_name, line_code, indicator, preference) as (
    values
        ('CAGDP2', '1', 'gdp_usd', 1),
        ('CAGDP1', '3', 'gdp_usd', 2),
        ('CAGDP9', '1', 'gdp_real_usd', 1),
        ('CAGDP1', '1', 'gdp_real_usd', 2),
        ('CAINC1', '1', 'personal_income_usd', 1),
        ('CAINC4', '10', 'personal_income_usd', 2),
        ('CAINC1', '3', 'personal_income_per_person_usd', 1),
        ('CAINC4', '30', 'personal_income_per_person_usd', 2)
),

counties as (
    select
        b.*,
        l.indicator,
        l.preference,
        case
            when (l.indicator = 'gdp_real_usd') <> (lower(b.unit) like '%chained%') then null
            when lower(b.unit) like 'thousands of%' then 1000
            when lower(b.unit) like 'millions of%' then 1000000
            when lower(b.unit) in ('dollars', 'usd') then power(10, coalesce(b.unit_mult, 0))
        end as dollars,
        nullif(regexp_extract(lower(b.unit), '(chained .*)', 1), '') as price_basis
    from raw.bea_county as b
    inner join lines as l on b.table_name = l.table_name and b.line_code = l.line_code
    where right(b.geofips, 3) <> '000'
),

figures as (
    select
        geofips, trim(replace(geoname, '*', '')) as name, indicator, preference, dollars, unit, price_basis,
        cast(counted as integer) as year, value, missing, vintage, _sha256, _known_at, _order, _file, _row,
        case when geoname like '%*%' then 'footnoted by BEA' end as footnote,
        case
            when substring(geofips, 3, 1) = '9' then 'a BEA combination of counties: ' || trim(replace(geoname, '*', ''))
        end as combination
    from counties
    unpivot include nulls (
        (value, missing) for counted in (
            (y_1969, y_1969_missing) as '1969',
            (y_1970, y_1970_missing) as '1970',
            (y_1971, y_1971_missing) as '1971',
            (y_1972, y_1972_missing) as '1972',
            (y_1973, y_1973_missing) as '1973',
            (y_1974, y_1974_missing) as '1974',
            (y_1975, y_1975_missing) as '1975',
            (y_1976, y_1976_missing) as '1976',
            (y_1977, y_1977_missing) as '1977',
            (y_1978, y_1978_missing) as '1978',
            (y_1979, y_1979_missing) as '1979',
            (y_1980, y_1980_missing) as '1980',
            (y_1981, y_1981_missing) as '1981',
            (y_1982, y_1982_missing) as '1982',
            (y_1983, y_1983_missing) as '1983',
            (y_1984, y_1984_missing) as '1984',
            (y_1985, y_1985_missing) as '1985',
            (y_1986, y_1986_missing) as '1986',
            (y_1987, y_1987_missing) as '1987',
            (y_1988, y_1988_missing) as '1988',
            (y_1989, y_1989_missing) as '1989',
            (y_1990, y_1990_missing) as '1990',
            (y_1991, y_1991_missing) as '1991',
            (y_1992, y_1992_missing) as '1992',
            (y_1993, y_1993_missing) as '1993',
            (y_1994, y_1994_missing) as '1994',
            (y_1995, y_1995_missing) as '1995',
            (y_1996, y_1996_missing) as '1996',
            (y_1997, y_1997_missing) as '1997',
            (y_1998, y_1998_missing) as '1998',
            (y_1999, y_1999_missing) as '1999',
            (y_2000, y_2000_missing) as '2000',
            (y_2001, y_2001_missing) as '2001',
            (y_2002, y_2002_missing) as '2002',
            (y_2003, y_2003_missing) as '2003',
            (y_2004, y_2004_missing) as '2004',
            (y_2005, y_2005_missing) as '2005',
            (y_2006, y_2006_missing) as '2006',
            (y_2007, y_2007_missing) as '2007',
            (y_2008, y_2008_missing) as '2008',
            (y_2009, y_2009_missing) as '2009',
            (y_2010, y_2010_missing) as '2010',
            (y_2011, y_2011_missing) as '2011',
            (y_2012, y_2012_missing) as '2012',
            (y_2013, y_2013_missing) as '2013',
            (y_2014, y_2014_missing) as '2014',
            (y_2015, y_2015_missing) as '2015',
            (y_2016, y_2016_missing) as '2016',
            (y_2017, y_2017_missing) as '2017',
            (y_2018, y_2018_missing) as '2018',
            (y_2019, y_2019_missing) as '2019',
            (y_2020, y_2020_missing) as '2020',
            (y_2021, y_2021_missing) as '2021',
            (y_2022, y_2022_missing) as '2022',
            (y_2023, y_2023_missing) as '2023',
            (y_2024, y_2024_missing) as '2024',
            (y_2025, y_2025_missing) as '2025',
            (y_2026, y_2026_missing) as '2026',
            (y_2027, y_2027_missing) as '2027',
            (y_2028, y_2028_missing) as '2028',
            (y_2029, y_2029_missing) as '2029',
            (y_2030, y_2030_missing) as '2030',
            (y_2031, y_2031_missing) as '2031',
            (y_2032, y_2032_missing) as '2032',
            (y_2033, y_2033_missing) as '2033',
            (y_2034, y_2034_missing) as '2034',
            (y_2035, y_2035_missing) as '2035'
        )
    )
    where value is not null or missing is not null
)

select
    geofips as geo_id,
    'county' as geo_level,
    name,
    indicator,
    make_date(year, 1, 1) as period_start,
    make_date(year, 12, 31) as period_end,
    cast(value * dollars as double) as value,
    cast(null as double) as moe,
    case
        when value is null then missing
        when dollars is null then 'the unit is not the one expected of this line: ' || unit
    end as reason,
    nullif(concat_ws('; ', price_basis, combination, footnote), '') as note,
    'usd' as unit,
    coalesce(vintage, cast(cast(_known_at as date) as varchar) || ' ' || left(_sha256, 8)) as vintage,
    _known_at as known_at
from figures
qualify row_number() over (
    partition by geofips, indicator, year, coalesce(vintage, _sha256)
    order by preference, _known_at desc, _order desc, _file desc, _sha256 desc, _row desc
) = 1
order by geo_id, indicator, period_start, vintage

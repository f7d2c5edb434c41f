-- One row per county or place, period, indicator and vintage: BLS LAUS flat files, not seasonally adjusted.
-- The type of an area comes from la.area where it was received, else from the series id (LA, S or U, 15 of area, 2 of
-- measure). Areas that are neither county nor place (states, metro areas, New England towns: CS) make no row.
-- M13 is the annual average as published, a period of a year; M01 to M12 are months; neither is made from the other.
with measures (measure_code, indicator, unit) as (
    values
        ('03', 'unemployment_rate', 'percent'),
        ('04', 'unemployed', 'persons'),
        ('05', 'employed', 'persons'),
        ('06', 'labor_force', 'persons')
),

areas as (
    select area_code, area_type_code, area_text
    from raw.bls_laus_area
    qualify row_number() over (partition by area_code order by _known_at desc, _order desc, _file desc, _sha256 desc, _row desc) = 1
),

footnotes as (
    select footnote_code, footnote_text
    from raw.bls_laus_footnote
    qualify row_number() over (
        partition by footnote_code order by _known_at desc, _order desc, _file desc, _sha256 desc, _row desc
    ) = 1
),

observations as (
    select
        substring(series_id, 4, 15) as area_code,
        substring(series_id, 19, 2) as measure_code,
        cast(year as integer) as year,
        period,
        cast(case when period = 'M13' then '1' else substring(period, 2, 2) end as integer) as month,
        value,
        value_missing,
        nullif(trim(footnote_codes), '') as footnote_codes,
        coalesce(vintage, cast(cast(_known_at as date) as varchar) || ' ' || left(_sha256, 8)) as vintage,
        _known_at as known_at
    from raw.bls_laus_data
    where substring(series_id, 3, 1) = 'U'
    qualify row_number() over (
        partition by series_id, year, period, coalesce(vintage, _sha256)
        order by _known_at desc, _order desc, _file desc, _sha256 desc, _row desc
    ) = 1
)

select
    substring(o.area_code, 3, case when left(o.area_code, 2) = 'CT' then 7 else 5 end) as geo_id,
    case when left(o.area_code, 2) = 'CT' then 'place' else 'county' end as geo_level,
    a.area_text as name,
    m.indicator,
    make_date(o.year, o.month, 1) as period_start,
    last_day(make_date(o.year, case when o.period = 'M13' then 12 else o.month end, 1)) as period_end,
    o.value,
    case when o.value is null then coalesce(f.footnote_text, o.footnote_codes, o.value_missing) end as reason,
    m.unit,
    o.footnote_codes,
    o.vintage,
    o.known_at
from observations as o
inner join measures as m on o.measure_code = m.measure_code
left join areas as a on o.area_code = a.area_code
left join footnotes as f on o.footnote_codes = f.footnote_code
where
    (left(o.area_code, 2) = 'CT' and coalesce(a.area_type_code, 'G') in ('G', 'H'))
    or (left(o.area_code, 2) = 'CN' and coalesce(a.area_type_code, 'F') = 'F')
order by geo_id, indicator, period_start, period_end, vintage

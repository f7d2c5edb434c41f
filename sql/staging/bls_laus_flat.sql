-- One row per county or place, period, indicator and vintage: BLS LAUS flat files, not seasonally adjusted.
-- The type of an area comes from la.area where it was received, else from the series id (LA, S or U, 15 of area, 2 of
-- measure). Areas that are neither county nor place make no row: states, metro areas, towns (CS) that nobody decided on.
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

-- a cell of footnotes holds up to five codes ("P,R"): all their texts, in the publisher's order
positions (position) as (
    values (1), (2), (3), (4), (5)
),

cells as (
    select footnote_codes, regexp_replace(trim(footnote_codes), '[ ,;]+', ',', 'g') as codes
    from raw.bls_laus_data
    where trim(footnote_codes) <> ''
    group by footnote_codes
),

coded as (
    select c.footnote_codes, p.position, split_part(c.codes, ',', p.position) as code
    from cells as c
    inner join positions as p on p.position <= 1 + length(c.codes) - length(replace(c.codes, ',', ''))
),

told as (
    select
        c.footnote_codes,
        concat_ws(
            '; ',
            max(case when c.position = 1 then coalesce(f.footnote_text, c.code) end),
            max(case when c.position = 2 then coalesce(f.footnote_text, c.code) end),
            max(case when c.position = 3 then coalesce(f.footnote_text, c.code) end),
            max(case when c.position = 4 then coalesce(f.footnote_text, c.code) end),
            max(case when c.position = 5 then coalesce(f.footnote_text, c.code) end)
        ) as footnotes
    from coded as c
    left join footnotes as f on c.code = f.footnote_code
    group by c.footnote_codes
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
        footnote_codes,
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
    coalesce(p.geo_id, substring(o.area_code, 3, 5)) as geo_id,
    case when p.geo_id is not null then 'place' else 'county' end as geo_level,
    a.area_text as name,
    m.indicator,
    make_date(o.year, o.month, 1) as period_start,
    last_day(make_date(o.year, case when o.period = 'M13' then 12 else o.month end, 1)) as period_end,
    o.value,
    cast(null as double) as moe,
    case when o.value is null then coalesce(t.footnotes, o.value_missing, 'no value in the file') end as reason,
    case when o.value is not null then coalesce(p.note || '; ' || t.footnotes, p.note, t.footnotes) end as note,
    m.unit,
    o.vintage,
    o.known_at
from observations as o
inner join measures as m on o.measure_code = m.measure_code
left join areas as a on o.area_code = a.area_code
left join staging.bls_laus_places as p on o.area_code = p.area_code
left join told as t on o.footnote_codes = t.footnote_codes
where p.geo_id is not null or (left(o.area_code, 2) = 'CN' and coalesce(a.area_type_code, 'F') = 'F')
order by geo_id, indicator, period_start, period_end, vintage

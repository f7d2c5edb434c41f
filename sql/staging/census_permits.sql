-- One row per place, period, indicator and vintage: Census Building Permits Survey, files of permit-issuing places.
-- An annual file counts a year, a monthly one a month, a year-to-date one January to its month. A place is known by its FIPS
-- code: remainders of counties (99990), rows without a place code and the files before 2007 make no row.
-- Several permit offices may share a place (the boroughs of New York): they are its parts and are added up, and a figure that
-- one of them lacks is missing for the place. Where one row equals the sum of two or more others to the dollar, for each size of building, it is the
-- whole place and stands alone, so that nothing counts twice.
-- With no month reported the estimate is wholly imputed and what was reported is missing, not zero. No row is no figure.
with indicators (indicator, unit) as (
    values
        ('permits_units', 'housing_units'),
        ('permits_units_reported', 'housing_units'),
        ('permits_single_family_units', 'housing_units'),
        ('permits_value_usd', 'usd'),
        ('permits_months_reported', 'months')
),

-- a file that was sent again under its name, of the same edition, says the whole again
latest_files as (
    select *
    from raw.census_permits
    where place not in ('00000', '99990')
    qualify dense_rank() over (
        partition by _file, coalesce(vintage, _sha256) order by _known_at desc, _order desc, _sha256 desc
    ) = 1
),

offices as (
    select
        state || place as geo_id,
        name,
        period_start, period_end,
        coalesce(vintage, cast(cast(_known_at as date) as varchar) || ' ' || left(_sha256, 8)) as vintage,
        _known_at as known_at,
        source_code = '9' as is_empty,
        coalesce(
            months_reported, case when source_code in ('1', '2', '3', '4') then 1 when source_code in ('5', '9') then 0 end
        ) as months,
        date_diff('month', period_start, period_end) + 1 as months_asked,
        buildings_1 + buildings_2 + buildings_3_4 + buildings_5_up as buildings,
        units_1 + units_2 + units_3_4 + units_5_up as units,
        value_usd_1 + value_usd_2 + value_usd_3_4 + value_usd_5_up as value_usd,
        value_usd_1, value_usd_2, value_usd_3_4, value_usd_5_up,
        units_1 as single_family,
        case
            when source_code in ('1', '2', '3', '4') then units_1 + units_2 + units_3_4 + units_5_up
            else units_1_reported + units_2_reported + units_3_4_reported + units_5_up_reported
        end as reported
    from latest_files
    qualify row_number() over (
        partition by state, office_id, period_start, period_end, coalesce(vintage, _sha256)
        order by _known_at desc, _order desc, _file desc, _sha256 desc, _row desc
    ) = 1
),

compared as (
    select
        *,
        coalesce(
            units > 0
            and count(case when units > 0 then 1 end) over same > 2
            and 2 * units = sum(units) over same
            and 2 * single_family = sum(single_family) over same
            and 2 * buildings = sum(buildings) over same
            and 2 * value_usd_1 = sum(value_usd_1) over same
            and 2 * value_usd_2 = sum(value_usd_2) over same
            and 2 * value_usd_3_4 = sum(value_usd_3_4) over same
            and 2 * value_usd_5_up = sum(value_usd_5_up) over same,
            false
        ) as is_whole
    from offices
    window same as (partition by geo_id, period_start, period_end, vintage)
),

parts as (
    select *, row_number() over (partition by geo_id, period_start, period_end, vintage order by is_whole desc, name) as nth
    from compared
    qualify max(case when is_whole then 1 else 0 end) over (
        partition by geo_id, period_start, period_end, vintage
    ) = 0 or (is_whole and nth = 1)
),

places as (
    select
        geo_id, period_start, period_end, vintage,
        min(name) as name,
        max(known_at) as known_at,
        count(*) as offices,
        min(months) as months,
        min(months_asked) as months_asked,
        count(case when months < months_asked then 1 end) as offices_imputed,
        count(case when months = 0 then 1 end) as offices_silent,
        count(case when is_empty then 1 end) as offices_empty,
        case when count(units) = count(*) then sum(units) end as units,
        case when count(single_family) = count(*) then sum(single_family) end as single_family,
        case when count(value_usd) = count(*) then sum(value_usd) end as value_usd,
        case when count(reported) = count(*) then sum(reported) end as reported
    from parts
    group by geo_id, period_start, period_end, vintage
),

figures as (
    select
        p.*,
        i.indicator,
        i.unit,
        case
            when i.indicator = 'permits_months_reported' then cast(p.months as double)
            when i.indicator = 'permits_units_reported' then case when p.offices_silent = 0 then cast(p.reported as double) end
            when p.offices_empty > 0 then null
            when i.indicator = 'permits_units' then cast(p.units as double)
            when i.indicator = 'permits_single_family_units' then cast(p.single_family as double)
            else cast(p.value_usd as double)
        end as value,
        case
            when i.indicator = 'permits_months_reported' or p.offices_imputed = 0 then null
            when i.indicator = 'permits_units_reported' and p.offices = 1
                then 'partial: ' || p.months || ' of ' || p.months_asked || ' months reported'
            when i.indicator = 'permits_units_reported' then 'partial: not every month was reported'
            when p.offices = 1 then 'imputed: ' || p.months || ' of ' || p.months_asked || ' months reported'
            else 'imputed: ' || p.offices_imputed || ' of ' || p.offices || ' permit offices did not report every month'
        end as coverage,
        case when p.offices > 1 then 'sum of ' || p.offices || ' permit offices' end as summed
    from places as p
    cross join indicators as i
)

select
    geo_id,
    'place' as geo_level,
    case when offices = 1 then name else name || ' and ' || (offices - 1) || ' more' end as name,
    indicator,
    period_start,
    period_end,
    value,
    cast(null as double) as moe,
    case
        when value is not null then null
        when indicator = 'permits_units_reported' and offices_silent = offices then 'no month was reported'
        when indicator = 'permits_units_reported' and offices_silent > 0 then 'a permit office of the place reported no month'
        when offices_empty > 0 then 'no report was received and none imputed'
        else 'the file gives no figure'
    end as reason,
    case when value is not null then nullif(concat_ws('; ', coverage, summed), '') end as note,
    unit,
    vintage,
    known_at
from figures
order by geo_id, indicator, period_start, period_end, vintage

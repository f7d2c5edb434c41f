-- core.survey_changes: one row per geography, survey indicator and pair of periods: the change between two estimates of
-- the American Community Survey, in percentage points, with its 90 percent margin of error.
-- Only periods of the same length that do not overlap are compared (2008-2012 with 2013-2017, never with 2009-2013, which
-- asked partly the same people): each estimate with the latest one that ended before it began. Dollars are not compared.
with estimates as (
    select
        geo_id, geo_level, indicator, period_start, period_end, value, moe, vintage, edition, known_at,
        date_diff('day', period_start, period_end) as days
    from core.observations
    where source = 'census_acs' and unit = 'percent' and value is not null
)

select
    b.geo_id,
    b.geo_level,
    b.indicator || '_change' as indicator,
    a.period_start,
    b.period_end,
    a.period_end as from_period_end,
    b.period_start as to_period_start,
    b.value - a.value as value,
    sqrt(a.moe * a.moe + b.moe * b.moe) as moe,
    case
        when a.moe + b.moe is null then 'no margin of error'
        when abs(b.value - a.value) > sqrt(a.moe * a.moe + b.moe * b.moe) then 'differs at 90 percent confidence'
        else 'no clear change'
    end as note,
    a.vintage || ' to ' || b.vintage as vintage,
    concat_ws(' ', b.edition, a.edition) as edition,
    greatest(a.known_at, b.known_at) as known_at
from estimates as b
inner join estimates as a
    on b.geo_id = a.geo_id and b.indicator = a.indicator and a.period_end < b.period_start
    and abs(b.days - a.days) <= 3
qualify row_number() over (
    partition by b.geo_id, b.indicator, b.period_start, b.period_end, b.vintage order by a.period_end desc, a.edition desc
) = 1
order by geo_id, indicator, period_start, period_end, vintage

-- core.indicator_values: one row per geography, indicator, period and vintage: what publishers say, and what is derived
-- from it. Every vintage is kept; is_default marks the one known last.
-- city_id is the place itself, null for a county: a county's figure is context and never a city's own.
with everything as (
    select
        source, geo_id, geo_level, indicator, period_start, period_end, value, moe, reason, note, unit, vintage,
        edition, known_at
    from core.observations
    union all
    select
        'census_population' as source, geo_id, geo_level, indicator, period_start, period_end, value,
        null as moe, null as reason, null as note, 'percent' as unit, vintage, edition, known_at
    from core.population_changes
    union all
    select
        source, geo_id, geo_level, indicator, period_start, period_end, value, null as moe, reason, note, unit,
        vintage, edition, known_at
    from core.per_person
    union all
    select
        'census_acs' as source, geo_id, geo_level, indicator, period_start, period_end, value, moe, null as reason,
        note, 'percentage_points' as unit, vintage, edition, known_at
    from core.survey_changes
)

select
    geo_id,
    geo_level,
    case when geo_level = 'place' then geo_id end as city_id,
    indicator,
    period_start,
    period_end,
    value,
    moe,
    unit,
    vintage,
    source,
    case
        when value is not null then 'value'
        when lower(reason) like '%suppress%' then 'suppressed'
        else 'not_reported'
    end as state,
    reason,
    note,
    known_at,
    row_number() over (
        partition by geo_id, indicator, period_start, period_end order by edition desc, known_at desc, vintage desc
    ) = 1 as is_default
from everything
order by geo_id, indicator, period_start, period_end, vintage

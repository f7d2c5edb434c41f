-- One row per place or county, indicator, period and vintage. Counties are context, never a city's own figure.
select
    geo_id,
    geo_level,
    city_id,
    indicator,
    period_start,
    period_end,
    value,
    moe,
    unit,
    vintage,
    source,
    state,
    reason,
    note,
    known_at,
    is_default
from core.indicator_values
order by geo_id, indicator, period_start, period_end, vintage

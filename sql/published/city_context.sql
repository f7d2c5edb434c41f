-- One row per city, indicator and period of which only its primary county has a value. Context, marked as the county's.
select
    city_id,
    indicator,
    period_start,
    period_end,
    geo_id,
    geo_level,
    value,
    moe,
    unit,
    vintage,
    source,
    note,
    share,
    share_of,
    counties,
    link_vintage
from core.city_context
order by city_id, indicator, period_start, period_end

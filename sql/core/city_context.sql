-- One row per city, indicator and period of which the city has no value of its own and its primary county has one: the
-- county's figure, as context. It is never a city's own figure and enters no metric, rule or estimate.
-- A city's primary county is that of its latest link, one for each system of counties: a figure of a Connecticut county
-- comes through the links to counties, one of a planning region through those to planning regions. Where both systems
-- have a figure of one period, the one known last stands.
with links as (
    select place_id, county_id, share, share_of, counties, vintage
    from core.place_counties
    where is_primary
    qualify row_number() over (
        partition by place_id, county_system order by vintage desc, share nulls last, known_at desc, source desc
    ) = 1
),

own as (
    select distinct city_id, indicator, period_start, period_end
    from core.indicator_values
    where geo_level = 'place' and state = 'value'
)

select
    c.city_id,
    v.indicator,
    v.period_start,
    v.period_end,
    v.geo_id,
    v.geo_level,
    v.value,
    v.moe,
    v.unit,
    v.vintage,
    v.source,
    v.note,
    l.share,
    l.share_of,
    l.counties,
    l.vintage as link_vintage
from core.cities as c
inner join links as l on c.city_id = l.place_id
inner join core.indicator_values as v
    on l.county_id = v.geo_id and v.geo_level = 'county' and v.is_default and v.state = 'value'
left join own as o
    on c.city_id = o.city_id
    and v.indicator = o.indicator
    and v.period_start = o.period_start
    and v.period_end = o.period_end
where o.city_id is null
qualify row_number() over (
    partition by c.city_id, v.indicator, v.period_start, v.period_end order by v.known_at desc, v.vintage desc, v.geo_id desc
) = 1
order by c.city_id, v.indicator, v.period_start, v.period_end

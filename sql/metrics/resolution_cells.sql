-- metrics.resolution_cells: one row per group whose openings are followed step by step × part of time, city and topic of the
-- requests that belong to it. The groups (`cell`): those with a request cut off within 20 business days, and those
-- whose curve is published (network and topic by fiscal year and to date, city to date).
with cells as (
    select
        row_number() over (order by grain, city_id, topic, period_type, period) as cell,
        grain, city_id, topic, period_type, period, asked, open_40 > 0 as is_cut,
        (grain in ('network', 'topic') and period_type in ('fiscal_year', 'to_date'))
        or (grain = 'city' and period_type = 'to_date') as is_curve
    from metrics.resolution_counts
    where open_20 > 0 or (grain in ('network', 'topic') and period_type in ('fiscal_year', 'to_date'))
        or (grain = 'city' and period_type = 'to_date')
),

-- callers without a city have the key '' here, so that they join by equality
piles as (
    select distinct part, coalesce(city_id, '') as of_city, topic as of_topic from metrics.resolution_spells
)

select c.cell, c.grain, c.city_id, c.topic, c.period_type, c.period, c.asked, c.is_cut, c.is_curve, s.part, s.of_city,
    s.of_topic
from piles as s
inner join core.period_parts as p on p.part = s.part
inner join cells as c on c.period_type = p.period_type and c.period = p.period and c.grain = 'network'
union all
select c.cell, c.grain, c.city_id, c.topic, c.period_type, c.period, c.asked, c.is_cut, c.is_curve, s.part, s.of_city,
    s.of_topic
from piles as s
inner join core.period_parts as p on p.part = s.part
inner join cells as c
    on c.period_type = p.period_type and c.period = p.period and c.grain = 'topic' and c.topic = s.of_topic
union all
select c.cell, c.grain, c.city_id, c.topic, c.period_type, c.period, c.asked, c.is_cut, c.is_curve, s.part, s.of_city,
    s.of_topic
from piles as s
inner join core.period_parts as p on p.part = s.part
inner join cells as c
    on c.period_type = p.period_type and c.period = p.period and c.grain = 'city' and c.city_id = s.of_city
union all
select c.cell, c.grain, c.city_id, c.topic, c.period_type, c.period, c.asked, c.is_cut, c.is_curve, s.part, s.of_city,
    s.of_topic
from piles as s
inner join core.period_parts as p on p.part = s.part
inner join cells as c
    on c.period_type = p.period_type and c.period = p.period and c.grain = 'city_topic' and c.city_id = s.of_city
    and c.topic = s.of_topic

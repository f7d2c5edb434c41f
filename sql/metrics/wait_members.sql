-- metrics.wait_members: one row per group of requests (metrics.wait_counts.cell) × pile of requests that belongs to it.
with dated as (
    select k.pile, k.city_id, k.topic, p.period_type, p.period
    from core.request_piles as k
    inner join core.period_parts as p on p.part = k.part
)

select c.cell, d.pile
from dated as d
inner join metrics.wait_counts as c
    on c.grain = 'network' and c.period_type = d.period_type and c.period = d.period
union all
select c.cell, d.pile
from dated as d
inner join metrics.wait_counts as c
    on c.grain = 'topic' and c.period_type = d.period_type and c.period = d.period and c.topic = d.topic
union all
select c.cell, d.pile
from dated as d
inner join metrics.wait_counts as c
    on c.grain = 'city' and c.period_type = d.period_type and c.period = d.period and c.city_id = d.city_id
union all
select c.cell, d.pile
from dated as d
inner join metrics.wait_counts as c
    on c.grain = 'city_topic' and c.period_type = d.period_type and c.period = d.period and c.city_id = d.city_id
    and c.topic = d.topic

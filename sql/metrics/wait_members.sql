-- metrics.wait_members: one row per group of requests (metrics.wait_counts.cell) × pile of requests that belongs to it.
with dated as (
    select w.pile, w.city_id, w.topic, p.period_no
    from metrics.wait_piles as w
    inner join core.period_parts as p on p.part = w.part
)

select c.cell, d.pile
from dated as d
inner join metrics.wait_counts as c
    on c.grain = 'network' and c.period_no = d.period_no
union all
select c.cell, d.pile
from dated as d
inner join metrics.wait_counts as c
    on c.grain = 'topic' and c.period_no = d.period_no and c.topic = d.topic
union all
select c.cell, d.pile
from dated as d
inner join metrics.wait_counts as c
    on c.grain = 'city' and c.period_no = d.period_no and c.city_id = d.city_id
union all
select c.cell, d.pile
from dated as d
inner join metrics.wait_counts as c
    on c.grain = 'city_topic' and c.period_no = d.period_no and c.city_id = d.city_id
    and c.topic = d.topic

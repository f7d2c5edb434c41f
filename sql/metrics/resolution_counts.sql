-- metrics.resolution_counts: one row per grain × keys × period with a request of the desk asked in it: how many were
-- resolved, and how many were still open when as_of cut them off, within 5, 10 and 20 business days (40, 80, 160 hours;
-- for the curves within 40 days).
-- Where nobody was cut off so soon the Aalen-Johansen estimate is resolved / asked, and its variance F (1 - F) / asked;
-- the others are worked out step by step (metrics.resolution_steps).
with folded as (
    select
        part, city_id, topic,
        count(*) as asked,
        count(*) filter (where cause = 'resolved' and hours <= 40) as resolved_5,
        count(*) filter (where cause = 'resolved' and hours <= 80) as resolved_10,
        count(*) filter (where cause = 'resolved' and hours <= 160) as resolved_20,
        count(*) filter (where cause = 'open' and hours < 40) as open_5,
        count(*) filter (where cause = 'open' and hours < 80) as open_10,
        count(*) filter (where cause = 'open' and hours < 160) as open_20,
        count(*) filter (where cause = 'open' and hours < 320) as open_40,
        max(hours) filter (where cause = 'open') as last_open,
        max(hours) filter (where cause <> 'open') as last_end
    from metrics.resolution_spells
    group by part, city_id, topic
)

select
    case when grouping(f.city_id) = 1 and grouping(f.topic) = 1 then 'network' when grouping(f.city_id) = 1 then 'topic'
        when grouping(f.topic) = 1 then 'city' else 'city_topic' end as grain,
    f.city_id, f.topic, p.period_type, p.period,
    cast(sum(f.asked) as bigint) as asked,
    cast(sum(f.resolved_5) as bigint) as resolved_5,
    cast(sum(f.resolved_10) as bigint) as resolved_10,
    cast(sum(f.resolved_20) as bigint) as resolved_20,
    cast(sum(f.open_5) as bigint) as open_5,
    cast(sum(f.open_10) as bigint) as open_10,
    cast(sum(f.open_20) as bigint) as open_20,
    cast(sum(f.open_40) as bigint) as open_40,
    max(f.last_open) as last_open,
    max(f.last_end) as last_end
from folded as f
inner join core.period_parts as p on p.part = f.part
group by grouping sets (
    (p.period_type, p.period), (p.period_type, p.period, f.topic), (p.period_type, p.period, f.city_id),
    (p.period_type, p.period, f.city_id, f.topic)
)
having (grouping(f.city_id) = 1 or f.city_id is not null)
    and (grouping(f.city_id) = 1 or grouping(f.topic) = 1 or p.period_type in ('fiscal_year', 'to_date'))

-- metrics.wait_counts: one row per group of requests of the desk (grain × keys × period of their asking): the counts of
-- metrics.wait_piles. City × topic only by fiscal year and to date.
-- cell: period, city and topic as one number, the same whenever it is made.
with counted as (
    select
        case when grouping(w.city_id) = 1 and grouping(w.topic) = 1 then 'network' when grouping(w.city_id) = 1 then 'topic'
            when grouping(w.topic) = 1 then 'city' else 'city_topic' end as grain,
        w.city_id, w.topic, p.period_type, p.period, p.period_no,
        sum(w.asked) as asked, sum(w.replies) as replies, sum(w.competing) as competing,
        sum(w.resolved_5) as resolved_5, sum(w.resolved_10) as resolved_10, sum(w.resolved_20) as resolved_20,
        sum(w.open_5) as open_5, sum(w.open_10) as open_10, sum(w.open_20) as open_20, sum(w.open_40) as open_40,
        max(w.last_open) as last_open, max(w.last_end) as last_end
    from metrics.wait_piles as w
    inner join core.period_parts as p on p.part = w.part
    group by grouping sets (
        (p.period_type, p.period, p.period_no), (p.period_type, p.period, p.period_no, w.topic),
        (p.period_type, p.period, p.period_no, w.city_id), (p.period_type, p.period, p.period_no, w.city_id, w.topic)
    )
    having (grouping(w.city_id) = 1 or w.city_id is not null)
        and (grouping(w.city_id) = 1 or grouping(w.topic) = 1 or p.period_type in ('fiscal_year', 'to_date'))
)

select
    c.period_no * 100000000000 + coalesce(cast(c.city_id as bigint), 0) * 1000 + coalesce(t.ordinal, 0) as cell,
    c.period_no,
    c.grain, c.city_id, c.topic, c.period_type, c.period,
    cast(asked as integer) as asked,
    cast(replies as integer) as replies,
    cast(competing as integer) as competing,
    cast(resolved_5 as integer) as resolved_5,
    cast(resolved_10 as integer) as resolved_10,
    cast(resolved_20 as integer) as resolved_20,
    cast(open_5 as integer) as open_5,
    cast(open_10 as integer) as open_10,
    cast(open_20 as integer) as open_20,
    cast(open_40 as integer) as open_40,
    last_open,
    last_end,
    -- its survival curve is published
    (grain in ('network', 'topic') and period_type in ('fiscal_year', 'to_date'))
    or (grain = 'city' and period_type = 'to_date') as is_curve
from counted as c
left join reference.topics as t on t.topic = c.topic

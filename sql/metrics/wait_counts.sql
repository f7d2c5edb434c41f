-- metrics.wait_counts: one row per group of requests of the desk (grain × keys × period of their asking), numbered `cell`: how
-- many were asked, replied to, and ended without a reply; resolved, and still open when as_of cut them off, within 5, 10
-- and 20 business days (40, 80, 160 hours; 40 days for the curves). City × topic only by fiscal year and to date.
with folded as (
    select
        pile,
        count(*) as asked,
        count(*) filter (where outcome = 'replied') as replies,
        count(*) filter (where outcome = 'ended_unanswered') as competing,
        count(*) filter (where cause = 'resolved' and open_hours <= 40) as resolved_5,
        count(*) filter (where cause = 'resolved' and open_hours <= 80) as resolved_10,
        count(*) filter (where cause = 'resolved' and open_hours <= 160) as resolved_20,
        count(*) filter (where cause = 'open' and open_hours < 40) as open_5,
        count(*) filter (where cause = 'open' and open_hours < 80) as open_10,
        count(*) filter (where cause = 'open' and open_hours < 160) as open_20,
        count(*) filter (where cause = 'open' and open_hours < 320) as open_40,
        max(open_hours) filter (where cause = 'open') as last_open,
        max(open_hours) filter (where cause <> 'open') as last_end
    from core.request_waits
    group by pile
),

counted as (
    select
        case when grouping(k.city_id) = 1 and grouping(k.topic) = 1 then 'network' when grouping(k.city_id) = 1 then 'topic'
            when grouping(k.topic) = 1 then 'city' else 'city_topic' end as grain,
        k.city_id, k.topic, p.period_type, p.period,
        sum(f.asked) as asked, sum(f.replies) as replies, sum(f.competing) as competing,
        sum(f.resolved_5) as resolved_5, sum(f.resolved_10) as resolved_10, sum(f.resolved_20) as resolved_20,
        sum(f.open_5) as open_5, sum(f.open_10) as open_10, sum(f.open_20) as open_20, sum(f.open_40) as open_40,
        max(f.last_open) as last_open, max(f.last_end) as last_end
    from folded as f
    inner join core.request_piles as k on k.pile = f.pile
    inner join core.period_parts as p on p.part = k.part
    group by grouping sets (
        (p.period_type, p.period), (p.period_type, p.period, k.topic), (p.period_type, p.period, k.city_id),
        (p.period_type, p.period, k.city_id, k.topic)
    )
    having (grouping(k.city_id) = 1 or k.city_id is not null)
        and (grouping(k.city_id) = 1 or grouping(k.topic) = 1 or p.period_type in ('fiscal_year', 'to_date'))
)

select
    cast(row_number() over (order by grain, city_id, topic, period_type, period) as integer) as cell,
    grain, city_id, topic, period_type, period,
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
from counted

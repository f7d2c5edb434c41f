-- metrics.response_groups: one row per breakdown × quartile of cities (metrics.equity_groups) × fiscal year or to_date with a
-- request: requests asked, and those closed or merged without a reply, beside the medians of metrics.equity_medians.
with folded as (
    select
        k.part, k.city_id,
        count(*) as asked,
        count(*) filter (where w.outcome = 'ended_unanswered') as competing
    from core.request_waits as w
    inner join core.request_piles as k on k.pile = w.pile
    where k.city_id is not null
    group by k.part, k.city_id
)

select
    g.dimension,
    g.dimension_value,
    p.period_type,
    p.period,
    cast(sum(f.asked) as bigint) as asked,
    cast(sum(f.competing) as bigint) as competing
from folded as f
inner join core.period_parts as p on p.part = f.part and p.period_type in ('fiscal_year', 'to_date')
inner join metrics.equity_groups as g on g.city_id = f.city_id
group by g.dimension, g.dimension_value, p.period_type, p.period

-- metrics.response_groups: one row per breakdown × quartile of cities (metrics.equity_groups) × fiscal year or to_date with a
-- request: requests asked, and those closed or merged without a reply, beside the medians of metrics.equity_medians.
select
    g.dimension,
    g.dimension_value,
    p.period_type,
    p.period,
    cast(sum(w.asked) as bigint) as asked,
    cast(sum(w.competing) as bigint) as competing
from metrics.wait_piles as w
inner join core.period_parts as p on p.part = w.part and p.period_type in ('fiscal_year', 'to_date')
inner join metrics.equity_groups as g on g.city_id = w.city_id
group by g.dimension, g.dimension_value, p.period_type, p.period

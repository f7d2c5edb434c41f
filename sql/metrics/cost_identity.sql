-- metrics.cost_identity: one row per award × federal quarter: whether the federal cost of the services, direct and
-- allocated, is line 10e of the SF-425 to the cent; and the whole cost, with the recipient share of line 10j. Cumulative.
with costs as (
    select
        award_id, period_end,
        sum(direct_usd) as direct_usd, sum(allocated_usd) as allocated_usd, sum(amount_usd) as amount_usd
    from metrics.allocations
    group by award_id, period_end
),

lines as (
    select
        award_id, period, period_end,
        max(case when line = '10e' then amount_usd end) as line_10e_usd,
        max(case when line = '10j' then amount_usd end) as line_10j_usd
    from metrics.sf425
    group by award_id, period, period_end
)

select
    l.award_id,
    l.period,
    l.period_end,
    cast(case when l.line_10e_usd is not null then coalesce(c.direct_usd, 0) end as decimal(18, 2)) as direct_usd,
    cast(case when l.line_10e_usd is not null then coalesce(c.allocated_usd, 0) end as decimal(18, 2)) as allocated_usd,
    l.line_10e_usd,
    l.line_10j_usd,
    cast(l.line_10e_usd + l.line_10j_usd as decimal(18, 2)) as total_usd,
    cast(coalesce(c.amount_usd, 0) - coalesce(l.line_10e_usd, 0) as decimal(18, 2)) as difference_usd
from lines as l
left join costs as c on l.award_id = c.award_id and l.period_end = c.period_end
order by l.award_id, l.period_end

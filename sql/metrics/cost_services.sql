-- metrics.cost_services: one row per service × period (quarter, fiscal year, to date): its federal cost with its part of what
-- is shared: cumulative to the end of the period (or as_of), cumulative before it, and the difference, which is the
-- period's. To date is everything, from before the launch too.
with totals as (
    select service, period_end, sum(amount_usd) as amount_usd
    from metrics.allocations
    group by service, period_end
),

days as (
    select
        t.period_type, t.period, t.period_start,
        last_day(make_date(
            year(least(t.period_end, p.as_of)), 3 * quarter(least(t.period_end, p.as_of)), 1
        )) as last_on
    from reference.periods as t
    cross join reference.params as p
    where t.period_type in ('quarter', 'fiscal_year', 'to_date')
)

select
    s.service, d.period_type, d.period,
    cast(coalesce(e.amount_usd, 0) as decimal(18, 2)) as to_end_usd,
    cast(coalesce(b.amount_usd, 0) as decimal(18, 2)) as before_usd,
    cast(coalesce(e.amount_usd, 0) - coalesce(b.amount_usd, 0) as decimal(18, 2)) as cost_usd
from (select distinct service from metrics.allocations) as s
cross join days as d
left join totals as e on s.service = e.service and e.period_end = d.last_on
left join totals as b on s.service = b.service and b.period_end + 1 = d.period_start and d.period_type <> 'to_date'

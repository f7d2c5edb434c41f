-- One row per SF-425 line and period (quarter, fiscal year, to date) at network grain: sf425_10a … sf425_10o, the sum
-- over awards, cumulative to the end of the period or as_of. amount_usd is set and value is null; a line that one
-- award cannot give is not reported for all. metrics.sf425 has each award, and the quarters before the launch.
with lines (line) as (
    values
        ('10a'), ('10b'), ('10c'), ('10d'), ('10e'), ('10f'), ('10g'), ('10h'), ('10i'), ('10j'), ('10k'), ('10l'),
        ('10m'), ('10n'), ('10o')
),

days as (
    select t.period_type, t.period, least(t.period_end, p.as_of) as last_on
    from reference.periods as t
    cross join reference.params as p
    where t.period_type in ('quarter', 'fiscal_year', 'to_date')
),

sums as (
    select
        d.period_type,
        d.period,
        l.line,
        case when count(*) = count(s.amount_usd) then sum(s.amount_usd) end as amount_usd,
        max(s.reason) as reason
    from days as d
    cross join lines as l
    left join metrics.sf425 as s
        on l.line = s.line and s.period_end = last_day(make_date(year(d.last_on), 3 * quarter(d.last_on), 1))
    group by d.period_type, d.period, l.line
)

select
    'sf425_' || line as metric,
    'network' as grain,
    cast(null as varchar) as city_id, cast(null as varchar) as topic, cast(null as varchar) as engagement_id,
    cast(null as varchar) as dimension, cast(null as varchar) as dimension_value, cast(null as varchar) as basis,
    period_type, period,
    cast(null as double) as value, cast(amount_usd as decimal(18, 2)) as amount_usd,
    cast(null as double) as numerator, cast(null as double) as denominator,
    cast(null as double) as ci_low, cast(null as double) as ci_high,
    case when amount_usd is null then 'not_reported' else 'value' end as state,
    case when amount_usd is null then coalesce(reason, 'no award or ledger received') end as reason
from sums
order by metric, period_type, period

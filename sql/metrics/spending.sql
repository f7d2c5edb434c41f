-- One row per period and key of federal_spent_usd: the federal share of expenditures that count in the period, by
-- network, by dimension (service, category, partner; entries that name none are `unassigned`, so that each dimension
-- adds up to the network) and by engagement. A reversal counts in the period it was posted in, and what was first known
-- after that was locked in the one that was open. As in line 10e, entries from before the first quarter of their award are
-- spent in it, and those of an award that has none by as_of are not counted. Quarters, fiscal years and to date; to date is all
-- there is up to as_of, also from before the launch, and so equals line 10e. Engagements: to date always, other periods only
-- where something was spent.
with begun as (
    select award_id, min(period_end) as period_end
    from core.award_quarters
    group by award_id
),

spent as (
    select
        greatest(l.counted_on, make_date(year(b.period_end), month(b.period_end) - 2, 1)) as counted_on,
        l.amount_usd, l.service, l.category, l.partner, l.engagement_id
    from core.ledger as l
    inner join begun as b on l.award_id = b.award_id
    where l.kind = 'expenditure'
),

cells as (
    select 'network' as grain, null as engagement_id, null as dimension, null as dimension_value, counted_on, amount_usd
    from spent
    union all
    select 'network' as grain, null, 'service', coalesce(service, 'unassigned'), counted_on, amount_usd from spent
    union all
    select 'network' as grain, null, 'category', coalesce(category, 'unassigned'), counted_on, amount_usd from spent
    union all
    select 'network' as grain, null, 'partner', coalesce(partner, 'unassigned'), counted_on, amount_usd from spent
    union all
    select 'engagement' as grain, engagement_id, null, null, counted_on, amount_usd
    from spent
    where engagement_id is not null
),

days as (
    select grain, engagement_id, dimension, dimension_value, counted_on, sum(amount_usd) as amount_usd
    from cells
    group by grain, engagement_id, dimension, dimension_value, counted_on
),

keys as (
    select 'network' as grain, null as engagement_id, null as dimension, null as dimension_value
    union
    select grain, engagement_id, dimension, dimension_value from days
    union
    select 'engagement' as grain, engagement_id, null as dimension, null as dimension_value from core.engagements
),

filled as (
    select
        k.grain, k.engagement_id, k.dimension, k.dimension_value, t.period_type, t.period,
        count(d.counted_on) as days, sum(d.amount_usd) as amount_usd
    from keys as k
    cross join reference.periods as t
    left join days as d
        on k.grain = d.grain
        and k.engagement_id is not distinct from d.engagement_id
        and k.dimension is not distinct from d.dimension
        and k.dimension_value is not distinct from d.dimension_value
        and d.counted_on <= t.period_end
        and (d.counted_on >= t.period_start or t.period_type = 'to_date')
    where t.period_type in ('quarter', 'fiscal_year', 'to_date')
    group by k.grain, k.engagement_id, k.dimension, k.dimension_value, t.period_type, t.period
)

select
    'federal_spent_usd' as metric,
    f.grain,
    cast(null as varchar) as city_id, cast(null as varchar) as topic, f.engagement_id,
    f.dimension, f.dimension_value, cast(null as varchar) as basis,
    f.period_type, f.period,
    cast(null as double) as value,
    case when l.arrived then cast(coalesce(f.amount_usd, 0) as decimal(18, 2)) end as amount_usd,
    cast(null as double) as numerator, cast(null as double) as denominator,
    cast(null as double) as ci_low, cast(null as double) as ci_high,
    case when l.arrived then 'value' else 'not_reported' end as state,
    case when not l.arrived then 'no ledger received' end as reason
from filled as f
cross join (select count(*) > 0 as arrived from core.ledger) as l
where f.grain = 'network' or f.period_type = 'to_date' or f.days > 0
order by f.grain, f.engagement_id, f.dimension, f.dimension_value, f.period_type, f.period

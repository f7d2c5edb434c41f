-- metrics.allocations: one row per award × federal quarter × service × engagement (null: of no one engagement): its federal
-- cost, cumulative to the end of the quarter (or as_of), direct and with its part of what is shared.
-- Direct: entries that name the desk, engagement, peer or library service, or no service but an engagement. Shared: the
-- rest (service program, another, or none). It is split in proportion to the direct cost to date, to the cent, in whole cents
-- (a binary fraction takes half a cent up or down by chance); what rounding leaves goes to the row with the highest direct
-- cost, so that the sum is line 10e. A row whose direct cost is below zero takes no part. Until there is a direct cost the
-- shared one stands in service `unassigned`.
with spent as (
    select
        award_id,
        last_day(make_date(year(counted_on), 3 * quarter(counted_on), 1)) as quarter_end,
        case
            when lower(trim(service)) in ('desk', 'engagement', 'peer', 'library') then lower(trim(service))
            when engagement_id is not null then 'engagement'
            else 'shared'
        end as service,
        engagement_id,
        amount_usd
    from core.ledger
    where kind = 'expenditure'
),

moved as (
    select award_id, quarter_end, service, engagement_id, sum(amount_usd) as amount_usd
    from spent
    group by award_id, quarter_end, service, engagement_id
),

cumulated as (
    select q.award_id, q.period, q.period_end, m.service, m.engagement_id, sum(m.amount_usd) as amount_usd
    from core.award_quarters as q
    inner join moved as m on q.award_id = m.award_id and m.quarter_end <= q.period_end
    group by q.award_id, q.period, q.period_end, m.service, m.engagement_id
),

pools as (
    select
        award_id, period, period_end,
        sum(case when service = 'shared' then amount_usd else 0 end) as shared_usd,
        sum(case when service <> 'shared' and amount_usd > 0 then amount_usd else 0 end) as key_usd
    from cumulated
    group by award_id, period, period_end
),

cents as (
    select
        c.award_id, c.period, c.period_end, c.service, c.engagement_id, c.amount_usd as direct_usd, p.shared_usd,
        sign(p.shared_usd) as side,
        cast(100 * abs(p.shared_usd) as hugeint) as shared_cents,
        cast(100 * greatest(c.amount_usd, 0) as hugeint) as direct_cents,
        cast(100 * p.key_usd as hugeint) as key_cents
    from cumulated as c
    inner join pools as p on c.award_id = p.award_id and c.period = p.period
    where c.service <> 'shared' and p.key_usd > 0
),

split as (
    select
        award_id, period, period_end, service, engagement_id, direct_usd, shared_usd,
        cast(side * ((2 * shared_cents * direct_cents + key_cents) // (2 * key_cents)) as decimal(20, 0))
        * cast(0.01 as decimal(3, 2)) as part_usd,
        row_number() over (partition by award_id, period order by direct_usd desc, service, engagement_id) as place
    from cents
),

allotted as (
    select
        award_id, period, period_end, service, engagement_id, direct_usd,
        part_usd + case when place = 1
            then shared_usd - sum(part_usd) over (partition by award_id, period) else 0 end as allocated_usd,
        'in proportion to direct federal cost to date' as rule
    from split
    union all
    select
        p.award_id, p.period, p.period_end, 'unassigned' as service, cast(null as varchar) as engagement_id,
        cast(0 as decimal(18, 2)) as direct_usd, p.shared_usd as allocated_usd,
        'no direct federal cost yet to share it by' as rule
    from pools as p
    where p.key_usd = 0
    union all
    -- direct costs of which nothing is left after corrections
    select
        c.award_id, c.period, c.period_end, c.service, c.engagement_id, c.amount_usd as direct_usd,
        cast(0 as decimal(18, 2)) as allocated_usd, 'no direct federal cost yet to share it by' as rule
    from cumulated as c
    inner join pools as p on c.award_id = p.award_id and c.period = p.period
    where c.service <> 'shared' and p.key_usd = 0
)

select
    award_id, period, period_end, service, engagement_id,
    cast(direct_usd as decimal(18, 2)) as direct_usd,
    cast(allocated_usd as decimal(18, 2)) as allocated_usd,
    cast(direct_usd + allocated_usd as decimal(18, 2)) as amount_usd,
    rule
from allotted
order by award_id, period_end, service, engagement_id

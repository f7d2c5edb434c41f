-- metrics.budget_status: one row per award × federal quarter × object class: the budget in its latest version beside the federal
-- share spent by the end of the quarter, cumulative. Entries that name no class are `unassigned`; a class that the budget
-- does not have has no budget. The spending of the classes adds up to line 10e, and that of the quarters to what is spent to
-- date: entries from before the award's first quarter are spent in it.
-- The latest version is the one known last; of those known together the one with the highest number at the end of its name
-- (none comes before any), then the last name. Numbers are compared as digits, which may be more than an integer holds.
with named as (
    select
        award_id, version, max(known_at) as known_at, regexp_extract(version, '[0-9]+$', 0) as number,
        ltrim(regexp_extract(version, '[0-9]+$', 0), '0') as digits
    from core.budget
    group by award_id, version
),

versions as (
    select
        award_id, version,
        row_number() over (
            partition by award_id
            order by known_at desc, number <> '' desc, length(digits) desc, digits desc, version desc
        ) as place
    from named
),

planned as (
    select b.award_id, b.category, b.version, b.amount_usd
    from core.budget as b
    inner join versions as v on b.award_id = v.award_id and b.version = v.version and v.place = 1
),

moved as (
    select
        award_id, coalesce(category, 'unassigned') as category,
        last_day(make_date(year(counted_on), 3 * quarter(counted_on), 1)) as quarter_end, sum(amount_usd) as amount_usd
    from core.ledger
    where kind = 'expenditure'
    group by award_id, coalesce(category, 'unassigned'), last_day(make_date(year(counted_on), 3 * quarter(counted_on), 1))
),

classes as (
    select award_id, category from planned
    union
    select award_id, category from moved
),

spent as (
    select
        q.award_id, q.period, q.period_end, q.has_ledger, c.category,
        coalesce(sum(m.amount_usd), 0) as spent_usd
    from core.award_quarters as q
    inner join classes as c on q.award_id = c.award_id
    left join moved as m on q.award_id = m.award_id and c.category = m.category and m.quarter_end <= q.period_end
    group by q.award_id, q.period, q.period_end, q.has_ledger, c.category
),

moved_on as (
    select
        *,
        spent_usd - coalesce(lag(spent_usd) over (partition by award_id, category order by period_end), 0) as spent_quarter_usd
    from spent
)

select
    s.award_id,
    s.period,
    s.period_end,
    s.category,
    p.version,
    p.amount_usd as budget_usd,
    cast(case when s.has_ledger then s.spent_quarter_usd end as decimal(18, 2)) as spent_quarter_usd,
    cast(case when s.has_ledger then s.spent_usd end as decimal(18, 2)) as spent_usd,
    cast(case when s.has_ledger then p.amount_usd - s.spent_usd end as decimal(18, 2)) as left_usd,
    case
        when s.has_ledger and p.amount_usd > 0
            then round(100 * cast(s.spent_usd as double) / cast(p.amount_usd as double), 1)
    end as spent_pct,
    case
        when s.has_ledger and exists (from planned as of_award where of_award.award_id = s.award_id)
            then s.spent_usd > coalesce(p.amount_usd, 0)
    end as is_over_budget
from moved_on as s
left join planned as p on s.award_id = p.award_id and s.category = p.category
order by s.award_id, s.period_end, s.category

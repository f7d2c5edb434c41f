-- One row per award and federal quarter from the award's start to as_of: what its ledger adds up to by the quarter's
-- end, from the very first entry (an entry dated before the award's start counts in every quarter). An award that
-- only the ledger names starts with its first entry. Amounts are null where no ledger was received.
-- match_required_usd is the award's own, else the sum that the ledger states, else null; a statement that was taken back by a
-- correction, with nothing booked in its place, states no share, which is not a share of zero.
with digits (digit) as (
    values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)
),

awards as (
    select award_id, "start" as starts_on, match_required_usd, program_income_alternative
    from core.award
    union all
    select award_id, min(posted_on) as starts_on, null as match_required_usd, null as program_income_alternative
    from core.ledger
    where award_id not in (select award_id from core.award)
    group by award_id
),

-- a quarter is numbered year × 4 + 0 … 3, so that the next one is one more
quarters as (
    select
        a.award_id,
        a.match_required_usd,
        a.program_income_alternative,
        year(a.starts_on) * 4 + quarter(a.starts_on) - 1 + 100 * h.digit + 10 * t.digit + u.digit as number,
        p.as_of
    from awards as a
    cross join reference.params as p
    cross join digits as h
    cross join digits as t
    cross join digits as u
),

counted as (
    select award_id, entry_id, reverses, kind, year(counted_on) * 4 + quarter(counted_on) - 1 as number, amount_usd
    from core.ledger
),

-- statements of the share that stand: one more with each, one less with the first correction that names it
standing as (
    select award_id, entry_id, number, 1 as statements
    from counted
    where kind = 'match_required' and reverses is null
    union all
    select s.award_id, s.entry_id, min(r.number) as number, -1 as statements
    from counted as s
    inner join counted as r on s.entry_id = r.reverses and s.award_id = r.award_id and s.kind = r.kind
    where s.kind = 'match_required' and s.reverses is null
    group by s.award_id, s.entry_id
),

moved as (
    select award_id, kind, number, sum(amount_usd) as amount_usd, 0 as statements
    from counted
    group by award_id, kind, number
    union all
    select award_id, 'statement' as kind, number, null as amount_usd, sum(statements) as statements
    from standing
    group by award_id, number
),

sums as (
    select
        q.award_id,
        q.number,
        last_day(make_date(cast(floor(q.number / 4) as integer), 3 * (q.number % 4) + 3, 1)) as period_end,
        q.as_of,
        q.match_required_usd,
        q.program_income_alternative,
        sum(case when m.kind = 'receipt' then m.amount_usd end) as received_usd,
        sum(case when m.kind = 'disbursement' then m.amount_usd end) as disbursed_usd,
        sum(case when m.kind = 'authorized' then m.amount_usd end) as authorized_usd,
        sum(case when m.kind = 'expenditure' then m.amount_usd end) as spent_usd,
        sum(case when m.kind = 'obligation' then m.amount_usd end) as obligated_usd,
        sum(case when m.kind = 'match_required' then m.amount_usd end) as ledger_match_usd,
        coalesce(sum(m.statements), 0) as statements,
        sum(case when m.kind in ('match_cash', 'match_in_kind') then m.amount_usd end) as matched_usd,
        sum(case when m.kind = 'program_income' then m.amount_usd end) as income_usd,
        sum(case when m.kind = 'program_income_spent' then m.amount_usd end) as income_spent_usd
    from quarters as q
    left join moved as m on q.award_id = m.award_id and m.number <= q.number
    where q.number <= year(q.as_of) * 4 + quarter(q.as_of) - 1
    group by q.award_id, q.number, q.as_of, q.match_required_usd, q.program_income_alternative
)

select
    s.award_id,
    'FY' || cast(year(s.period_end) + case when month(s.period_end) = 12 then 1 else 0 end as varchar)
    || 'Q' || cast(case when month(s.period_end) = 12 then 1 else quarter(s.period_end) + 1 end as varchar) as period,
    s.period_end,
    s.period_end <= s.as_of as is_complete,
    s.program_income_alternative,
    l.has_ledger,
    case when l.has_ledger then coalesce(s.received_usd, 0) end as received_usd,
    case when l.has_ledger then coalesce(s.disbursed_usd, 0) end as disbursed_usd,
    case when l.has_ledger then coalesce(s.authorized_usd, 0) end as authorized_usd,
    case when l.has_ledger then coalesce(s.spent_usd, 0) end as spent_usd,
    case when l.has_ledger then coalesce(s.obligated_usd, 0) end as obligated_usd,
    coalesce(
        s.match_required_usd, case when s.statements > 0 or s.ledger_match_usd <> 0 then s.ledger_match_usd end
    ) as match_required_usd,
    case when l.has_ledger then coalesce(s.matched_usd, 0) end as matched_usd,
    case when l.has_ledger then coalesce(s.income_usd, 0) end as income_usd,
    case when l.has_ledger then coalesce(s.income_spent_usd, 0) end as income_spent_usd
from sums as s
cross join (select count(*) > 0 as has_ledger from core.ledger) as l
order by s.award_id, s.period_end

-- metrics.sf425_indirect: line 11 of the SF-425: one row per award × federal quarter × indirect rate to which something was
-- charged by the end of the quarter. Cumulative, as line 10. base, amount_charged: ledger kinds indirect_base and
-- indirect_charged that name the rate (unassigned: none). federal_share: what was charged less the match that names the rate,
-- for the rest is charged to the award. expected_usd: rate × base to the cent, in decimal (a binary product takes half a cent up
-- or down by chance); difference_usd: what was charged less that. outside_usd: what was neither incurred nor posted (of a
-- correction: what it reverses) within the rate's period.
with dated as (
    select
        l.award_id, l.kind, l.amount_usd, l.rate_id,
        last_day(make_date(year(l.counted_on), 3 * quarter(l.counted_on), 1)) as quarter_end,
        coalesce(o.posted_on, l.posted_on) as posted_on,
        coalesce(case when o.entry_id is null then l.incurred_on else o.incurred_on end, o.posted_on, l.posted_on) as incurred_on
    from core.ledger as l
    left join core.ledger as o on l.reverses = o.entry_id
    where l.kind in ('indirect_base', 'indirect_charged')
        or (l.kind in ('match_cash', 'match_in_kind') and l.rate_id is not null)
),

moved as (
    select
        d.award_id, d.quarter_end, coalesce(d.rate_id, 'unassigned') as rate_id,
        sum(case when d.kind = 'indirect_base' then d.amount_usd else 0 end) as base,
        sum(case when d.kind = 'indirect_charged' then d.amount_usd else 0 end) as charged,
        sum(case when d.kind in ('match_cash', 'match_in_kind') then d.amount_usd else 0 end) as matched,
        sum(case
            when d.kind = 'indirect_charged' and (d.posted_on < r.rate_from or d.posted_on > r.rate_to)
                and (d.incurred_on < r.rate_from or d.incurred_on > r.rate_to) then d.amount_usd
            else 0
        end) as outside
    from dated as d
    left join core.indirect_rates as r on d.rate_id = r.rate_id and r.award_id in (d.award_id, 'unassigned')
    group by d.award_id, d.quarter_end, coalesce(d.rate_id, 'unassigned')
),

cumulated as (
    select
        q.award_id, q.period, q.period_end, m.rate_id,
        sum(m.base) as base, sum(m.charged) as charged, sum(m.matched) as matched,
        sum(m.outside) as outside
    from core.award_quarters as q
    inner join moved as m on q.award_id = m.award_id and m.quarter_end <= q.period_end
    group by q.award_id, q.period, q.period_end, m.rate_id
    -- a charge that was taken back names no rate any more, so that the form is not refused for want of it
    having sum(m.base) <> 0 or sum(m.charged) <> 0 or sum(m.matched) <> 0
),

rated as (
    select
        c.*, r.type, r.rate, r.rate_from, r.rate_to,
        cast(round(cast(c.base as decimal(38, 2)) * cast(r.rate as decimal(18, 15)), 2) as decimal(18, 2)) as expected_usd
    from cumulated as c
    left join core.indirect_rates as r on c.rate_id = r.rate_id and r.award_id in (c.award_id, 'unassigned')
        and not r.is_ambiguous
)

select
    award_id,
    period,
    period_end,
    rate_id,
    type,
    rate,
    rate_from as period_from,
    rate_to as period_to,
    cast(base as decimal(18, 2)) as base,
    cast(charged as decimal(18, 2)) as amount_charged,
    cast(charged - matched as decimal(18, 2)) as federal_share,
    expected_usd,
    cast(charged - expected_usd as decimal(18, 2)) as difference_usd,
    cast(case when rate is not null then outside end as decimal(18, 2)) as outside_usd
from rated
order by award_id, period_end, rate_id

-- metrics.sf425_checks: one row per award × federal quarter × rule that the SF-425 has to keep: whether it holds (null: it
-- does not apply), and whether the form is refused where it does not (blocks). found_usd and expected_usd: the two sides.
with wide as (
    select
        award_id, period, period_end,
        max(case when line = '10a' then amount_usd end) as a, max(case when line = '10b' then amount_usd end) as b,
        max(case when line = '10c' then amount_usd end) as c, max(case when line = '10d' then amount_usd end) as d,
        max(case when line = '10e' then amount_usd end) as e, max(case when line = '10f' then amount_usd end) as f,
        max(case when line = '10g' then amount_usd end) as g, max(case when line = '10h' then amount_usd end) as h,
        max(case when line = '10i' then amount_usd end) as i, max(case when line = '10j' then amount_usd end) as j,
        max(case when line = '10k' then amount_usd end) as k, max(case when line = '10l' then amount_usd end) as l,
        max(case when line = '10m' then amount_usd end) as m, max(case when line = '10n' then amount_usd end) as n,
        max(case when line = '10o' then amount_usd end) as o
    from metrics.sf425
    group by award_id, period, period_end
),

-- what corrections took off a line in a quarter that name an entry which is there
reversed as (
    select
        l.award_id, last_day(make_date(year(l.counted_on), 3 * quarter(l.counted_on), 1)) as period_end,
        case l.kind when 'receipt' then '10a' when 'disbursement' then '10b' when 'expenditure' then '10e'
            when 'match_cash' then '10j' when 'match_in_kind' then '10j' when 'program_income' then '10l'
            when 'program_income_spent' then case a.program_income_alternative when 'deduction' then '10m' else '10n' end
        end as line,
        sum(l.amount_usd) as amount_usd
    from core.ledger as l
    inner join core.ledger as o on l.reverses = o.entry_id
    left join core.award as a on l.award_id = a.award_id
    where l.amount_usd < 0
    group by 1, 2, 3
),

lines as (
    select
        s.award_id, s.period, s.period_end, s.line, s.amount_usd,
        lag(s.amount_usd) over (partition by s.award_id, s.line order by s.period_end) as before_usd
    from metrics.sf425 as s
    where s.line in ('10a', '10b', '10e', '10j', '10l', '10m', '10n')
),

said as (
    select period, award_id from core.narratives where report = 'sf425' and section = 'cash_on_hand'
),

charged as (
    select award_id, period, period_end, sum(case when type is null or rate is null then 1 else 0 end) as unrated,
        sum(amount_charged) as charged, sum(expected_usd) as expected, sum(case when difference_usd <> 0 then 1 else 0 end) as untied,
        sum(outside_usd) as outside, sum(case when outside_usd <> 0 then 1 else 0 end) as untimely
    from metrics.sf425_indirect
    group by award_id, period, period_end
),

rules as (
    select award_id, period, period_end, 'line_10c_ties' as rule, true as blocks, c = a - b as holds, c as found_usd, a - b as expected_usd
    from wide
    union all select award_id, period, period_end, 'line_10g_ties', true, g = e + f, g, e + f from wide
    union all select award_id, period, period_end, 'line_10h_ties', true, h = d - g, h, d - g from wide
    union all select award_id, period, period_end, 'line_10k_ties', true, k = i - j, k, i - j from wide
    union all select award_id, period, period_end, 'line_10o_ties', true, o = l - m - n, o, l - m - n from wide
    union all select award_id, period, period_end, 'spent_within_authorized', true, e + f <= d, e + f, d from wide
    union all select award_id, period, period_end, 'obligations_not_negative', true, f >= 0, f, 0 from wide
    union all select award_id, period, period_end, 'income_spent_within_earned', true, m + n <= l, m + n, l from wide
    union all select award_id, period, period_end, 'ledger_received', true, e is not null, e, null from wide
    union all select award_id, period, period_end, 'recipient_share_stated', true, i is not null, i, null from wide
    union all select award_id, period, period_end, 'program_income_use_stated', true, l is null or o is not null, o, null from wide
    union all
    select w.award_id, w.period, w.period_end, 'final_without_obligations', true,
        case when a."end" <= w.period_end then w.f = 0 end, w.f, 0
    from wide as w
    inner join core.award as a on w.award_id = a.award_id
    union all
    select w.award_id, w.period, w.period_end, 'cash_on_hand_explained', true,
        case when max(w.c) <> 0 then count(s.period) > 0 end, max(w.c), 0
    from wide as w
    left join said as s on s.period in (w.period, case when w.period like '%Q4' then left(w.period, 6) end) and coalesce(s.award_id, w.award_id) = w.award_id
    group by w.award_id, w.period, w.period_end
    union all
    select n.award_id, n.period, n.period_end, 'line_' || n.line || '_falls_by_named_corrections_only', true,
        case when n.amount_usd < n.before_usd then n.amount_usd - n.before_usd >= coalesce(r.amount_usd, 0) end,
        n.amount_usd, n.before_usd
    from lines as n
    left join reversed as r on n.award_id = r.award_id and n.period_end = r.period_end and n.line = r.line
    union all
    select award_id, period, period_end, 'allocations_sum_to_10e', true,
        case when line_10e_usd is not null then difference_usd = 0 end, line_10e_usd + difference_usd, line_10e_usd
    from metrics.cost_identity
    union all
    select q.award_id, q.period, q.period_end, 'indirect_rates_stated', true,
        count(r.rate_id) > 0 and coalesce(max(c.unrated), 0) = 0, null, null
    from wide as q
    left join core.indirect_rates as r on r.award_id in (q.award_id, 'unassigned') and r.rate is not null
        and not r.is_ambiguous
    left join charged as c on q.award_id = c.award_id and q.period_end = c.period_end
    group by q.award_id, q.period, q.period_end
    union all
    -- of each rate: what one has too much does not make up for what another has too little
    select award_id, period, period_end, 'indirect_is_rate_times_base', false, charged = expected and untied = 0, charged, expected
    from charged
    union all
    select award_id, period, period_end, 'indirect_charged_within_rate_period', false,
        case when outside is not null then untimely = 0 end, outside, 0
    from charged
    union all
    select w.award_id, w.period, w.period_end, 'boxes_stated', true,
        max(case when a.agency is null or a.number is null or a.recipient is null or a.ein is null or a.uei is null then 1
            else 0 end) = 0 and count(a.award_id) = 1, null, null
    from wide as w
    left join core.award as a on w.award_id = a.award_id
    group by w.award_id, w.period, w.period_end
)

select
    award_id, period, period_end, rule, blocks, holds,
    cast(found_usd as decimal(18, 2)) as found_usd, cast(expected_usd as decimal(18, 2)) as expected_usd
from rules
order by award_id, period_end, rule

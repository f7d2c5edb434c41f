-- rows.sf425: the ledger entries, and the recipient share that an award states, behind one line of the SF-425 (asked.figure), each
-- with the sign that the line gives it: since the award began, up to the end of the quarter of the period's last day.
with signs (line, kind, sign) as (
    values
        ('10a', 'receipt', 1), ('10b', 'disbursement', 1), ('10c', 'receipt', 1), ('10c', 'disbursement', -1),
        ('10d', 'authorized', 1), ('10e', 'expenditure', 1), ('10f', 'obligation', 1), ('10g', 'expenditure', 1),
        ('10g', 'obligation', 1), ('10h', 'authorized', 1), ('10h', 'expenditure', -1), ('10h', 'obligation', -1),
        ('10i', 'match_required', 1), ('10j', 'match_cash', 1), ('10j', 'match_in_kind', 1), ('10k', 'match_required', 1),
        ('10k', 'match_cash', -1), ('10k', 'match_in_kind', -1), ('10l', 'program_income', 1),
        ('10m', 'program_income_spent', 1), ('10n', 'program_income_spent', 1), ('10o', 'program_income', 1),
        ('10o', 'program_income_spent', -1)
),

told as (
    select right(f.metric, 3) as line, least(f.period_end, f.as_of) as last_on,
        case when f.state <> 'value' then f.reason end as missing
    from asked.figure as f
),

wanted as (
    select line, missing, last_day(make_date(year(last_on), 3 * quarter(last_on), 1)) as closes_on
    from told
)

select
    'ledger' as feed,
    l.entry_id as record_id,
    case
        when w.missing is not null then w.missing
        when s.kind = 'match_required' and a.match_required_usd is not null then 'the award itself states the share required'
        when w.line = '10m' and coalesce(a.program_income_alternative, '') <> 'deduction' then 'added to the award, not deducted'
        when w.line = '10n' and coalesce(a.program_income_alternative, '') <> 'addition' then 'deducted from the award, not added'
    end as left_out,
    l.award_id, l.posted_on, l.kind, l.reverses,
    cast(s.sign * l.amount_usd as decimal(18, 2)) as amount_usd
from published.ledger as l
cross join wanted as w
inner join signs as s on s.line = w.line and s.kind = l.kind
left join published.award as a on a.award_id = l.award_id
-- a line tells an award from the quarter in which it starts
where l.counted_on <= w.closes_on and l.award_id in (select s.award_id from published.sf425 as s where s.period_end = w.closes_on)
union all
select
    'award' as feed,
    a.award_id as record_id,
    w.missing as left_out,
    a.award_id, a.start as posted_on, 'match_required' as kind, cast(null as varchar) as reverses,
    a.match_required_usd as amount_usd
from published.award as a
cross join wanted as w
where w.line in ('10i', '10k') and a.match_required_usd is not null and a.start <= w.closes_on
order by feed, record_id

-- One row per award, federal quarter from its start to as_of, and line 10a … 10o of the SF-425. Every line is
-- cumulative, as the form asks; in the quarter of as_of it runs to as_of (is_complete is false).
-- To the cent: c = a - b, g = e + f, h = d - g, k = i - j, o = l - m - n. A line without its input is null, never
-- zero: i (and so k) where nobody states the recipient share required; m, n and o where program income was spent and
-- the award does not say under which alternative.
with lines as (
    select
        award_id,
        period,
        period_end,
        is_complete,
        has_ledger,
        received_usd as "10a",
        disbursed_usd as "10b",
        received_usd - disbursed_usd as "10c",
        authorized_usd as "10d",
        spent_usd as "10e",
        obligated_usd as "10f",
        spent_usd + obligated_usd as "10g",
        authorized_usd - spent_usd - obligated_usd as "10h",
        match_required_usd as "10i",
        matched_usd as "10j",
        match_required_usd - matched_usd as "10k",
        income_usd as "10l",
        case
            when income_spent_usd = 0 or program_income_alternative = 'deduction' then income_spent_usd
            when has_ledger and program_income_alternative = 'addition' then 0
        end as "10m",
        case
            when income_spent_usd = 0 or program_income_alternative = 'addition' then income_spent_usd
            when has_ledger and program_income_alternative = 'deduction' then 0
        end as "10n",
        case
            when income_spent_usd = 0 or program_income_alternative is not null then income_usd - income_spent_usd
        end as "10o"
    from core.award_quarters
),

titles (line, title) as (
    values
        ('10a', 'Cash receipts'),
        ('10b', 'Cash disbursements'),
        ('10c', 'Cash on hand'),
        ('10d', 'Total federal funds authorized'),
        ('10e', 'Federal share of expenditures'),
        ('10f', 'Federal share of unliquidated obligations'),
        ('10g', 'Total federal share'),
        ('10h', 'Unobligated balance of federal funds'),
        ('10i', 'Total recipient share required'),
        ('10j', 'Recipient share of expenditures'),
        ('10k', 'Remaining recipient share to be provided'),
        ('10l', 'Total federal program income earned'),
        ('10m', 'Program income expended, deduction alternative'),
        ('10n', 'Program income expended, addition alternative'),
        ('10o', 'Unexpended program income')
),

typed as (
    select
        l.award_id, l.period, l.period_end, l.is_complete, l.has_ledger, t.line, t.title,
        cast(case t.line
            when '10a' then l."10a" when '10b' then l."10b" when '10c' then l."10c" when '10d' then l."10d"
            when '10e' then l."10e" when '10f' then l."10f" when '10g' then l."10g" when '10h' then l."10h"
            when '10i' then l."10i" when '10j' then l."10j" when '10k' then l."10k" when '10l' then l."10l"
            when '10m' then l."10m" when '10n' then l."10n" when '10o' then l."10o"
        end as decimal(18, 2)) as amount_usd
    from lines as l
    cross join titles as t
)

select
    award_id,
    period,
    period_end,
    line,
    title,
    amount_usd,
    is_complete,
    case when amount_usd is null then 'not_reported' else 'value' end as state,
    case
        when amount_usd is not null then null
        when line in ('10i', '10k') and (has_ledger or line = '10i') then 'no recipient share required is stated'
        when not has_ledger then 'no ledger received'
        else 'the award does not say how program income is used'
    end as reason
from typed
order by award_id, period_end, line

-- metrics.award_outlook: one row per award × federal quarter: how fast the federal share is spent and where that leads. Burn:
-- what was spent in the last four quarters (all there are, where fewer), a month, which is 365.25 / 12 days; low and high:
-- the slowest and the fastest of these quarters; the one in which the award began has the days from its first. Projected: spent
-- to date, and the burn for the days that are left to the award's last day; the balance is what is authorized less that. A
-- straight line, and no promise: its ends are the quarters' own.
-- drawn_less_spent_usd: cash received (10a) less the federal share of expenditures (10e); below zero it is owed to the program.
-- Nothing is projected once the award has ended, for a quarter that is not over, or where no ledger was received.
with quarters as (
    select
        q.award_id, q.period, q.period_end, q.is_complete, q.received_usd, q.disbursed_usd, q.authorized_usd, q.spent_usd,
        q.obligated_usd, a."start" as starts_on, a."end" as ends_on,
        q.spent_usd - coalesce(lag(q.spent_usd) over (partition by q.award_id order by q.period_end), 0) as quarter_usd,
        date_diff('day', last_day(make_date(
            year(q.period_end) - case when month(q.period_end) = 3 then 1 else 0 end,
            case when month(q.period_end) = 3 then 12 else month(q.period_end) - 3 end, 1
        )), q.period_end) as quarter_days
    from core.award_quarters as q
    left join core.award as a on q.award_id = a.award_id
),

lived as (
    select
        *,
        case
            when date_diff('day', starts_on, period_end) + 1 < quarter_days then date_diff('day', starts_on, period_end) + 1
            else quarter_days
        end as days
    from quarters
),

burnt as (
    select
        *,
        sum(quarter_usd) over recent as recent_usd,
        sum(days) over recent as recent_days,
        min(cast(quarter_usd as double) / days) over recent as slowest,
        max(cast(quarter_usd as double) / days) over recent as fastest,
        greatest(date_diff('day', period_end, ends_on), 0) as days_left
    from lived
    window recent as (partition by award_id order by period_end rows between 3 preceding and current row)
),

told as (
    select
        *,
        cast(recent_usd as double) / recent_days as daily,
        is_complete and days_left > 0 and spent_usd is not null as is_projected
    from burnt
)

select
    award_id,
    period,
    period_end,
    is_complete,
    ends_on,
    days_left,
    cast(authorized_usd as decimal(18, 2)) as authorized_usd,
    cast(received_usd as decimal(18, 2)) as received_usd,
    cast(disbursed_usd as decimal(18, 2)) as disbursed_usd,
    cast(spent_usd as decimal(18, 2)) as spent_usd,
    cast(obligated_usd as decimal(18, 2)) as obligated_usd,
    cast(quarter_usd as decimal(18, 2)) as spent_quarter_usd,
    cast(received_usd - spent_usd as decimal(18, 2)) as drawn_less_spent_usd,
    cast(case when is_complete then round(daily * 365.25 / 12, 2) end as decimal(18, 2)) as burn_month_usd,
    cast(case when is_complete then round(slowest * 365.25 / 12, 2) end as decimal(18, 2)) as burn_low_usd,
    cast(case when is_complete then round(fastest * 365.25 / 12, 2) end as decimal(18, 2)) as burn_high_usd,
    cast(case when is_projected then spent_usd + cast(round(daily * days_left, 2) as decimal(18, 2)) end as decimal(18, 2))
        as projected_spent_usd,
    cast(case when is_projected
        then authorized_usd - spent_usd - cast(round(daily * days_left, 2) as decimal(18, 2)) end as decimal(18, 2))
        as projected_balance_usd,
    cast(case when is_projected
        then authorized_usd - spent_usd - cast(round(fastest * days_left, 2) as decimal(18, 2)) end as decimal(18, 2))
        as projected_low_usd,
    cast(case when is_projected
        then authorized_usd - spent_usd - cast(round(slowest * days_left, 2) as decimal(18, 2)) end as decimal(18, 2))
        as projected_high_usd
from told
order by award_id, period_end

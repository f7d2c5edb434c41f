-- One row per award and federal quarter: burn, drawdown and the projected balance.
select
    award_id,
    period,
    period_end,
    is_complete,
    ends_on,
    days_left,
    authorized_usd,
    received_usd,
    disbursed_usd,
    spent_usd,
    obligated_usd,
    spent_quarter_usd,
    drawn_less_spent_usd,
    burn_month_usd,
    burn_low_usd,
    burn_high_usd,
    projected_spent_usd,
    projected_balance_usd,
    projected_low_usd,
    projected_high_usd
from metrics.award_outlook
order by award_id, period_end

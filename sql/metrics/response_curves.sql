-- metrics.response_curves: one row per group whose curve is published (metrics.wait_counts.is_curve) × business hour in which a
-- first reply came: the Kaplan-Meier estimate of still waiting at the end of the hour, with its log-log 95% limits
-- (metrics.response_cuts). at_risk: still waiting when the hour began. Where the estimate is 0 there are no limits.
with hours as (
    select
        s.cell, ceil(s.hours) as t,
        cast(c.asked as double) as asked,
        count(*) + min(s.waiting_after) as at_risk,
        count(*) filter (where s.is_reply) as replies,
        cast(min(case when s.is_reply then s.waiting_after end) as double) as still_waiting,
        case when count(*) filter (where s.is_reply and s.next_cut is null) = 0
            then max(case when s.is_reply then s.next_cut end) end as next_cut
    from metrics.response_steps as s
    inner join metrics.wait_counts as c on c.cell = s.cell
    where c.is_curve
    group by s.cell, ceil(s.hours), c.asked
),

estimates as (
    select
        h.cell, h.t, h.at_risk, h.replies,
        h.still_waiting / h.asked * k.weight as estimate,
        case when h.still_waiting > 0 then sqrt(1 / h.still_waiting - 1 / h.asked - k.passed) end as spread
    from hours as h
    inner join metrics.response_cuts as k on k.cell = h.cell and k.hours is not distinct from h.next_cut
    where h.replies > 0
)

select
    cell,
    t,
    at_risk,
    replies,
    estimate,
    case when spread is not null then exp(ln(estimate) * exp(-1.959963984540054 * spread / ln(estimate))) end as ci_low,
    case when spread is not null then exp(ln(estimate) * exp(1.959963984540054 * spread / ln(estimate))) end as ci_high
from estimates

-- metrics.response_quantiles: one row per group (metrics.wait_counts.cell) with a reply: by how many business hours half, and
-- nine in ten, have their first reply: the first time at which the Kaplan-Meier estimate of still waiting has fallen to
-- 1 - q, with the times at which its log-log 95% limits (Greenwood's variance) have: Brookmeyer and Crowley (1982).
with replies as (
    select
        s.cell, s.hours,
        cast(s.waiting_after as double) as still_waiting,
        cast(c.asked as double) as asked,
        k.weight, k.passed
    from metrics.response_steps as s
    inner join metrics.wait_counts as c on c.cell = s.cell
    inner join metrics.response_cuts as k on k.cell = s.cell and k.hours is not distinct from s.next_cut
    where s.is_reply
),

estimates as (
    select
        cell, hours,
        still_waiting / asked * weight as estimate,
        case when still_waiting > 0 then -ln(still_waiting / asked * weight) end as hazard,
        case when still_waiting > 0 then sqrt(1 / still_waiting - 1 / asked - passed) end as spread
    from replies
),

-- where the estimate is 0 it has no limits
limits as (
    select cell, hours, estimate, hazard, exp(1.959963984540054 * spread / hazard) as factor from estimates
)

-- a product of shares may miss an exact half by its last bit
select
    cell,
    min(hours) filter (where estimate <= 0.5 + 1e-12) as median,
    min(hours) filter (where hazard * factor >= ln(2) - 1e-12) as median_low,
    min(hours) filter (where hazard / factor >= ln(2) - 1e-12) as median_high,
    min(hours) filter (where estimate <= 0.1 + 1e-12) as p90,
    min(hours) filter (where hazard * factor >= ln(10) - 1e-12) as p90_low,
    min(hours) filter (where hazard / factor >= ln(10) - 1e-12) as p90_high
from limits
group by cell

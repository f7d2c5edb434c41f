-- metrics.response_cuts: one row per group (metrics.wait_counts.cell) × time at which a wait ended without a reply, and one,
-- with null for the time, after the last of them.
-- The Kaplan-Meier estimate of still waiting, as Efron (1967) has it: each such end hands its share on to those who wait
-- longer, so that before the next one every request still waiting counts for `weight` of one, and the estimate is weight ×
-- still waiting / asked. Greenwood's sum over replies is 1 / still waiting - 1 / asked less `passed`, what those ends took away.
with cuts as (
    select cell, hours, cast(max(waiting_after) as double) as waiting_after, count(*) as ended
    from metrics.response_steps
    where not is_reply
    group by cell, hours
    union all
    select cell, cast(null as double) as hours, cast(null as double) as waiting_after, cast(null as bigint) as ended
    from metrics.wait_counts
)

select
    cell,
    hours,
    exp(coalesce(cast(sum(cast(
        case when waiting_after > 0 then ln((waiting_after + ended) / waiting_after) end as decimal(38, 18)
    )) over earlier as double), 0)) as weight,
    coalesce(cast(sum(cast(
        case when waiting_after > 0 then 1 / waiting_after - 1 / (waiting_after + ended) end as decimal(38, 18)
    )) over earlier as double), 0) as passed
from cuts
window earlier as (
    partition by cell order by hours nulls last rows between unbounded preceding and 1 preceding
)

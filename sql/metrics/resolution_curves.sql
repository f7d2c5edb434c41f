-- metrics.resolution_curves: one row per group whose curve is published (metrics.wait_counts.is_curve) × cause × business hour
-- in which that cause ended a request, up to 40 business days: Aalen-Johansen cumulative incidence at the end of the hour,
-- and its variance as in metrics.resolution_sums.
-- at_risk: open when the hour began. events: requests of the group that the cause ended in the hour.
with causes as (
    select * from (values ('resolved'), ('closed_unanswered'), ('withdrawn'), ('merged')) as c (cause)
),

steps as (
    select
        s.cell, c.cause, s.t, s.at_risk, s.ended, s.still_open,
        case c.cause when 'resolved' then s.resolved when 'closed_unanswered' then s.closed_unanswered
            when 'withdrawn' then s.withdrawn else s.merged end as events
    from metrics.resolution_steps as s
    inner join metrics.wait_counts as k on k.cell = s.cell and k.is_curve
    cross join causes as c
),

followed as (
    select
        cell, cause, t, at_risk, events, still_open,
        cast(sum(cast(still_open * events / at_risk as decimal(38, 18))) over earlier as double) as incidence,
        case when at_risk > ended then ended / at_risk / (at_risk - ended) else 0 end as hazard_part,
        still_open * events / at_risk / at_risk as mixed_part
    from steps
    window earlier as (partition by cell, cause order by t rows between unbounded preceding and current row)
),

sums as (
    select
        cell, cause, t, at_risk, events, incidence,
        cast(sum(cast(hazard_part as decimal(38, 18))) over earlier as double) as a,
        cast(sum(cast(hazard_part * incidence as decimal(38, 18))) over earlier as double) as af,
        cast(sum(cast(hazard_part * incidence * incidence as decimal(38, 18))) over earlier as double) as aff,
        cast(sum(cast(still_open * mixed_part * (at_risk - events) / at_risk as decimal(38, 18))) over earlier as double) as b,
        cast(sum(cast(mixed_part as decimal(38, 18))) over earlier as double) as m,
        cast(sum(cast(mixed_part * incidence as decimal(38, 18))) over earlier as double) as mf
    from followed
    window earlier as (partition by cell, cause order by t rows between unbounded preceding and current row)
)

select
    cell,
    cause,
    ceil(t) as t,
    max(at_risk) as at_risk,
    cast(sum(events) as bigint) as events,
    least(1, max(incidence)) as incidence,
    greatest(0, max_by(incidence * incidence * a - 2 * incidence * af + aff + b - 2 * incidence * m + 2 * mf, t)) as variance
from sums
group by cell, cause, ceil(t)
having sum(events) > 0

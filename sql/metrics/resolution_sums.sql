-- metrics.resolution_sums: one row per group (metrics.wait_counts.cell) followed step by step × number of business days (5, 10, 20) within which a
-- request of the group was cut off by as_of: the Aalen-Johansen cumulative incidence of a substantive resolution
-- (competing: closed without an answer, withdrawn, merged) and its variance.
-- The variance is that of Dinse and Larson (1986, equation 6), which Gaynor, Collett and lifelines' AalenJohansenFitter
-- use: the sum over the steps up to t of (F - F_i)^2 d / (n (n - d)) + S^2 d1 (n - d1) / n^3 - 2 (F - F_i) S d1 / n^2, with
-- F_i the incidence after the step, d ends of any cause and d1 resolutions among n at risk, S still open before it.
with followed as (
    select
        cell, t, still_open, at_risk, resolved,
        cast(sum(cast(still_open * resolved / at_risk as decimal(38, 18))) over (
            partition by cell order by t rows between unbounded preceding and current row
        ) as double) as incidence,
        case when at_risk > ended then ended / at_risk / (at_risk - ended) else 0 end as hazard_part,
        still_open * resolved / at_risk / at_risk as mixed_part
    from metrics.resolution_steps
),

horizons as (
    select * from (values (5, 40), (10, 80), (20, 160)) as h (days, hours)
),

sums as (
    select
        f.cell, h.days,
        least(1, max(f.incidence)) as incidence,
        cast(sum(cast(f.hazard_part as decimal(38, 18))) as double) as a,
        cast(sum(cast(f.hazard_part * f.incidence as decimal(38, 18))) as double) as af,
        cast(sum(cast(f.hazard_part * f.incidence * f.incidence as decimal(38, 18))) as double) as aff,
        cast(sum(cast(f.still_open * f.mixed_part * (f.at_risk - f.resolved) / f.at_risk as decimal(38, 18))) as double) as b,
        cast(sum(cast(f.mixed_part as decimal(38, 18))) as double) as m,
        cast(sum(cast(f.mixed_part * f.incidence as decimal(38, 18))) as double) as mf
    from followed as f
    inner join horizons as h on f.t <= h.hours
    group by f.cell, h.days
)

select
    cell,
    cast(days as integer) as days,
    incidence,
    greatest(0, incidence * incidence * a - 2 * incidence * af + aff + b - 2 * incidence * m + 2 * mf) as variance
from sums

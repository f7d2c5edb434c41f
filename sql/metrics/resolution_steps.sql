-- metrics.resolution_steps: one row per group (resolution_cells.cell) × step in business hours, up to 40 business days: how
-- many were open when it began (at_risk), how each cause ended them in it, and how many were cut off by as_of at its end.
-- still_open: Kaplan-Meier estimate of not having ended by any cause before the step. A step ends at each instant that cut
-- a request of the group off, and at every whole hour: between two such instants nobody leaves without an end, so that the
-- product over single ends is the same as one step over all of them, exactly. At equal times ends come before cuts.
with times as (
    select
        c.cell,
        case when c.is_cut then s.hours else ceil(s.hours) end as hours,
        count(*) filter (where s.cause = 'resolved') as resolved,
        count(*) filter (where s.cause = 'closed_unanswered') as closed_unanswered,
        count(*) filter (where s.cause = 'withdrawn') as withdrawn,
        count(*) filter (where s.cause = 'merged') as merged,
        count(*) filter (where s.cause = 'open') as cut
    from metrics.resolution_spells as s
    inner join metrics.resolution_cells as c
        on c.of_city = coalesce(s.city_id, '') and c.of_topic = s.topic and c.part = s.part
    where s.hours <= 320
    group by c.cell, case when c.is_cut then s.hours else ceil(s.hours) end
),

timed as (
    select
        *,
        coalesce(min(case when cut > 0 then hours end) over (
            partition by cell, ceil(hours) order by hours rows between current row and unbounded following
        ), ceil(hours)) as t
    from times
),

steps as (
    select
        cell, t, sum(resolved) as resolved, sum(closed_unanswered) as closed_unanswered, sum(withdrawn) as withdrawn,
        sum(merged) as merged, sum(cut) as cut,
        sum(resolved + closed_unanswered + withdrawn + merged) as ended
    from timed
    group by cell, t
),

risks as (
    select
        s.*,
        a.asked - coalesce(sum(s.ended + s.cut) over (
            partition by s.cell order by s.t rows between unbounded preceding and 1 preceding
        ), 0) as at_risk
    from steps as s
    inner join (select distinct cell, asked from metrics.resolution_cells) as a on a.cell = s.cell
)

select
    cell,
    t,
    cast(at_risk as double) as at_risk,
    cast(ended as bigint) as ended,
    cast(resolved as bigint) as resolved,
    cast(closed_unanswered as bigint) as closed_unanswered,
    cast(withdrawn as bigint) as withdrawn,
    cast(merged as bigint) as merged,
    cast(cut as bigint) as cut,
    -- nobody is left after a step in which all ended, so that its logarithm is never asked for
    exp(coalesce(sum(case when at_risk > ended then ln((at_risk - ended) / at_risk) end) over (
        partition by cell order by t rows between unbounded preceding and 1 preceding
    ), 0)) as still_open
from risks

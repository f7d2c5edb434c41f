-- metrics.resolution_steps: one row per group (metrics.wait_counts.cell) that is followed step by step × step in business hours, up
-- to 40 business days: how many were open when it began (at_risk), how each cause ended them in it, and how many were cut
-- off by as_of at its end. Followed are the groups with a request cut off within 20 business days, and those whose curve is
-- published.
-- still_open: Kaplan-Meier estimate of not having ended by any cause before the step. A step ends at each instant that cut
-- a request of the group off, and at every whole hour: between two such instants nobody leaves without an end, so that the
-- product over single ends is the same as one step over all of them, exactly. At equal times ends come before cuts.

-- stop: the next instant within the hour that cut any request off; an end at that very instant comes before it
with spans as (
    select
        pile, ceil(open_hours) as hour, cause,
        coalesce(last_value(case when cause = 'open' then open_hours end ignore nulls) over (
            partition by ceil(open_hours) order by open_hours desc, cause = 'open' desc
            rows between unbounded preceding and current row
        ), ceil(open_hours)) as stop
    from core.request_waits
    where open_hours <= 320
),

followed as (
    select cell, asked from metrics.wait_counts where open_20 > 0 or is_curve
),

members as (
    select m.cell, m.pile
    from metrics.wait_members as m
    inner join followed as f on f.cell = m.cell
),

-- the hours of a group in which a request of it was cut off: only there it matters when in the hour the others ended
cut_hours as (
    select distinct m.cell, s.hour
    from spans as s
    inner join members as m on m.pile = s.pile
    where s.cause = 'open'
),

times as (
    select
        m.cell, s.hour,
        case when k.cell is not null then s.stop else s.hour end as stop,
        count(*) filter (where s.cause = 'resolved') as resolved,
        count(*) filter (where s.cause = 'closed_unanswered') as closed_unanswered,
        count(*) filter (where s.cause = 'withdrawn') as withdrawn,
        count(*) filter (where s.cause = 'merged') as merged,
        count(*) filter (where s.cause = 'open') as cut
    from spans as s
    inner join members as m on m.pile = s.pile
    left join cut_hours as k on k.cell = m.cell and k.hour = s.hour
    group by m.cell, s.hour, case when k.cell is not null then s.stop else s.hour end
),

timed as (
    select
        *,
        coalesce(min(case when cut > 0 then stop end) over (
            partition by cell, hour order by stop rows between current row and unbounded following
        ), hour) as t
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
        f.asked - coalesce(sum(cast(s.ended + s.cut as double)) over (
            partition by s.cell order by s.t rows between unbounded preceding and 1 preceding
        ), 0) as at_risk
    from steps as s
    inner join followed as f on f.cell = s.cell
)

select
    cell,
    t,
    at_risk,
    cast(ended as bigint) as ended,
    cast(resolved as bigint) as resolved,
    cast(closed_unanswered as bigint) as closed_unanswered,
    cast(withdrawn as bigint) as withdrawn,
    cast(merged as bigint) as merged,
    cast(cut as bigint) as cut,
    -- nobody is left after a step in which all ended, so that its logarithm is never asked for; decimals add up the same in any
    -- order
    exp(coalesce(cast(sum(
        cast(case when at_risk > ended then ln((at_risk - ended) / at_risk) end as decimal(38, 18))
    ) over (
        partition by cell order by t rows between unbounded preceding and 1 preceding
    ) as double), 0)) as still_open
from risks

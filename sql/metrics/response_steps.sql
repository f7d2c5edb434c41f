-- metrics.response_steps: one row per group (metrics.wait_counts.cell) × request of it: how many of the group waited longer
-- (waiting_after); at equal times replies come before every other end, and each other.
-- next_cut: the first wait from it on that ended without a reply (metrics.response_cuts); null after the last.
with waits as (
    select pile, hours, outcome = 'replied' as is_reply from core.request_waits
)

select
    m.cell,
    w.hours,
    w.is_reply,
    cast(rank() over later - 1 as integer) as waiting_after,
    last_value(case when not w.is_reply then w.hours end ignore nulls) over later as next_cut
from waits as w
inner join metrics.wait_members as m on m.pile = w.pile
window later as (
    partition by m.cell order by w.hours desc, w.is_reply rows between unbounded preceding and current row
)

-- One row per federal quarter of application: how far the applications have come by as_of.
select
    cohort,
    period_start,
    period_end,
    applied,
    approved,
    started,
    completed,
    withdrawn,
    waiting,
    stopped
from metrics.application_funnel
order by cohort

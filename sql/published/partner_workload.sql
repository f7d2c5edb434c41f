-- One row per partner: what it has on its desk and leads on as_of, and how much of it is late.
select
    partner,
    requests,
    open_requests,
    overdue_requests,
    on_time_requests,
    due_requests,
    engagements,
    open_engagements,
    overdue_engagements,
    late_milestones,
    milestones_ahead
from metrics.partner_workload
order by partner

-- One row per milestone. baseline_due is frozen at approval; done_on after as_of is null, since it is not yet seen.
select
    m.milestone_id,
    m.engagement_id,
    m.title,
    m.baseline_due,
    m.due,
    case when m.done_on <= p.as_of then m.done_on end as done_on,
    m.known_at
from staging.milestones as m
cross join reference.params as p
order by m.milestone_id

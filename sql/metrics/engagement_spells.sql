-- metrics.engagement_spells: one row per metric × engagement × day × length: how many milestones (or applications) took this
-- many days, and how many of them are over. A record counts in the period of its day.
-- milestone_slip_days: from the frozen baseline, due by as_of, to the day it was done (negative where early); still counting
-- where it is not done. days_applied_to_approved: from application to approval; still counting while neither approved nor
-- completed. One that was withdrawn or declined without a day is left out: nobody knows how long it waited.
with spells as (
    select
        'milestone_slip_days' as metric, m.engagement_id, m.baseline_due as day,
        date_diff('day', m.baseline_due, coalesce(m.done_on, p.as_of)) as days,
        m.done_on is not null as is_over
    from core.milestones as m
    inner join reference.params as p on m.baseline_due <= p.as_of
    union all
    select
        'days_applied_to_approved' as metric, e.engagement_id, e.applied_on as day,
        date_diff('day', e.applied_on, coalesce(e.approved_on, p.as_of)) as days,
        e.approved_on is not null as is_over
    from core.engagements as e
    cross join reference.params as p
    inner join metrics.application_stages as s on e.engagement_id = s.engagement_id
    where e.applied_on is not null and (e.approved_on is not null or s.is_waiting)
)

select
    metric, engagement_id, day, days,
    count(*) as records,
    count(case when is_over then 1 end) as ends
from spells
group by metric, engagement_id, day, days

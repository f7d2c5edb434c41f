-- metrics.reach_desk: one row per city (null for callers without one) × topic × part of time (core.day_parts) in which the desk
-- was asked: canonical requests, those closed without an answer (unmet), and the day of the last.
select
    r.part,
    r.city_id,
    r.topic,
    count(*) as asked,
    count(*) filter (
        where r.disposition in ('no_answer', 'referred', 'out_of_scope')
            and r.ended_at is not null and r.ended_at is distinct from r.withdrawn_at
    ) as unmet,
    max(r.submitted_on) as last_on
from core.requests as r
where r.is_canonical and r.submitted_on is not null
group by r.part, r.city_id, r.topic

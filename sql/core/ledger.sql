-- One row per ledger entry posted up to as_of. It counts on counted_on: the day it was posted, or, where it was first known
-- after the SF-425 of that quarter was locked, the first day of the quarter that was open then; it is then a correction of a
-- prior period, and where that day is after as_of no sum has it yet. quarter is the federal one of counted_on: October to
-- December is Q1 of the next year. An entry that names no award belongs to the only award there is; with several it is `unassigned`, and
-- still counted.
with awards as (
    select count(*) as awards, min(award_id) as award_id
    from staging.award
)

select
    l.entry_id,
    coalesce(l.award_id, case when a.awards = 1 then a.award_id end, 'unassigned') as award_id,
    l.posted_on,
    l.incurred_on,
    l.kind,
    l.amount_usd,
    l.rate_id,
    l.engagement_id,
    l.service,
    l.category,
    l.partner,
    l.reverses,
    l.known_at,
    l.counted_on,
    l.counted_on > l.posted_on as is_prior_period,
    l.edited_after_lock,
    'FY' || cast(year(l.counted_on) + case when month(l.counted_on) >= 10 then 1 else 0 end as varchar)
    || 'Q' || cast(case when month(l.counted_on) >= 10 then 1 else quarter(l.counted_on) + 1 end as varchar) as quarter
from staging.ledger as l
cross join awards as a
cross join reference.params as p
where l.posted_on <= p.as_of
order by l.entry_id

-- One row per indirect rate. A rate that names no award belongs to the only award there is; with several it is
-- `unassigned`. Rates agreed for days after as_of are kept: they are plans, and no quarter reaches them.
with awards as (
    select count(*) as awards, min(award_id) as award_id
    from staging.award
)

select
    r.rate_id,
    coalesce(r.award_id, case when a.awards = 1 then a.award_id end, 'unassigned') as award_id,
    r.type,
    r.rate,
    r.rate_from,
    r.rate_to,
    r.is_ambiguous,
    r.known_at
from staging.indirect_rates as r
cross join awards as a
order by r.rate_id

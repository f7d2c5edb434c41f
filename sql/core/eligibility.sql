-- One row per city and interval of eligibility. eligible_to is the last eligible day, null while it lasts.
-- Intervals that start after as_of are kept: they are plans, and no period reaches them.
select
    city_id,
    eligible_from,
    eligible_to,
    wave,
    reason,
    known_at
from staging.eligibility
order by city_id, eligible_from

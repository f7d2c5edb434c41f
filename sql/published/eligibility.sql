-- One row per city and interval of eligibility; eligible_to is the last eligible day, null while it lasts.
select
    city_id,
    eligible_from,
    eligible_to,
    wave,
    reason
from core.eligibility
order by city_id, eligible_from

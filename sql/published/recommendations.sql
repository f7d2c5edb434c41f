-- One row per recommendation made up to as_of; an adoption after it is not yet seen.
select
    recommendation_id,
    engagement_id,
    made_on,
    adopted_on,
    known_at
from core.recommendations
order by recommendation_id

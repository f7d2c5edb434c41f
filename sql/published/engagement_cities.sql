-- One row per engagement and city it serves.
select
    engagement_id,
    city_id,
    share
from core.engagement_cities
order by engagement_id, city_id

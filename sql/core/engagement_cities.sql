-- One row per engagement and city it serves. An engagement may serve several; it counts once in each.
select
    engagement_id,
    city_id,
    share,
    known_at
from staging.engagement_cities
order by engagement_id, city_id

-- One row per engagement and figure that it counts in: the network, its topic, each city that it serves, and itself.
select
    engagement_id,
    grain,
    city_id,
    topic,
    shown_id
from metrics.engagement_scopes
order by engagement_id, grain, city_id

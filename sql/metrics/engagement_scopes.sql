-- metrics.engagement_scopes: one row per engagement × figure that it counts in: the network, its topic, each city that it
-- serves, and itself. An engagement that only milestones or recommendations name is unclassified.
with known as (
    select engagement_id, topic from core.engagements
    union all
    select n.engagement_id, 'unclassified' as topic
    from (
        select engagement_id from core.milestones
        union
        select engagement_id from core.recommendations
    ) as n
    where n.engagement_id not in (select engagement_id from core.engagements)
)

select
    engagement_id, 'network' as grain, cast(null as varchar) as city_id, cast(null as varchar) as topic,
    cast(null as varchar) as shown_id
from known
union all
select engagement_id, 'topic' as grain, cast(null as varchar) as city_id, topic, cast(null as varchar) as shown_id
from known
union all
select engagement_id, 'city' as grain, city_id, cast(null as varchar) as topic, cast(null as varchar) as shown_id
from core.engagement_cities
union all
select
    engagement_id, 'engagement' as grain, cast(null as varchar) as city_id, cast(null as varchar) as topic,
    engagement_id as shown_id
from known

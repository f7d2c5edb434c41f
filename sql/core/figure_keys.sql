-- core.figure_keys: one row per network, topic and city for which the desk's figures are dense (zero is said, not left out).
-- A city counts once it is eligible, has asked, or has an engagement.
with cities as (
    select city_id from core.eligibility
    union
    select city_id from core.requests
    union
    select city_id from core.engagement_cities
)

select 'network' as grain, cast(null as varchar) as city_id, cast(null as varchar) as topic
union all
select 'topic' as grain, cast(null as varchar) as city_id, topic from reference.topics
union all
select 'city' as grain, city_id, cast(null as varchar) as topic from cities where city_id is not null
order by grain, city_id, topic

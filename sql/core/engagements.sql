-- One row per engagement. Days after as_of are null, since they are not yet seen; ends_on is a plan and stays.
with served as (
    select engagement_id, count(*) as cities
    from staging.engagement_cities
    group by engagement_id
)

select
    e.engagement_id,
    e.title,
    e.topic,
    e.intensity,
    e.status,
    case when e.applied_on <= p.as_of then e.applied_on end as applied_on,
    case when e.approved_on <= p.as_of then e.approved_on end as approved_on,
    e.starts_on,
    e.ends_on,
    case when e.completed_on <= p.as_of then e.completed_on end as completed_on,
    e.lead_partner,
    e.planned_cost_usd,
    coalesce(s.cities, 0) as cities,
    e.known_at
from staging.engagements as e
cross join reference.params as p
left join served as s on e.engagement_id = s.engagement_id
order by e.engagement_id

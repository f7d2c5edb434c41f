-- One row per recommendation made up to as_of. An adoption after as_of is null, since it is not yet seen.
select
    r.recommendation_id,
    r.engagement_id,
    r.made_on,
    case when r.adopted_on <= p.as_of then r.adopted_on end as adopted_on,
    r.known_at
from staging.recommendations as r
cross join reference.params as p
where r.made_on <= p.as_of
order by r.recommendation_id

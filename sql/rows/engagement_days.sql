-- rows.engagement_days: the milestones that were due, or the applications made, in the period of one figure (asked.figure), with
-- the days (as hours, so that one method serves every wait) until they were done or approved, or until the as-of date.
with known as (
    select engagement_id, topic from published.engagements
    union all
    select n.engagement_id, 'unclassified' as topic
    from (
        select engagement_id from published.milestones
        union
        select engagement_id from published.recommendations
    ) as n
    where n.engagement_id not in (select engagement_id from published.engagements)
),

scoped as (
    select k.engagement_id, k.topic
    from known as k
    cross join asked.figure as f
    where (f.topic is null or k.topic = f.topic) and (f.engagement_id is null or k.engagement_id = f.engagement_id)
        and (f.city_id is null or k.engagement_id in (
            select c.engagement_id from published.engagement_cities as c where c.city_id = f.city_id
        ))
),

spells as (
    select 'milestone_slip_days' as metric, 'milestones' as feed, milestone_id as record_id, engagement_id,
        baseline_due as began_on, done_on as ended_on, cast(null as varchar) as standing
    from published.milestones
    union all
    select 'days_applied_to_approved' as metric, 'engagements' as feed, engagement_id as record_id, engagement_id,
        applied_on as began_on, approved_on as ended_on, standing
    from published.engagements
    where applied_on is not null
)

select
    r.feed, r.record_id,
    case
        when r.began_on > f.as_of then 'not due by the as-of date'
        when r.standing = 'later' then 'applied for after the as-of date'
        when r.ended_on is null and r.standing not in ('waiting', 'not told') then 'no day of approval: ' || r.standing
    end as left_out,
    r.engagement_id, s.topic, r.began_on, r.ended_on,
    cast(date_diff('day', r.began_on, coalesce(r.ended_on, f.as_of)) as double) as hours,
    case when r.ended_on is null then 'censored' else 'event' end as outcome
from spells as r
inner join asked.figure as f on f.metric = r.metric
inner join scoped as s on s.engagement_id = r.engagement_id
where r.began_on <= f.period_end and (r.began_on >= f.period_start or f.period_type = 'to_date')
order by r.feed, r.record_id

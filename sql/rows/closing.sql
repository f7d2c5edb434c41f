-- rows.closing: the first resolutions, or the closings, behind one figure of reopened_pct, first_contact_pct or
-- closed_unanswered_pct (asked.figure), and the resolutions in its period that it leaves out, each with the first reason why.
with reopenings as (
    select r.request_id, min(e.at) as again_at
    from published.request_events as e
    inner join published.requests as r on r.request_id = e.request_id
    where e.event = 'reopened' and e.at >= r.resolved_at
    group by r.request_id
),

resolutions as (
    select
        r.request_id, r.city_id, r.topic, r.resolved_at, r.replies, r.is_test, r.is_spam, r.is_canonical, o.again_at, f.metric,
        r.resolved_at + interval 30 days <= f.as_of_at as is_watched,
        coalesce(o.again_at <= r.resolved_at + interval 30 days, false) as is_reopened
    from published.requests as r
    cross join asked.figure as f
    left join reopenings as o on o.request_id = r.request_id
    where f.metric <> 'closed_unanswered_pct' and r.resolved_at >= f.starts_at and r.resolved_at < f.ends_at
        and (f.city_id is null or r.city_id = f.city_id) and (f.topic is null or r.topic = f.topic)
)

select
    'requests' as feed,
    request_id as record_id,
    case
        when is_test then 'a test'
        when is_spam then 'spam'
        when not is_canonical then 'merged into another request, or its duplicate'
        when not is_watched then 'the 30 days after it have not passed'
        when metric = 'first_contact_pct' and replies is null then 'its replies are not recorded'
    end as left_out,
    city_id, topic, resolved_at as closed_at, again_at as reopened_at, replies,
    case when metric = 'reopened_pct' and is_reopened or metric = 'first_contact_pct' and replies = 1 and not is_reopened then 1
        else 0 end as numerator,
    1 as denominator
from resolutions
union all
select
    'request_events' as feed,
    e.request_id as record_id,
    case when e.event in ('withdrawn', 'merged') then 'not closed by the desk, but ' || e.event end as left_out,
    e.city_id, e.topic, e.at as closed_at, cast(null as timestamp) as reopened_at, cast(null as bigint) as replies,
    case when e.event = 'closed_unanswered' then 1 else 0 end as numerator,
    1 as denominator
from published.request_events as e
cross join asked.figure as f
where f.metric = 'closed_unanswered_pct' and e.event in ('resolved', 'closed_unanswered', 'withdrawn', 'merged')
    and e.event_on between f.period_start and f.period_end
    and (f.city_id is null or e.city_id = f.city_id) and (f.topic is null or e.topic = f.topic)
order by feed, record_id, closed_at

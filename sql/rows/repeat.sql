-- rows.repeat: the cities that first asked in the period (return_180d_pct), or the first resolutions in it that another request
-- of the same city and topic may follow (repeat_contact_pct), of one figure (asked.figure).
with days as (
    select
        city_id, submitted_on, min(submitted_at) as first_at,
        row_number() over (partition by city_id order by submitted_on) as nth
    from published.requests
    where is_canonical and city_id is not null
    group by city_id, submitted_on
),

firsts as (
    select f.city_id, f.submitted_on as first_on, n.submitted_on as again_on, min_by(r.topic, r.request_id) as topic
    from days as f
    inner join published.requests as r on r.city_id = f.city_id and r.submitted_at = f.first_at and r.is_canonical
    left join days as n on n.city_id = f.city_id and n.nth = 2
    where f.nth = 1
    group by f.city_id, f.submitted_on, n.submitted_on
),

resolutions as (
    select
        r.request_id, r.city_id, r.topic, r.resolved_at, r.is_test, r.is_spam, r.is_canonical,
        r.resolved_at + interval 14 days <= f.as_of_at as is_watched,
        (
            select count(*)
            from published.requests as n
            where n.city_id = r.city_id and n.topic = r.topic and not n.is_test and not n.is_spam
                and n.submitted_at > r.resolved_at and n.submitted_at <= r.resolved_at + interval 14 days
        ) as followers
    from published.requests as r
    cross join asked.figure as f
    where f.metric = 'repeat_contact_pct' and r.city_id is not null and r.resolved_at >= f.starts_at and r.resolved_at < f.ends_at
        and (f.city_id is null or r.city_id = f.city_id) and (f.topic is null or r.topic = f.topic)
)

select
    'requests' as feed, a.city_id as record_id, cast(null as varchar) as left_out, a.city_id, a.topic,
    a.first_on as began_on, a.again_on as followed_on,
    cast(date_diff('day', a.first_on, coalesce(a.again_on, f.as_of)) as double) as hours,
    case when a.again_on is null then 'censored' else 'event' end as outcome,
    cast(null as bigint) as numerator, cast(null as bigint) as denominator
from firsts as a
cross join asked.figure as f
where f.metric = 'return_180d_pct' and a.first_on between f.period_start and f.period_end
    and (f.topic is null or a.topic = f.topic)
union all
select
    'requests' as feed, request_id as record_id,
    case
        when is_test then 'a test'
        when is_spam then 'spam'
        when not is_canonical then 'merged into another request, or its duplicate'
        when not is_watched then 'the 14 days after it have not passed'
    end as left_out,
    city_id, topic, cast(resolved_at as date) as began_on, cast(null as date) as followed_on, cast(null as double) as hours,
    cast(null as varchar) as outcome, case when followers > 0 then 1 else 0 end as numerator, 1 as denominator
from resolutions
order by record_id

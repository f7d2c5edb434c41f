-- rows.on_time: the requests behind one figure of on_time_pct, on_time_calendar_pct or never_answered_pct (asked.figure), and
-- those of its city, topic and period that it leaves out, each with the first reason why.
with scoped as (
    select
        r.request_id, r.city_id, r.topic, r.channel, r.partner, r.submitted_at, r.first_response_at, r.withdrawn_at,
        r.is_test, r.is_spam, r.is_canonical,
        case when f.metric = 'on_time_calendar_pct' then r.due_calendar_at else r.due_at end as due_at,
        f.metric, f.starts_at, f.ends_at, f.as_of_at
    from published.requests as r
    cross join asked.figure as f
    left join published.city_groups as g on g.city_id = r.city_id
    where (f.city_id is null or r.city_id = f.city_id)
        and (f.topic is null or r.topic = f.topic)
        and (
            f.dimension is null
            or f.dimension_value = case f.dimension when 'channel' then coalesce(r.channel, 'not_known')
                when 'partner' then coalesce(r.partner, 'not_known') when 'size_quartile' then g.size_quartile
                when 'poverty_quartile' then g.poverty_quartile end
        )
)

select
    'requests' as feed,
    request_id as record_id,
    case
        when is_test then 'a test'
        when is_spam then 'spam'
        when not is_canonical then 'merged into another request, or its duplicate'
        when withdrawn_at <= least(due_at, first_response_at) then 'withdrawn before it was due or answered'
        when due_at >= as_of_at then 'not due by the as-of date'
    end as left_out,
    city_id,
    topic,
    channel,
    partner,
    submitted_at,
    due_at,
    first_response_at,
    withdrawn_at,
    case when metric = 'never_answered_pct' then case when first_response_at is null then 1 else 0 end
        when first_response_at <= due_at then 1 else 0 end as numerator,
    1 as denominator
from scoped
where due_at >= starts_at and due_at < ends_at
order by request_id

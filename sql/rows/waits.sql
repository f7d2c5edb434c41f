-- rows.waits: the requests asked in the period of one figure of waiting (asked.figure), with the business hours until the first
-- reply, or until the first closing, and whether that is the event, competes with it, or was cut off; tests and spam are left out.
with scoped as (
    select
        r.request_id, r.city_id, r.topic, r.submitted_at, r.is_test, r.is_spam, f.metric in (
            'response_hours_median', 'response_hours_p90', 'response_competing_pct'
        ) as is_reply
    from published.requests as r
    cross join asked.figure as f
    left join published.city_groups as g on g.city_id = r.city_id
    where r.submitted_on between f.period_start and f.period_end
        and (f.city_id is null or r.city_id = f.city_id) and (f.topic is null or r.topic = f.topic)
        and (f.dimension is null or f.dimension_value = case f.dimension when 'size_quartile' then g.size_quartile
            when 'poverty_quartile' then g.poverty_quartile end)
),

ended as (
    select
        s.request_id, s.city_id, s.topic, s.submitted_at, s.is_test, s.is_spam,
        case when s.is_reply then w.hours else w.open_hours end as hours,
        case
            when s.is_reply and w.outcome = 'replied' or not s.is_reply and w.cause = 'resolved' then 'event'
            when s.is_reply and w.outcome = 'ended_unanswered' or not s.is_reply and w.cause <> 'open' then 'competing'
            else 'censored'
        end as outcome
    from scoped as s
    left join published.request_waits as w on w.request_id = s.request_id
)

select
    'requests' as feed,
    request_id as record_id,
    case when is_test then 'a test' when is_spam then 'spam' end as left_out,
    city_id, topic, submitted_at, hours, outcome,
    case when outcome = 'competing' then 1 else 0 end as numerator,
    1 as denominator
from ended
order by request_id

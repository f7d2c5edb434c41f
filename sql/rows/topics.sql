-- rows.topics: the requests asked in the period of one figure of unclassified_pct (asked.figure), or its closings (answered_pct).
select
    'requests' as feed,
    r.request_id as record_id,
    case
        when r.is_test then 'a test'
        when r.is_spam then 'spam'
        when not r.is_canonical then 'merged into another request, or its duplicate'
    end as left_out,
    r.city_id, r.topic, r.submitted_at as happened_at,
    case when r.topic = 'unclassified' then 1 else 0 end as numerator,
    1 as denominator
from published.requests as r
cross join asked.figure as f
where f.metric = 'unclassified_pct' and r.submitted_on between f.period_start and f.period_end
    and (f.city_id is null or r.city_id = f.city_id)
union all
select
    'request_events' as feed,
    e.request_id as record_id,
    case when e.event in ('withdrawn', 'merged') then 'not closed by the desk, but ' || e.event end as left_out,
    e.city_id, e.topic, e.at as happened_at,
    case when e.event = 'resolved' then 1 else 0 end as numerator,
    1 as denominator
from published.request_events as e
cross join asked.figure as f
where f.metric = 'answered_pct' and e.event in ('resolved', 'closed_unanswered', 'withdrawn', 'merged')
    and e.event_on between f.period_start and f.period_end
    and (f.city_id is null or e.city_id = f.city_id) and (f.topic is null or e.topic = f.topic)
order by feed, record_id, happened_at

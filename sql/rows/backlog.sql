-- rows.backlog: the changes of state, or the times of standing open, behind one figure of the backlog (asked.figure); tests and
-- spam asked in the period are left out.
with flows as (
    select
        'request_events' as feed, e.request_id, e.city_id, e.topic, e.event, e.at as happened_at, cast(null as timestamp) as until_at,
        e.event in ('created', 'reopened') as is_opening,
        e.event_on between f.period_start and f.period_end as is_within,
        e.event_on between least(f.period_end, f.as_of) - 55 and least(f.period_end, f.as_of) as is_recent,
        f.metric
    from published.request_events as e
    cross join asked.figure as f
    where (f.city_id is null or e.city_id = f.city_id) and (f.topic is null or e.topic = f.topic)
),

spells as (
    select
        s.request_id, s.city_id, s.topic, s.opened_at, s.until_at, f.metric,
        coalesce(s.first_response_at >= f.closes_at, true) as is_unanswered,
        s.due_at < f.closes_at as is_due,
        (epoch(f.closes_at) - epoch(s.submitted_at)) / 86400.0 as days
    from published.request_spells as s
    cross join asked.figure as f
    where s.opened_at < f.closes_at and coalesce(s.until_at >= f.closes_at, true)
        and (f.city_id is null or s.city_id = f.city_id) and (f.topic is null or s.topic = f.topic)
)

select
    feed, request_id as record_id, cast(null as varchar) as left_out, city_id, topic, event, happened_at, until_at,
    cast(null as double) as days,
    case when metric = 'weeks_of_work' then 0.0 when metric = 'clearance_ratio' and is_opening then 0.0 else 1.0 end as numerator,
    case when metric = 'weeks_of_work' then 0.125 when metric = 'clearance_ratio' and is_opening then 1.0
        when metric = 'clearance_ratio' then 0.0 end as denominator
from flows
where case when metric = 'weeks_of_work' then is_recent and not is_opening when metric = 'clearance_ratio' then is_within
    else is_within and event = metric end
union all
select
    'requests' as feed, request_id as record_id,
    case when metric = 'overdue_pct' and not is_unanswered then 'answered by then' end as left_out,
    city_id, topic, 'open' as event, opened_at as happened_at, until_at, days,
    case when metric = 'overdue_pct' and not coalesce(is_due, false) then 0.0 else 1.0 end as numerator,
    case when metric = 'weeks_of_work' then 0.0 when metric = 'overdue_pct' then 1.0 end as denominator
from spells
where metric in ('backlog_open', 'overdue_pct', 'weeks_of_work', 'open_age_days_p50', 'open_age_days_p90')
union all
select
    'requests' as feed, r.request_id as record_id, case when r.is_test then 'a test' else 'spam' end as left_out,
    r.city_id, r.topic, 'created' as event, r.submitted_at as happened_at, cast(null as timestamp) as until_at,
    cast(null as double) as days, cast(null as double) as numerator, cast(null as double) as denominator
from published.requests as r
cross join asked.figure as f
where (r.is_test or r.is_spam) and r.submitted_on between f.period_start and f.period_end
    and (f.city_id is null or r.city_id = f.city_id) and (f.topic is null or r.topic = f.topic)
order by feed, record_id, happened_at

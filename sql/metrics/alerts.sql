-- metrics.alerts: one row per thing that needs a person now, as of as_of; sort_order 1 is the most urgent.
-- overdue_request: open, without a first reply and past due. on_time_drop: on_time_pct of the last complete quarter is below
-- that of the quarter before by more than its interval (network, topic, city). feed_missing: metrics.alert_feeds.
-- late_milestone: not done by its baseline, the engagement still on (as in metrics.milestones_ahead). city_silent:
-- metrics.alert_cities.
-- severity: high for a request a week late, a milestone thirty days late, a stream that stopped, a drop of the network;
-- low for a feed that never came; else medium. A sentence names records, cities and titles, never a person.
with named as (
    select
        city_id,
        regexp_replace(name, ' (city|town|village|borough|municipality|township)$', '') || coalesce(', ' || state, '') as title
    from core.cities
),

requests as (
    select
        'overdue_request' as kind, 1 as place, r.city_id, r.topic, cast(null as varchar) as engagement_id,
        r.request_id as about, r.due_on as since_on, cast(date_diff('day', r.due_on, p.as_of) as double) as measure,
        'Request ' || r.request_id || ' from ' || coalesce(c.title, r.city_id, 'a caller that is no city') || ' ('
        || t.title || ') was due on ' || strftime(r.due_on, '%B %-d, %Y') || ' and has had no reply' as sentence
    from core.requests as r
    inner join reference.params as p on r.due_at < p.as_of_at
    inner join reference.topics as t on t.topic = r.topic
    left join named as c on c.city_id = r.city_id
    where r.status = 'open' and r.first_response_at is null and not r.is_test and not r.is_spam
),

quarters as (
    select t.period, t.period_start
    from reference.periods as t
    inner join reference.params as p on t.period_end <= p.as_of
    where t.period_type = 'quarter'
    qualify row_number() over (order by t.period_end desc) = 1
),

drops as (
    select
        'on_time_drop' as kind, 2 as place, v.city_id, v.topic, cast(null as varchar) as engagement_id,
        v.metric as about, q.period_start as since_on, v.change as measure,
        'Answered on time fell from ' || cast(v.previous_value as varchar) || ' to ' || cast(v.value as varchar)
        || ' percent in ' || replace(v.period, 'Q', ' Q') || ' for ' || coalesce(c.title, v.city_id, t.title, 'the network')
        || ', more than chance explains: the change lies between ' || cast(v.change_low as varchar) || ' and '
        || cast(v.change_high as varchar) || ' points' as sentence
    from metrics.metric_values as v
    inner join quarters as q on q.period = v.period
    left join named as c on c.city_id = v.city_id
    left join reference.topics as t on t.topic = v.topic
    where v.metric = 'on_time_pct' and v.grain in ('network', 'topic', 'city') and v.dimension is null
        and v.period_type = 'quarter' and v.change_high < 0
),

feeds as (
    select
        'feed_missing' as kind, 3 as place, cast(null as varchar) as city_id, cast(null as varchar) as topic,
        cast(null as varchar) as engagement_id, feed as about, last_on as since_on, cast(silent_days as double) as measure,
        case
            when records = 0 then 'Feed ' || feed || ' has never arrived; what needs it is not reported'
            else 'Feed ' || feed || case when is_stream then ' has brought no record' else ' has not been delivered' end
                || ' since ' || strftime(last_on, '%B %-d, %Y') || ', '
                || cast(silent_days as varchar) || ' days ago; named after 31 days, or three times its usual gap of '
                || cast(round(coalesce(usual_gap_days, 0), 1) as varchar) || ' where that is longer'
        end as sentence
    from metrics.alert_feeds
    where is_missing
),

served as (
    select engagement_id, min(city_id) as city_id
    from core.engagement_cities
    group by engagement_id
    having count(*) = 1
),

milestones as (
    select
        'late_milestone' as kind, 4 as place, s.city_id, e.topic, m.engagement_id, m.milestone_id as about,
        m.baseline_due as since_on, cast(date_diff('day', m.baseline_due, p.as_of) as double) as measure,
        'Milestone ' || m.milestone_id || coalesce(' (' || m.title || ')', '') || ' of engagement ' || m.engagement_id
        || coalesce(' (' || e.title || ')', '') || ' was due on ' || strftime(m.baseline_due, '%B %-d, %Y')
        || ' and is not done' as sentence
    from core.milestones as m
    inner join reference.params as p on m.baseline_due <= p.as_of
    left join core.engagements as e on e.engagement_id = m.engagement_id
    left join served as s on s.engagement_id = m.engagement_id
    where m.done_on is null and coalesce(e.standing in ('agreed', 'not told'), true)
),

cities as (
    select
        'city_silent' as kind, 5 as place, a.city_id, cast(null as varchar) as topic,
        cast(null as varchar) as engagement_id, a.city_id as about, a.last_on as since_on,
        cast(a.silent_days as double) as measure,
        coalesce(c.title, a.city_id) || ' has not asked since ' || strftime(a.last_on, '%B %-d, %Y') || ', '
        || cast(a.silent_days as varchar) || ' days ago; named after 180 days, or three times its usual gap of '
        || cast(round(a.usual_gap_days, 1) as varchar) || ' where that is longer' as sentence
    from metrics.alert_cities as a
    left join named as c on c.city_id = a.city_id
    where a.is_silent
),

every as (
    select kind, place, city_id, topic, engagement_id, about, since_on, measure, sentence from requests
    union all
    select kind, place, city_id, topic, engagement_id, about, since_on, measure, sentence from drops
    union all
    select kind, place, city_id, topic, engagement_id, about, since_on, measure, sentence from feeds
    union all
    select kind, place, city_id, topic, engagement_id, about, since_on, measure, sentence from milestones
    union all
    select kind, place, city_id, topic, engagement_id, about, since_on, measure, sentence from cities
),

weighed as (
    select
        *,
        case
            when kind = 'feed_missing' and since_on is null then 'low'
            when (kind = 'overdue_request' and measure >= 7) or (kind = 'late_milestone' and measure >= 30)
                or kind = 'feed_missing' or (kind = 'on_time_drop' and city_id is null and topic is null) then 'high'
            else 'medium'
        end as severity
    from every
)

select
    kind, severity, city_id, topic, engagement_id, about, since_on, measure, sentence,
    row_number() over (
        order by case severity when 'high' then 1 when 'medium' then 2 else 3 end, place, abs(measure) desc nulls last,
            about, city_id nulls first, topic nulls first
    ) as sort_order
from weighed
order by sort_order

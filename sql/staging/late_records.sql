-- staging.late_records: how many records of each program feed came after its first load, by the day they are dated, the day
-- they came, and the days from one to the other. What comes within a day of a feed's first file is its first load.
-- A record is told when it was updated (requests say so), else when its file was declared delivered or received; of several
-- versions the earliest counts. lag_days is null for what was told before its day, which is a plan, and for a milestone,
-- whose baseline is one; that it was done is told apart (is_new false).
-- Records that came later are few, so that only they are grouped, and the first load is looked through for their ids alone.
with told as (
    select 'attendance' as tale, a.event_id || ' ' || a.city as record_id, cast(null as timestamp) as happened_at,
        e.held_on as day, a._known_at as told_at, a._known_at as received_at
    from raw.attendance as a left join staging.peer_events as e on e.event_id = a.event_id
    union all
    select 'award', award_id, null, "start", _known_at, _known_at from raw.award
    union all
    select 'eligibility', city || ' ' || cast(eligible_from as varchar), null, eligible_from, _known_at, _known_at
    from raw.eligibility
    union all
    select 'engagement_cities', c.engagement_id || ' ' || c.city, null, e.starts_on, c._known_at, c._known_at
    from raw.engagement_cities as c left join staging.engagements as e on e.engagement_id = c.engagement_id
    union all
    select 'engagements', engagement_id, null, starts_on, _known_at, _known_at from raw.engagements
    union all
    select 'indirect_rates', rate_id, null, "from", _known_at, _known_at from raw.indirect_rates
    union all
    select 'ledger', entry_id, null, posted_on, _known_at, _known_at from raw.ledger
    union all
    select 'library_resources', resource_id, null, published_on, _known_at, _known_at from raw.library_resources
    union all
    select 'library_use', use_id, used_at, null, _known_at, _known_at from raw.library_use
    union all
    select 'milestones', milestone_id, null, baseline_due, _known_at, _known_at from raw.milestones
    union all
    select 'done', milestone_id, null, done_on, _known_at, _known_at from raw.milestones where done_on is not null
    union all
    select 'peer_events', event_id, null, held_on, _known_at, _known_at from raw.peer_events
    union all
    select 'recommendations', recommendation_id, null, made_on, _known_at, _known_at from raw.recommendations
    union all
    select 'events', event_id, e.at, null, e._known_at, e._known_at from raw.request_events as e
    union all
    select 'requests', request_id, submitted_at, null, coalesce(updated_at, _known_at), _known_at from raw.requests
    union all
    select 'surveys', request_id, delivered_at, null, _known_at, _known_at from raw.surveys
    union all
    select 'targets', concat_ws(' ', metric, period, coalesce(city, ''), coalesce(topic, '')), null, set_on, _known_at, _known_at
    from raw.targets
),

listed as (
    select 'attendance' as tale, a.event_id || ' ' || a.city as record_id, a._known_at as received_at from raw.attendance as a
    union all
    select 'award', award_id, _known_at from raw.award
    union all
    select 'eligibility', city || ' ' || cast(eligible_from as varchar), _known_at from raw.eligibility
    union all
    select 'engagement_cities', c.engagement_id || ' ' || c.city, c._known_at from raw.engagement_cities as c
    union all
    select 'engagements', engagement_id, _known_at from raw.engagements
    union all
    select 'indirect_rates', rate_id, _known_at from raw.indirect_rates
    union all
    select 'ledger', entry_id, _known_at from raw.ledger
    union all
    select 'library_resources', resource_id, _known_at from raw.library_resources
    union all
    select 'library_use', use_id, _known_at from raw.library_use
    union all
    select 'milestones', milestone_id, _known_at from raw.milestones
    union all
    select 'done', milestone_id, _known_at from raw.milestones where done_on is not null
    union all
    select 'peer_events', event_id, _known_at from raw.peer_events
    union all
    select 'recommendations', recommendation_id, _known_at from raw.recommendations
    union all
    select 'events', event_id, e._known_at from raw.request_events as e
    union all
    select 'requests', request_id, _known_at from raw.requests
    union all
    select 'surveys', request_id, _known_at from raw.surveys
    union all
    select 'targets', concat_ws(' ', metric, period, coalesce(city, ''), coalesce(topic, '')), _known_at from raw.targets
),

-- when the first load of a feed was over; the two names other than the feed's are short, for the sake of grouping by them
loads as (
    select
        case feed when 'request_events' then 'events' else feed end as tale, feed,
        min(first_known_at) + interval 1 day as ends_at
    from staging.feed_deliveries
    group by feed
    union all
    select 'done' as tale, feed, min(first_known_at) + interval 1 day as ends_at
    from staging.feed_deliveries
    where feed = 'milestones'
    group by feed
),

later as (
    select
        t.tale, t.record_id,
        min(t.happened_at) as happened_at, min(t.day) as day, min(t.told_at) as told_at, min(t.received_at) as received_at
    from told as t
    inner join loads as l on l.tale = t.tale and t.received_at >= l.ends_at
    group by t.tale, t.record_id
),

first_ones as (
    select f.tale, f.record_id
    from listed as f
    inner join loads as l on l.tale = f.tale and f.received_at < l.ends_at
),

-- instants by the hour, so that each is told its local day once
hourly as (
    select
        l.tale, date_trunc('hour', l.happened_at) as happened_hour, l.day,
        date_trunc('hour', l.told_at) as told_hour, date_trunc('hour', l.received_at) as received_hour, count(*) as records
    from later as l
    where not exists (select 1 from first_ones as f where f.tale = l.tale and f.record_id = l.record_id)
    group by l.tale, date_trunc('hour', l.happened_at), l.day, date_trunc('hour', l.told_at), date_trunc('hour', l.received_at)
),

daily as (
    select
        l.feed, h.tale,
        coalesce(h.day, a.local_date, cast(h.happened_hour as date)) as day,
        coalesce(t.local_date, cast(h.told_hour as date)) as told_on,
        coalesce(r.local_date, cast(h.received_hour as date)) as received_on,
        h.records
    from hourly as h
    inner join loads as l on l.tale = h.tale
    left join reference.hours as a on a.hour_at = h.happened_hour
    left join reference.hours as t on t.hour_at = h.told_hour
    left join reference.hours as r on r.hour_at = h.received_hour
)

select
    feed,
    tale <> 'done' as is_new,
    day,
    received_on,
    case when tale <> 'milestones' and told_on >= day then date_diff('day', day, told_on) end as lag_days,
    cast(sum(records) as bigint) as records
from daily
where day is not null
group by
    feed, tale <> 'done', day, received_on,
    case when tale <> 'milestones' and told_on >= day then date_diff('day', day, told_on) end
order by feed, is_new, day, received_on, lag_days

-- staging.late_records: how many records of each program feed came after its first load, by the day they are dated, the day
-- they came, and the days from one to the other. What comes within a day of a feed's first file is its first load.
-- A record is told when it was updated (requests say so), else when its file was declared delivered or received; of several
-- versions the earliest counts. lag_days is null for what was told before its day, which is a plan, and for a milestone,
-- whose baseline is one; that it was done is told apart (is_new false).
-- Nothing dated after as_of counts.
-- The feeds of many records (requests, request_events, surveys, library_use) keep when each was first known with the record.
with loads as (
    select feed, min(delivered_at) + interval 1 day as ends_at
    from reference.receipts
    where status = 'accepted' and accepted > 0
    group by feed
),

registers as (
    select 'attendance' as feed, true as is_new, a.event_id || ' ' || a.city as record_id, e.held_on as day, a._known_at
    from raw.attendance as a left join staging.peer_events as e on e.event_id = a.event_id
    union all
    select 'award', true, award_id, "start", _known_at from raw.award
    union all
    select 'eligibility', true, city || ' ' || cast(eligible_from as varchar), eligible_from, _known_at from raw.eligibility
    union all
    select 'engagement_cities', true, c.engagement_id || ' ' || c.city, e.starts_on, c._known_at
    from raw.engagement_cities as c left join staging.engagements as e on e.engagement_id = c.engagement_id
    union all
    select 'engagements', true, engagement_id, starts_on, _known_at from raw.engagements
    union all
    select 'indirect_rates', true, rate_id, "from", _known_at from raw.indirect_rates
    union all
    select 'ledger', true, entry_id, posted_on, _known_at from raw.ledger
    union all
    select 'library_resources', true, resource_id, published_on, _known_at from raw.library_resources
    union all
    select 'milestones', true, milestone_id, baseline_due, _known_at from raw.milestones
    union all
    select 'milestones', false, milestone_id, done_on, _known_at from raw.milestones where done_on is not null
    union all
    select 'peer_events', true, event_id, held_on, _known_at from raw.peer_events
    union all
    select 'recommendations', true, recommendation_id, made_on, _known_at from raw.recommendations
    union all
    select 'targets', true, concat_ws(' ', metric, period, coalesce(city, ''), coalesce(topic, '')), set_on, _known_at
    from raw.targets
),

first_told as (
    select feed, is_new, min(day) as day, min(_known_at) as received_at
    from registers
    group by feed, is_new, record_id
),

streams as (
    select 'requests' as feed, submitted_at as happened_at, first_told_at as told_at, first_known_at as received_at
    from staging.requests
    union all
    select 'request_events' as feed, e.at as happened_at, e.first_known_at as told_at, e.first_known_at as received_at
    from staging.request_events as e
    union all
    select 'surveys' as feed, delivered_at as happened_at, first_known_at as told_at, first_known_at as received_at
    from staging.surveys
    union all
    select 'library_use' as feed, used_at as happened_at, first_known_at as told_at, first_known_at as received_at
    from staging.library_use
),

-- instants by the hour, so that each is told its local day once
hourly as (
    select
        s.feed, date_trunc('hour', s.happened_at) as happened_hour, date_trunc('hour', s.told_at) as told_hour,
        date_trunc('hour', s.received_at) as received_hour, count(*) as records
    from streams as s
    inner join loads as l on l.feed = s.feed and s.received_at >= l.ends_at
    group by
        s.feed, date_trunc('hour', s.happened_at), date_trunc('hour', s.told_at), date_trunc('hour', s.received_at)
),

late as (
    select h.feed, true as is_new, a.local_date as day, h.happened_hour, h.told_hour, h.received_hour, h.records
    from hourly as h
    left join reference.hours as a on a.hour_at = h.happened_hour
    union all
    select
        f.feed, f.is_new, f.day, cast(null as timestamp) as happened_hour, date_trunc('hour', f.received_at) as told_hour,
        date_trunc('hour', f.received_at) as received_hour, 1 as records
    from first_told as f
    inner join loads as l on l.feed = f.feed and f.received_at >= l.ends_at
),

daily as (
    select
        l.feed, l.is_new,
        coalesce(l.day, cast(l.happened_hour as date)) as day,
        coalesce(t.local_date, cast(l.told_hour as date)) as told_on,
        coalesce(r.local_date, cast(l.received_hour as date)) as received_on,
        l.records
    from late as l
    left join reference.hours as t on t.hour_at = l.told_hour
    left join reference.hours as r on r.hour_at = l.received_hour
),

timed as (
    select
        feed, is_new, day, received_on, records,
        case when (feed <> 'milestones' or not is_new) and told_on >= day then date_diff('day', day, told_on) end as lag_days
    from daily
    cross join reference.params as p
    where day <= p.as_of
)

select feed, is_new, day, received_on, lag_days, cast(sum(records) as bigint) as records
from timed
group by feed, is_new, day, received_on, lag_days
order by feed, is_new, day, received_on, lag_days

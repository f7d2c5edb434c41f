-- staging.late_records: how many records of each program feed took so many days from their day to being known.
-- A record is told when it was updated (requests say so), but no later than its file came, else when its file was declared
-- delivered or received; of several versions the earliest counts, with the day of the latest. A milestone is told when it is told to be done.
-- The first load of a feed is left out: what is dated no later than the day of its first file, on however many days it came.
-- So is what was told before its day, which is a plan, and what is dated after as_of.
with firsts as (
    select feed, min(delivered_on) as loaded_on
    from reference.receipts
    where status = 'accepted' and accepted > 0
    group by feed
),

registers as (
    select feed, max_by(day, turn) as day, min(known_at) as known_at
    from staging.register_versions
    where feed <> 'milestones' or kind = 'done'
    group by feed, record_id
),

streams as (
    select 'requests' as feed, submitted_at as happened_at, first_told_at as told_at from staging.requests
    union all
    select 'request_events' as feed, e.at as happened_at, e.first_known_at as told_at from staging.request_events as e
    union all
    select 'surveys' as feed, delivered_at as happened_at, first_known_at as told_at from staging.surveys
    union all
    select 'library_use' as feed, used_at as happened_at, first_known_at as told_at from staging.library_use
),

-- instants by the hour, so that each is told its local day once
hourly as (
    select
        feed, date_trunc('hour', happened_at) as happened_hour, date_trunc('hour', told_at) as told_hour, count(*) as records
    from streams
    group by feed, date_trunc('hour', happened_at), date_trunc('hour', told_at)
),

dated as (
    select s.feed, h.local_date as day, s.told_hour, s.records
    from hourly as s
    inner join reference.hours as h on h.hour_at = s.happened_hour
    union all
    select feed, day, date_trunc('hour', known_at) as told_hour, 1 as records
    from registers
),

-- what is told longer after as_of than reference.hours goes: by the day in Greenwich
timed as (
    select d.feed, date_diff('day', d.day, coalesce(t.local_date, cast(d.told_hour as date))) as lag_days, d.records
    from dated as d
    inner join firsts as f on f.feed = d.feed and d.day > f.loaded_on
    cross join reference.params as p
    left join reference.hours as t on t.hour_at = d.told_hour
    where d.day <= p.as_of
)

select feed, lag_days, cast(sum(records) as bigint) as records
from timed
where lag_days >= 0
group by feed, lag_days
order by feed, lag_days

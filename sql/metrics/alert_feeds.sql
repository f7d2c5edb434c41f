-- metrics.alert_feeds: one row per feed of the program: whether a record of it ever came, and how far apart the days are on
-- which it shows itself (their median): of the streams (requests, surveys, ledger, library_use) days with a record, of a
-- register, which is sent whole and may rightly stay as it is, days on which a file of it came by as_of: another name or other bytes.
-- is_missing: it never came; or nothing for 31 days, or for three times its own gap where that is longer. A register of
-- which files came on fewer than three days has no usual gap yet, and only its never having come can be said.
with streams (feed) as (
    values ('requests'), ('surveys'), ('ledger'), ('library_use')
),

days as (
    select 'requests' as feed, submitted_on as day from core.requests where submitted_on is not null
    union
    select 'surveys' as feed, h.local_date as day
    from core.surveys as s
    inner join reference.hours as h on h.hour_at = date_trunc('hour', s.delivered_at)
    union
    select 'ledger' as feed, posted_on as day from core.ledger
    union
    select 'library_use' as feed, used_on as day from core.library_use where used_on is not null
    union
    select r.feed, r.delivered_on as day
    from reference.receipts as r
    inner join reference.params as p on r.delivered_on <= p.as_of
    where r.status in ('accepted', 'repeat') and r.feed not in (select feed from streams)
),

gaps as (
    select feed, day, date_diff('day', lag(day) over (partition by feed order by day), day) as gap_days
    from days
),

usual as (
    select feed, max(day) as last_on, cast(quantile_cont(gap_days, 0.5) as double) as usual_gap_days
    from gaps
    group by feed
    having feed in (select feed from streams) or count(*) >= 3
),

received as (
    select 'requests' as feed, count(*) as records from core.requests
    union all
    select 'surveys' as feed, count(*) as records from core.surveys
    union all
    select 'ledger' as feed, count(*) as records from core.ledger
    union all
    select 'library_use' as feed, count(*) as records from core.library_use
    union all
    select 'library_resources' as feed, count(*) as records from core.library_resources
    union all
    select 'engagements' as feed, count(*) as records from core.engagements
    union all
    select 'engagement_cities' as feed, count(*) as records from core.engagement_cities
    union all
    select 'milestones' as feed, count(*) as records from core.milestones
    union all
    select 'recommendations' as feed, count(*) as records from core.recommendations
    union all
    select 'peer_events' as feed, count(*) as records from core.peer_events
    union all
    select 'attendance' as feed, count(*) as records from core.attendance
    union all
    select 'eligibility' as feed, count(*) as records from core.eligibility
    union all
    select 'award' as feed, count(*) as records from core.award
),

timed as (
    select
        r.feed, r.records, r.feed in (select feed from streams) as is_stream, s.last_on, s.usual_gap_days,
        date_diff('day', s.last_on, p.as_of) as silent_days,
        case when s.last_on is not null then greatest(31.0, 3 * coalesce(s.usual_gap_days, 0)) end as limit_days
    from received as r
    cross join reference.params as p
    left join usual as s on s.feed = r.feed
)

select
    feed, records, is_stream, last_on, usual_gap_days, silent_days, limit_days,
    records = 0 or coalesce(silent_days >= limit_days, false) as is_missing
from timed
order by feed

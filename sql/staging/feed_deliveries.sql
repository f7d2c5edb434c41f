-- staging.feed_deliveries: one row per program feed and day on which rows of it came: by the declared day of delivery, else by
-- receipt. A day whose rows all repeat earlier ones is not told apart from none.
with came as (
    select 'attendance' as feed, _known_at, count(*) as records from raw.attendance group by _known_at
    union all
    select 'award' as feed, _known_at, count(*) as records from raw.award group by _known_at
    union all
    select 'budget' as feed, _known_at, count(*) as records from raw.budget group by _known_at
    union all
    select 'eligibility' as feed, _known_at, count(*) as records from raw.eligibility group by _known_at
    union all
    select 'engagement_cities' as feed, _known_at, count(*) as records from raw.engagement_cities group by _known_at
    union all
    select 'engagements' as feed, _known_at, count(*) as records from raw.engagements group by _known_at
    union all
    select 'indirect_rates' as feed, _known_at, count(*) as records from raw.indirect_rates group by _known_at
    union all
    select 'ledger' as feed, _known_at, count(*) as records from raw.ledger group by _known_at
    union all
    select 'library_resources' as feed, _known_at, count(*) as records from raw.library_resources group by _known_at
    union all
    select 'library_use' as feed, _known_at, count(*) as records from raw.library_use group by _known_at
    union all
    select 'milestones' as feed, _known_at, count(*) as records from raw.milestones group by _known_at
    union all
    select 'peer_events' as feed, _known_at, count(*) as records from raw.peer_events group by _known_at
    union all
    select 'recommendations' as feed, _known_at, count(*) as records from raw.recommendations group by _known_at
    union all
    select 'request_events' as feed, _known_at, count(*) as records from raw.request_events group by _known_at
    union all
    select 'requests' as feed, _known_at, count(*) as records from raw.requests group by _known_at
    union all
    select 'surveys' as feed, _known_at, count(*) as records from raw.surveys group by _known_at
    union all
    select 'targets' as feed, _known_at, count(*) as records from raw.targets group by _known_at
)

select
    c.feed,
    coalesce(h.local_date, cast(c._known_at as date)) as received_on,
    min(c._known_at) as first_known_at,
    cast(sum(c.records) as bigint) as records
from came as c
left join reference.hours as h on h.hour_at = date_trunc('hour', c._known_at)
where c._known_at is not null
group by c.feed, coalesce(h.local_date, cast(c._known_at as date))
order by c.feed, received_on

-- core.feed_months: one row per program feed × month × city (null where the feed has none, or the record has): records by
-- as_of dated in it, and of the cells that they should have, how many are filled. month_start is null for what has no day.
-- first_known_at: when the first record of the feed dated in the month, of whatever city, was known.
-- Cells: those that the contract requires, and those that figures need: the city of a city's request, a topic of the
-- taxonomy, the award of an entry where there are several, the day and the rating of an answered survey, the topic of what
-- was viewed or downloaded in the library and the results of a search, all that lines 11a-11d of the SF-425 say of a rate.
with requests as (
    select
        'requests' as feed, date_trunc('month', submitted_on) as month, city_id,
        count(*) as records,
        count(request_id) + count(submitted_at) + count(*) filter (where caller_type = 'city' and city_id is not null)
        + count(*) filter (where topic <> 'unclassified') as filled,
        3 * count(*) + count(*) filter (where caller_type = 'city') as applicable
    from core.requests
    group by date_trunc('month', submitted_on), city_id
),

logged as (
    select
        date_trunc('hour', e.at) as happened_hour, count(*) as records,
        count(e.event_id) + count(e.request_id) + count(e.at) + count(e.event) as filled
    from staging.request_events as e
    cross join reference.params as p
    where e.at < p.as_of_at
    group by date_trunc('hour', e.at)
),

asked as (
    select date_trunc('hour', s.delivered_at) as happened_hour, s.rating, s.answered_at
    from staging.surveys as s
    cross join reference.params as p
    where s.delivered_at < p.as_of_at
),

-- the feeds of few records, and how many cells each record has
kept as (
    select 'surveys' as feed, h.local_date as day, cast(null as varchar) as city_id,
        2 + case when s.answered_at is not null then 1 else 0 end + case when s.rating is not null then 1 else 0 end as filled,
        case when s.answered_at is not null or s.rating is not null then 4 else 2 end as applicable
    from asked as s
    left join reference.hours as h on h.hour_at = s.happened_hour
    union all
    select 'ledger' as feed, posted_on as day, cast(null as varchar) as city_id,
        4 + case when award_id <> 'unassigned' then 1 else 0 end as filled, 5 as applicable
    from core.ledger
    union all
    select 'engagements' as feed, starts_on as day, cast(null as varchar) as city_id,
        2 + case when topic <> 'unclassified' then 1 else 0 end as filled, 3 as applicable
    from core.engagements
    union all
    select 'engagement_cities' as feed, e.starts_on as day, c.city_id, 2 as filled, 2 as applicable
    from core.engagement_cities as c
    left join core.engagements as e on e.engagement_id = c.engagement_id
    union all
    select 'milestones' as feed, baseline_due as day, cast(null as varchar) as city_id, 3 as filled, 3 as applicable
    from core.milestones
    union all
    select 'recommendations' as feed, made_on as day, cast(null as varchar) as city_id, 3 as filled, 3 as applicable
    from core.recommendations
    union all
    select 'peer_events' as feed, held_on as day, cast(null as varchar) as city_id, 2 as filled, 2 as applicable
    from core.peer_events
    union all
    select 'attendance' as feed, held_on as day, city_id, 2 as filled, 2 as applicable
    from core.attendance
    union all
    select 'library_resources' as feed, published_on as day, cast(null as varchar) as city_id,
        1 + case when topic <> 'unclassified' then 1 else 0 end as filled, 2 as applicable
    from core.library_resources
    union all
    select 'library_use' as feed, used_on as day, city_id,
        3 + case when action = 'search' then case when results is not null then 1 else 0 end
            when topic <> 'unclassified' then 1 else 0 end as filled, 4 as applicable
    from core.library_use
    union all
    select 'eligibility' as feed, eligible_from as day, cast(null as varchar) as city_id, 2 as filled, 2 as applicable
    from core.eligibility
    union all
    select 'award' as feed, "start" as day, cast(null as varchar) as city_id, 6 as filled, 6 as applicable
    from core.award
    union all
    select 'targets' as feed, set_on as day, cast(null as varchar) as city_id, 4 as filled, 4 as applicable
    from core.targets
    union all
    select 'indirect_rates' as feed, rate_from as day, cast(null as varchar) as city_id,
        1 + case when type is not null then 1 else 0 end + case when rate is not null then 1 else 0 end
        + case when rate_from is not null then 1 else 0 end + case when rate_to is not null then 1 else 0 end as filled,
        5 as applicable
    from core.indirect_rates
    union all
    select 'budget' as feed, cast(null as date) as day, cast(null as varchar) as city_id, 3 as filled, 3 as applicable
    from core.budget
),

every as (
    select feed, month, city_id, records, filled, applicable
    from requests
    union all
    select
        'request_events' as feed, date_trunc('month', h.local_date) as month, cast(null as varchar) as city_id,
        sum(l.records) as records, sum(l.filled) as filled,
        4 * sum(l.records) as applicable
    from logged as l
    left join reference.hours as h on h.hour_at = l.happened_hour
    group by date_trunc('month', h.local_date)
    union all
    select
        feed, date_trunc('month', day) as month, city_id, count(*) as records,
        sum(filled) as filled, sum(applicable) as applicable
    from kept
    group by feed, date_trunc('month', day), city_id
),

known as (
    select feed, month_start as month, min(known_at) as first_known_at
    from staging.month_changes
    where records > 0
    group by feed, month_start
)

select
    e.feed,
    cast(e.month as date) as month_start,
    e.city_id,
    cast(e.records as bigint) as records,
    k.first_known_at,
    cast(e.filled as bigint) as filled,
    cast(e.applicable as bigint) as applicable
from every as e
left join known as k on k.feed = e.feed and k.month = e.month
order by e.feed, month_start, e.city_id

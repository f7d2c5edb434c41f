-- core.feed_lags: one row per program feed: how long after its day a record is known, and how much a month's count of records
-- still moves. Lags are those of staging.late_records, in whole days; until 30 of them exist the lag is reference.params.lag_days.
-- lag_days is their median, lag_days_p95 the least number of days within which 95 in 100 were known.
-- revision_pct: how far the count of a month as it is known now lies from that known by the first day of delivery after its end
-- (the first load apart), up or down, in percent of the latter: the median over the months that ended by as_of, had such a
-- delivery and counted something then.
with feeds (feed) as (
    values
        ('requests'), ('request_events'), ('surveys'), ('engagements'), ('engagement_cities'), ('milestones'),
        ('recommendations'), ('peer_events'), ('attendance'), ('library_resources'), ('library_use'), ('eligibility'),
        ('award'), ('indirect_rates'), ('budget'), ('ledger'), ('targets')
),

cumulated as (
    select
        feed, lag_days,
        sum(records) over (partition by feed order by lag_days) as up_to,
        sum(records) over (partition by feed) as observations
    from staging.late_records
),

lags as (
    select
        feed,
        max(observations) as observations,
        (min(lag_days) filter (where 2 * up_to >= observations) + min(lag_days) filter (where 2 * up_to > observations)) / 2.0
            as median_days,
        min(lag_days) filter (where 100 * up_to >= 95 * observations) as p95_days
    from cumulated
    group by feed
),

firsts as (
    select feed, min(delivered_on) as loaded_on
    from reference.receipts
    where status = 'accepted' and accepted > 0
    group by feed
),

-- each month that has ended, and the first day of delivery after its end, the first load apart
closings as (
    select d.feed, t.period_start as month_start, min(d.delivered_on) as closed_on
    from reference.periods as t
    cross join reference.params as p
    inner join reference.receipts as d on d.delivered_on > t.period_end and d.status in ('accepted', 'repeat')
    where t.period_type = 'month' and t.period_end <= p.as_of
    group by d.feed, t.period_start
),

-- a delivery is all the files of its day
closed as (
    select c.feed, c.month_start, max(d.delivered_at) as closed_at
    from closings as c
    inner join firsts as f on f.feed = c.feed and f.loaded_on < c.closed_on
    inner join reference.receipts as d on d.feed = c.feed and d.delivered_on = c.closed_on
    group by c.feed, c.month_start
),

revised as (
    select c.feed, sum(m.records) as latest, sum(m.records) filter (where m.known_at <= c.closed_at) as first
    from closed as c
    inner join staging.month_changes as m on m.feed = c.feed and m.month_start = c.month_start
    group by c.feed, c.month_start
),

revisions as (
    select feed, count(*) as months, quantile_cont(100.0 * abs(latest - first) / first, 0.5) as revision_pct
    from revised
    where first > 0
    group by feed
)

select
    f.feed,
    cast(coalesce(l.observations, 0) as bigint) as observations,
    cast(case when l.observations >= 30 then l.median_days else p.lag_days end as double) as lag_days,
    cast(case when l.observations >= 30 then l.p95_days else p.lag_days end as bigint) as lag_days_p95,
    cast(coalesce(r.months, 0) as bigint) as revised_months,
    cast(round(r.revision_pct, 2) as double) as revision_pct
from feeds as f
cross join reference.params as p
left join lags as l on l.feed = f.feed
left join revisions as r on r.feed = f.feed
order by f.feed

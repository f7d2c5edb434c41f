-- metrics.backlog_ages: one row per instant at which a period closes × grain × keys with anything open then: how many
-- requests were open, and the calendar days since they were asked (p50, p90: interpolated between the two nearest).
-- A reopened request is as old as its asking.
-- Only what was open when a period closed is looked at one by one, by numbers for the keys, which are quicker than names.
with closes as (
    select
        closes_at,
        row_number() over (order by closes_at) as nth
    from reference.periods
    group by closes_at
),

-- how many of them an hour has behind it; before the calendar there is none
hours as (
    select h.hour_at, count(c.closes_at) as passed
    from reference.hours as h
    left join closes as c on c.closes_at <= h.hour_at
    group by h.hour_at
),

-- open at the first close after it was opened
crossing as (
    select s.city_id, s.topic, s.submitted_at, s.until_at, c.nth
    from core.request_spells as s
    left join hours as h on h.hour_at = date_trunc('hour', s.opened_at)
    inner join closes as c on c.nth = coalesce(h.passed, 0) + 1
    where s.until_at is null or s.until_at >= c.closes_at
),

numbered as (
    select
        city_id, topic,
        cast(dense_rank() over (order by city_id) as integer) as city_number,
        cast(dense_rank() over (order by topic) as integer) as topic_number
    from (select distinct city_id, topic from crossing) as k
),

aged as (
    select
        c.nth, k.city_number, k.topic_number,
        (epoch(c.closes_at) - epoch(s.submitted_at)) / 86400.0 as days
    from crossing as s
    inner join numbered as k on k.city_id is not distinct from s.city_id and k.topic = s.topic
    inner join closes as c on c.nth >= s.nth and (s.until_at is null or s.until_at >= c.closes_at)
),

ages as (
    select
        'network' as grain, cast(null as integer) as city_number, cast(null as integer) as topic_number, nth,
        count(*) as open_count, quantile_cont(days, 0.5) as age_days_p50, quantile_cont(days, 0.9) as age_days_p90
    from aged
    group by nth
    union all
    select
        'topic' as grain, cast(null as integer) as city_number, topic_number, nth,
        count(*) as open_count, quantile_cont(days, 0.5) as age_days_p50, quantile_cont(days, 0.9) as age_days_p90
    from aged
    group by topic_number, nth
    union all
    select
        'city' as grain, city_number, cast(null as integer) as topic_number, nth,
        count(*) as open_count, quantile_cont(days, 0.5) as age_days_p50, quantile_cont(days, 0.9) as age_days_p90
    from aged
    group by city_number, nth
    union all
    select
        'city_topic' as grain, city_number, topic_number, nth,
        count(*) as open_count, quantile_cont(days, 0.5) as age_days_p50, quantile_cont(days, 0.9) as age_days_p90
    from aged
    group by city_number, topic_number, nth
)

select a.grain, p.city_id, t.topic, c.closes_at, a.open_count, a.age_days_p50, a.age_days_p90
from ages as a
inner join closes as c on c.nth = a.nth
left join (select distinct city_number, city_id from numbered) as p on p.city_number = a.city_number
left join (select distinct topic_number, topic from numbered) as t on t.topic_number = a.topic_number
where a.grain in ('network', 'topic') or p.city_id is not null

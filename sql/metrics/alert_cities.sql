-- metrics.alert_cities: one row per city, eligible on as_of, that has asked on at least three days: when it last did, and
-- how far apart its days of asking are (their median). is_silent: it has not asked for 180 days, or for three times its
-- own gap where that is longer. Tests, spam and duplicates are no asking.
with days as (
    select distinct city_id, submitted_on as day
    from core.requests
    where is_canonical and city_id is not null and submitted_on is not null
),

gaps as (
    select city_id, day, date_diff('day', lag(day) over (partition by city_id order by day), day) as gap_days
    from days
),

cities as (
    select
        city_id, count(*) as days_asked, max(day) as last_on,
        cast(quantile_cont(gap_days, 0.5) as double) as usual_gap_days
    from gaps
    group by city_id
    having count(*) >= 3
),

eligible as (
    select distinct e.city_id
    from core.eligibility as e
    inner join reference.params as p on e.eligible_from <= p.as_of and coalesce(e.eligible_to, p.as_of) >= p.as_of
),

timed as (
    select
        c.city_id, c.days_asked, c.last_on, c.usual_gap_days,
        date_diff('day', c.last_on, p.as_of) as silent_days,
        greatest(180.0, 3 * c.usual_gap_days) as limit_days
    from cities as c
    inner join eligible as e on e.city_id = c.city_id
    cross join reference.params as p
)

select
    city_id, days_asked, last_on, usual_gap_days, silent_days, limit_days,
    silent_days >= limit_days as is_silent
from timed
order by city_id

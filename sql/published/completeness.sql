-- One row per program feed and calendar month since the launch: how many records are dated in it, when the first of them was
-- known, and how far the feed is complete. A month without records is not reported where the feed is a stream (requests,
-- request_events, surveys, ledger, library_use); a register is sent whole, so that none there means none, where a file of it came
-- in the month or later.
-- record_pct: of the cities eligible at some time in the month, those with a record in it. record_state says why there is none.
-- field_pct: of the cells that the month's records should have (core.feed_months), those filled.
-- lag_days, lag_days_p95, revision_pct (core.feed_lags) and valid_pct (rows accepted of those received) are those of the
-- feed as a whole, in each month alike.
with feeds (feed, is_register, scope) as (
    values
        ('requests', false, 'monthly'), ('request_events', false, 'no_city'), ('surveys', false, 'no_city'),
        ('ledger', false, 'no_city'), ('library_use', false, 'monthly'), ('engagements', true, 'no_city'),
        ('engagement_cities', true, 'monthly'), ('milestones', true, 'no_city'), ('recommendations', true, 'no_city'),
        ('peer_events', true, 'no_city'), ('attendance', true, 'monthly'), ('library_resources', true, 'no_city'),
        ('eligibility', true, 'not_monthly'), ('award', true, 'no_city'), ('indirect_rates', true, 'no_city'),
        ('budget', true, 'no_date'), ('targets', true, 'not_monthly')
),

arrived as (
    select feed, max(delivered_on) as last_on
    from reference.receipts
    where status in ('accepted', 'repeat')
    group by feed
),

months as (
    select t.period, t.period_start, t.period_end, least(t.period_end, p.as_of) as last_on
    from reference.periods as t
    cross join reference.params as p
    where t.period_type = 'month'
),

eligible as (
    select distinct m.period_start as month, e.city_id
    from months as m
    inner join core.eligibility as e
        on e.eligible_from <= m.last_on and coalesce(e.eligible_to, m.last_on) >= m.period_start
),

expected as (
    select month, count(*) as cities
    from eligible
    group by month
),

received as (
    select
        r.feed, r.month_start as month, sum(r.records) as records, min(r.first_known_at) as first_known_at,
        sum(r.filled) as filled, sum(r.applicable) as applicable,
        count(e.city_id) as cities
    from core.feed_months as r
    left join eligible as e on e.month = r.month_start and e.city_id = r.city_id
    group by r.feed, r.month_start
),

taken as (
    select feed, round(100.0 * sum(accepted) / sum(received), 2) as valid_pct
    from reference.receipts
    group by feed
    having sum(received) > 0
),

judged as (
    select
        f.feed, m.period, m.period_start, m.period_end,
        coalesce(r.records, 0) as records, r.first_known_at, r.filled, r.applicable,
        coalesce(r.cities, 0) as received_cities, x.cities as expected_cities,
        case when coalesce(r.records, 0) > 0 or (f.is_register and a.last_on >= m.period_start) then 'reported' else 'not_reported'
            end as state,
        f.scope
    from feeds as f
    cross join months as m
    left join arrived as a on a.feed = f.feed
    left join received as r on r.feed = f.feed and r.month = m.period_start
    left join expected as x on x.month = m.period_start
),

told as (
    select
        feed, period, period_start, period_end, records, first_known_at, state, filled, applicable, received_cities,
        expected_cities,
        case
            when scope <> 'monthly' then scope
            when state = 'not_reported' then state
            when expected_cities is null then 'no_eligible_city'
            else 'value'
        end as record_state
    from judged
)

select
    t.feed,
    t.period,
    t.period_start,
    t.period_end,
    cast(t.records as bigint) as records,
    t.first_known_at,
    t.state,
    case when t.record_state = 'value' then t.received_cities end as received_cities,
    case when t.record_state = 'value' then t.expected_cities end as expected_cities,
    cast(case when t.record_state = 'value' then round(100.0 * t.received_cities / t.expected_cities, 2) end as double)
        as record_pct,
    t.record_state,
    cast(case when t.applicable > 0 then round(100.0 * t.filled / t.applicable, 2) end as double) as field_pct,
    cast(v.valid_pct as double) as valid_pct,
    l.lag_days,
    l.lag_days_p95,
    l.observations as lag_observations,
    l.revision_pct
from told as t
left join core.feed_lags as l on l.feed = t.feed
left join taken as v on v.feed = t.feed
order by t.feed, t.period

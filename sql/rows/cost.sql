-- rows.cost: the federal cost of a service, direct and allocated (cumulative, what stood before the period taken off), and the
-- outcomes that it is told by, behind one figure of cost per outcome (asked.figure).
with told as (
    select
        f.metric, f.period_type, f.period_start, f.period_end, f.starts_at, f.ends_at,
        case when f.metric = 'cost_per_answer_usd' then 'desk' else 'engagement' end as service,
        last_day(make_date(year(least(f.period_end, f.as_of)), 3 * quarter(least(f.period_end, f.as_of)), 1)) as closes_on
    from asked.figure as f
)

select
    'allocations' as feed,
    a.award_id || ' ' || a.period || ' ' || coalesce(a.engagement_id, a.service) as record_id,
    cast(null as varchar) as left_out,
    a.period_end as counted_on, cast(null as timestamp) as resolved_at, cast(null as varchar) as city_id,
    cast(case when a.period_end = t.closes_on then a.amount_usd else -a.amount_usd end as decimal(18, 2)) as amount_usd,
    0 as outcomes
from published.allocations as a
inner join told as t on a.service = t.service
    and (a.period_end = t.closes_on or (a.period_end + 1 = t.period_start and t.period_type <> 'to_date'))
union all
select
    'requests' as feed, r.request_id as record_id,
    case when not r.is_canonical then 'a test, spam, or merged into another request' when r.disposition in (
        'no_answer', 'referred', 'out_of_scope'
    ) then 'no substantive answer: ' || r.disposition end as left_out,
    cast(null as date) as counted_on, r.resolved_at, r.city_id, cast(0 as decimal(18, 2)) as amount_usd, 1 as outcomes
from published.requests as r
inner join told as t on t.metric = 'cost_per_answer_usd'
where r.resolved_at is not null and (t.period_type = 'to_date' or (r.resolved_at >= t.starts_at and r.resolved_at < t.ends_at))
union all
select
    'engagements' as feed, e.engagement_id as record_id, cast(null as varchar) as left_out, e.completed_on as counted_on,
    cast(null as timestamp) as resolved_at, cast(null as varchar) as city_id, cast(0 as decimal(18, 2)) as amount_usd, 1 as outcomes
from published.engagements as e
inner join told as t on t.metric = 'cost_per_engagement_usd'
where e.completed_on is not null and (t.period_type = 'to_date' or e.completed_on between t.period_start and t.period_end)
union all
select
    'recommendations' as feed, r.recommendation_id as record_id, cast(null as varchar) as left_out, r.adopted_on as counted_on,
    cast(null as timestamp) as resolved_at, cast(null as varchar) as city_id, cast(0 as decimal(18, 2)) as amount_usd, 1 as outcomes
from published.recommendations as r
inner join told as t on t.metric = 'cost_per_adopted_usd'
where r.adopted_on is not null and (t.period_type = 'to_date' or r.adopted_on between t.period_start and t.period_end)
order by feed, record_id

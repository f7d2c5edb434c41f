-- metrics.reach: one row per metric × service × basis × period, network only: reach_pct (eligible cities that used the
-- service) and uptake_pct (eligible city-months with a use), from metrics.reach_cities.
-- Interval: the middle 95% of 400 Poisson bootstrap draws of cities (reference.bootstrap_weights).
with drawn as (
    select
        c.basis, c.period_type, c.period, w.replicate,
        nullif(sum(w.weight), 0) as cities, sum(w.weight * c.desk) as desk, sum(w.weight * c.engagement) as engagement,
        sum(w.weight * c.any_service) as any_service, nullif(sum(w.weight * c.months), 0) as months,
        sum(w.weight * c.desk_months) as desk_months, sum(w.weight * c.engagement_months) as engagement_months,
        sum(w.weight * c.any_months) as any_months
    from metrics.reach_cities as c
    -- a city beyond the last slot shares one with a city far from it in the order
    inner join reference.bootstrap_weights as w on w.slot = (c.city_rank - 1) % 1200 + 1
    group by c.basis, c.period_type, c.period, w.replicate
),

counted as (
    select
        basis, period_type, period, count(*) as cities, sum(desk) as desk, sum(engagement) as engagement,
        sum(any_service) as any_service, sum(months) as months, sum(desk_months) as desk_months,
        sum(engagement_months) as engagement_months, sum(any_months) as any_months
    from metrics.reach_cities
    group by basis, period_type, period
),

wanted as (
    select m.metric, s.service
    from (values ('reach_pct'), ('uptake_pct')) as m (metric)
    cross join (values ('desk'), ('engagement'), ('any')) as s (service)
),

draws as (
    select
        w.metric, w.service, d.basis, d.period_type, d.period,
        case w.metric || ' ' || w.service
            when 'reach_pct desk' then d.desk / d.cities
            when 'reach_pct engagement' then d.engagement / d.cities
            when 'reach_pct any' then d.any_service / d.cities
            when 'uptake_pct desk' then d.desk_months / d.months
            when 'uptake_pct engagement' then d.engagement_months / d.months
            when 'uptake_pct any' then d.any_months / d.months
        end as share
    from drawn as d
    cross join wanted as w
),

intervals as (
    select
        metric, service, basis, period_type, period,
        100 * quantile_cont(share, 0.025) as ci_low, 100 * quantile_cont(share, 0.975) as ci_high
    from draws
    group by metric, service, basis, period_type, period
),

arrived as (
    select
        (select count(*) from core.eligibility) > 0 as eligibility,
        (select count(*) from core.requests) > 0 as requests,
        (select count(*) from core.engagement_cities) > 0 as engagements
),

figures as (
    select
        w.metric, w.service, b.basis, p.period_type, p.period, i.ci_low, i.ci_high,
        cast(coalesce(case w.metric || ' ' || w.service
            when 'reach_pct desk' then c.desk
            when 'reach_pct engagement' then c.engagement
            when 'reach_pct any' then c.any_service
            when 'uptake_pct desk' then c.desk_months
            when 'uptake_pct engagement' then c.engagement_months
            when 'uptake_pct any' then c.any_months
        end, 0) as double) as numerator,
        cast(coalesce(case w.metric when 'reach_pct' then c.cities else c.months end, 0) as double) as denominator,
        case
            when not a.eligibility then 'no eligibility received'
            when w.service in ('desk', 'any') and not a.requests then 'no requests received'
            when w.service in ('engagement', 'any') and not a.engagements then 'no engagement_cities received'
        end as missing
    from wanted as w
    cross join (values ('then'), ('now')) as b (basis)
    cross join reference.periods as p
    cross join arrived as a
    left join counted as c on c.basis = b.basis and c.period_type = p.period_type and c.period = p.period
    left join intervals as i
        on i.metric = w.metric and i.service = w.service and i.basis = b.basis
        and i.period_type = p.period_type and i.period = p.period
)

select
    metric, 'network' as grain, cast(null as varchar) as city_id, cast(null as varchar) as topic,
    cast(null as varchar) as engagement_id, 'service' as dimension, service as dimension_value, basis, period_type, period,
    case when missing is null then 100 * numerator / nullif(denominator, 0) end as value,
    cast(null as decimal(18, 2)) as amount_usd,
    case when missing is null then numerator end as numerator,
    case when missing is null then denominator end as denominator,
    -- where all cities are alike every draw is too, and says nothing of the spread
    case when missing is null and ci_low < ci_high then ci_low end as ci_low,
    case when missing is null and ci_low < ci_high then ci_high end as ci_high,
    case when missing is not null then 'not_reported' when denominator = 0 then 'not_computable' else 'value' end as state,
    case when missing is not null then missing when denominator = 0 then 'no city was eligible' end as reason
from figures

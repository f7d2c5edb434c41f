-- metrics.reach: one row per metric × grain × service × basis × period: reach_pct (eligible cities that used the
-- service), uptake_pct (eligible city-months with a use), use_rate (uses per 100 eligible city-months) and
-- concentration_pct (share of uses by the five cities that used it most). Network; the first three of the desk also by
-- topic; uptake_pct and use_rate also by city. Intervals: metrics.reach_intervals; that of use_rate is exact Poisson, made by
-- metrics.metric_values. Any service: those whose feeds arrived, desk and engagements at least.
with counted as (
    select
        basis, period_type, period, service, count(*) as cities, sum(used) as used, sum(months) as months,
        sum(used_months) as used_months, sum(uses) as uses
    from metrics.reach_cities
    group by basis, period_type, period, service
),

foremost as (
    select period_type, period, service, sum(uses) as uses
    from (
        select period_type, period, service, uses
        from metrics.reach_cities
        where basis = 'then' and uses > 0
        qualify row_number() over (partition by period_type, period, service order by uses desc) <= 5
    ) as first_five
    group by period_type, period, service
),

asked as (
    select
        basis, period_type, period, topic, count(*) as used, sum(used_months) as used_months, sum(uses) as uses
    from metrics.reach_topics
    group by basis, period_type, period, topic
),

arrived as (
    select
        (select count(*) from core.eligibility) > 0 as eligibility,
        (select count(*) from core.requests) > 0 as requests,
        (select count(*) from core.engagement_cities) > 0 as engagements,
        (select count(*) from core.attendance) > 0 as attendance,
        (select count(*) from core.peer_events) > 0 as peer_events,
        (select count(*) from core.library_use) > 0 as library_use
),

services as (
    select
        s.service,
        case
            when not a.eligibility then 'no eligibility received'
            when s.service in ('desk', 'any') and not a.requests then 'no requests received'
            when s.service in ('engagement', 'any') and not a.engagements then 'no engagement_cities received'
            when s.service = 'peer' and not a.attendance then 'no attendance received'
            when s.service = 'peer' and not a.peer_events then 'no peer_events received'
            when s.service = 'library' and not a.library_use then 'no library_use received'
        end as missing,
        case when s.service = 'any' and not (a.attendance and a.peer_events and a.library_use)
            then 'without ' || case when not a.attendance or not a.peer_events then 'the peer exchange' else '' end
                || case when not (a.attendance and a.peer_events) and not a.library_use then ' and ' else '' end
                || case when not a.library_use then 'the library' else '' end || ', of which nothing was received'
        end as left_out
    from (values ('desk'), ('engagement'), ('peer'), ('library'), ('any')) as s (service)
    cross join arrived as a
),

wanted as (
    select 'reach_pct' as metric, 'then' as basis
    union all
    select 'reach_pct' as metric, 'now' as basis
    union all
    select 'uptake_pct' as metric, 'then' as basis
    union all
    select 'uptake_pct' as metric, 'now' as basis
    union all
    select 'use_rate' as metric, 'then' as basis
    union all
    select 'use_rate' as metric, 'now' as basis
    union all
    select 'concentration_pct' as metric, cast(null as varchar) as basis
),

figures as (
    select
        w.metric, 'network' as grain, cast(null as varchar) as city_id, cast(null as varchar) as topic, s.service,
        w.basis, p.period_type, p.period, s.missing, s.left_out,
        case w.metric when 'reach_pct' then c.used when 'uptake_pct' then c.used_months when 'use_rate' then c.uses
            else l.uses end as numerator,
        case w.metric when 'reach_pct' then c.cities when 'concentration_pct' then c.uses else c.months
        end as denominator
    from wanted as w
    cross join services as s
    cross join reference.periods as p
    left join counted as c
        on c.basis = coalesce(w.basis, 'then') and c.service = s.service
        and c.period_type = p.period_type and c.period = p.period
    left join foremost as l on l.service = s.service and l.period_type = p.period_type and l.period = p.period
    union all
    select
        w.metric, 'topic' as grain, cast(null as varchar) as city_id, t.topic, s.service, w.basis,
        p.period_type, p.period, s.missing, s.left_out,
        case w.metric when 'reach_pct' then a.used when 'uptake_pct' then a.used_months else a.uses end as numerator,
        case w.metric when 'reach_pct' then c.cities else c.months end as denominator
    from reference.topics as t
    inner join wanted as w on w.basis is not null
    cross join reference.periods as p
    inner join services as s on s.service = 'desk'
    left join counted as c
        on c.basis = w.basis and c.service = 'desk' and c.period_type = p.period_type and c.period = p.period
    left join asked as a
        on a.basis = w.basis and a.topic = t.topic and a.period_type = p.period_type and a.period = p.period
    union all
    select
        w.metric, 'city' as grain, c.city_id, cast(null as varchar) as topic, c.service, c.basis,
        c.period_type, c.period, s.missing, s.left_out,
        case w.metric when 'uptake_pct' then c.used_months else c.uses end as numerator, c.months as denominator
    from metrics.reach_cities as c
    inner join services as s on s.service = c.service
    cross join (values ('uptake_pct'), ('use_rate')) as w (metric)
    where c.basis = 'then'
)

select
    f.metric, f.grain, f.city_id, f.topic, cast(null as varchar) as engagement_id, 'service' as dimension,
    f.service as dimension_value, f.basis, f.period_type, f.period,
    case when f.missing is null and f.metric <> 'use_rate'
        then 100 * coalesce(f.numerator, 0) / nullif(cast(f.denominator as double), 0) end as value,
    cast(null as decimal(18, 2)) as amount_usd,
    case when f.missing is null then cast(coalesce(f.numerator, 0) as double) end as numerator,
    case when f.missing is null then cast(coalesce(f.denominator, 0) as double) end as denominator,
    case when f.missing is null then i.ci_low end as ci_low,
    case when f.missing is null then i.ci_high end as ci_high,
    case when f.missing is not null then 'not_reported' when coalesce(f.denominator, 0) = 0 then 'not_computable'
        else 'value' end as state,
    case when f.missing is not null then f.missing when coalesce(f.denominator, 0) > 0 then f.left_out
        when f.metric = 'concentration_pct' then 'nobody used it' else 'no city was eligible' end as reason
from figures as f
left join metrics.reach_intervals as i
    on i.metric = f.metric and i.service = f.service and i.topic is not distinct from f.topic
    and i.basis is not distinct from f.basis and i.period_type = f.period_type and i.period = f.period
    and f.grain <> 'city'

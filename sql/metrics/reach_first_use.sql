-- metrics.reach_first_use: one row per service × period, network only: days_to_first_use, the Kaplan-Meier median of
-- the days from a city's first eligible day, which places it in a period, to its first use of the service; from
-- metrics.reach_spells. The median is the first day by which the estimate has fallen to one half, its 95% limits those
-- by which the log-log limits of the estimate have (Brookmeyer-Crowley). At equal times uses come before every other
-- end.
with waits as (
    select
        s.service, t.period_type, t.period, s.days, count(*) as ended, count(s.first_used_on) as events
    from metrics.reach_spells as s
    inner join core.period_days as t on t.day = s.starts_on
    group by s.service, t.period_type, t.period, s.days
),

risks as (
    select
        service, period_type, period, days, ended, events,
        cast(sum(ended) over (
            partition by service, period_type, period order by days desc
            rows between unbounded preceding and current row
        ) as double) as at_risk
    from waits
),

sums as (
    select
        service, period_type, period, days, ended, events, at_risk = events as is_zero,
        -cast(sum(cast(case when at_risk > events then ln(1 - events / at_risk) end as decimal(38, 18))) over earlier as double)
            as hazard,
        cast(sum(cast(case when at_risk > events then events / at_risk / (at_risk - events) end as decimal(38, 18))) over earlier
            as double) as greenwood
    from risks
    window earlier as (
        partition by service, period_type, period order by days rows between unbounded preceding and current row
    )
),

steps as (
    select
        service, period_type, period, days, ended, events,
        case when is_zero then 0 else exp(-hazard) end as estimate,
        case when not is_zero and hazard > 0
            then exp(-hazard * exp(1.959963984540054 * sqrt(greenwood) / hazard)) end as low,
        case when not is_zero and hazard > 0
            then exp(-hazard * exp(-1.959963984540054 * sqrt(greenwood) / hazard)) end as high
    from sums
),

-- a sum of logarithms may miss an exact half by its last bit
medians as (
    select
        service, period_type, period, sum(events) as events, sum(ended) as cities,
        min(days) filter (where estimate <= 0.5 + 1e-12) as value,
        min(days) filter (where low <= 0.5 + 1e-12) as ci_low,
        min(days) filter (where high <= 0.5 + 1e-12) as ci_high
    from steps
    group by service, period_type, period
),

-- the same feeds as the other figures of the service
told as (
    select distinct dimension_value as service, reason as missing
    from metrics.reach
    where metric = 'reach_pct' and grain = 'network' and state = 'not_reported'
)

select
    'days_to_first_use' as metric, 'network' as grain, cast(null as varchar) as city_id, cast(null as varchar) as topic,
    cast(null as varchar) as engagement_id, 'service' as dimension, w.service as dimension_value,
    cast(null as varchar) as basis, p.period_type, p.period,
    case when t.missing is null then cast(m.value as double) end as value,
    cast(null as decimal(18, 2)) as amount_usd,
    case when t.missing is null then cast(coalesce(m.events, 0) as double) end as numerator,
    case when t.missing is null then cast(coalesce(m.cities, 0) as double) end as denominator,
    case when t.missing is null and m.value is not null then cast(m.ci_low as double) end as ci_low,
    case when t.missing is null and m.value is not null then cast(m.ci_high as double) end as ci_high,
    case when t.missing is not null then 'not_reported' when coalesce(m.cities, 0) = 0 then 'not_computable'
        when m.value is null then 'not_reached' else 'value' end as state,
    case when t.missing is not null then t.missing when coalesce(m.cities, 0) = 0 then 'no city became eligible'
        when m.value is null then 'too few have used it for the estimate to fall to one half' end as reason
from (values ('desk'), ('engagement'), ('peer'), ('library'), ('any')) as w (service)
cross join reference.periods as p
left join medians as m on m.service = w.service and m.period_type = p.period_type and m.period = p.period
left join told as t on t.service = w.service

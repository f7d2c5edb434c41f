-- metrics.engagement_time: one row per metric × grain (network, topic, city; milestones also by engagement) × period:
-- milestone_slip_days and days_applied_to_approved, Kaplan-Meier medians in calendar days, open cases counted.
-- The median is the first day by which the estimate has fallen to one half, its 95% limits those by which the limits of
-- the estimate have (Brookmeyer-Crowley); a limit that is not reached is null. numerator: ends seen; denominator: records.
with medians as (
    select
        metric, grain, city_id, topic, engagement_id, period_type, period,
        cast(sum(ends) as double) as numerator,
        cast(sum(records) as double) as denominator,
        -- a sum of logarithms may miss an exact half by its last bit
        cast(min(days) filter (where estimate <= 0.5 + 1e-12) as double) as value,
        cast(min(days) filter (where ci_low <= 0.5 + 1e-12) as double) as ci_low,
        cast(min(days) filter (where ci_high <= 0.5 + 1e-12) as double) as ci_high
    from metrics.engagement_steps
    group by metric, grain, city_id, topic, engagement_id, period_type, period
),

-- baselines that fall due only after as_of
planned as (
    select c.grain, c.city_id, c.topic, c.engagement_id, c.period_type, c.period
    from metrics.engagement_counts as c
    where c.metric = 'milestones_on_time_pct' and c.due = 0
),

measured as (
    select 'milestone_slip_days' as metric, count(*) > 0 as arrived, 'no milestones received' as missing
    from core.milestones
    union all
    select
        'days_applied_to_approved' as metric, count(applied_on) > 0 as arrived,
        case when count(*) = 0 then 'no engagements received' else 'no days of application received' end as missing
    from core.engagements
),

keys as (
    select
        m.metric, m.arrived, m.missing, k.grain, k.city_id, k.topic, cast(null as varchar) as engagement_id,
        t.period_type, t.period
    from measured as m
    cross join core.figure_keys as k
    cross join reference.periods as t
    union all
    select m.metric, m.arrived, m.missing, c.grain, c.city_id, c.topic, c.engagement_id, c.period_type, c.period
    from measured as m
    inner join metrics.engagement_counts as c
        on m.metric = 'milestone_slip_days' and c.metric = 'milestones_on_time_pct' and c.grain = 'engagement'
)

select
    k.metric, k.grain, k.city_id, k.topic, k.engagement_id,
    cast(null as varchar) as dimension, cast(null as varchar) as dimension_value, cast(null as varchar) as basis,
    k.period_type, k.period,
    d.value, cast(null as decimal(18, 2)) as amount_usd,
    case when k.arrived then coalesce(d.numerator, 0) end as numerator,
    case when k.arrived then coalesce(d.denominator, 0) end as denominator,
    case when d.value is not null then d.ci_low end as ci_low,
    case when d.value is not null then d.ci_high end as ci_high,
    case
        when not k.arrived then 'not_reported'
        when d.value is not null then 'value'
        when d.denominator > 0 then 'not_reached'
        when p.period is not null then 'not_due'
        else 'not_computable'
    end as state,
    case
        when not k.arrived then k.missing
        when d.value is not null then null
        when d.denominator > 0 then 'too few are over for the estimate to fall to one half'
        when p.period is not null then 'nothing was due by the as-of date'
        when k.metric = 'milestone_slip_days' then 'no milestone was due'
        else 'nobody applied'
    end as reason
from keys as k
left join medians as d
    on k.metric = d.metric and k.grain = d.grain and k.period_type = d.period_type and k.period = d.period
    and k.city_id is not distinct from d.city_id and k.topic is not distinct from d.topic
    and k.engagement_id is not distinct from d.engagement_id
left join planned as p
    on k.metric = 'milestone_slip_days' and k.grain = p.grain and k.period_type = p.period_type and k.period = p.period
    and k.city_id is not distinct from p.city_id and k.topic is not distinct from p.topic
    and k.engagement_id is not distinct from p.engagement_id

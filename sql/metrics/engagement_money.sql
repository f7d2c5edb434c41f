-- metrics.engagement_money: one row per metric × grain × keys × period, from metrics.engagement_costs.
-- engagement_budget_variance_pct: what engagements completed in the period cost (federal share and match, all that is
-- posted up to as_of) less what was planned, of what was planned; network, topic, city, and each engagement to date.
-- budget_spent_pct and time_elapsed_pct: of those open on as_of, to date: each, and the network as sums over the
-- engagements that have both a planned cost and a planned last day, so that the two can be compared.
with shares as (
    select
        'engagement_budget_variance_pct' as metric, engagement_id, completed_on as day, true as is_summed,
        actual_usd as above, planned_cost_usd as below
    from metrics.engagement_costs
    where is_completed and planned_cost_usd > 0 and entries > 0
    union all
    select
        'budget_spent_pct' as metric, engagement_id, starts_on as day, planned_days is not null as is_summed,
        actual_usd as above, planned_cost_usd as below
    from metrics.engagement_costs
    where is_open and planned_cost_usd > 0
    union all
    select
        'time_elapsed_pct' as metric, engagement_id, starts_on as day, coalesce(planned_cost_usd > 0, false) as is_summed,
        cast(elapsed_days as decimal(18, 2)) as above, cast(planned_days as decimal(18, 2)) as below
    from metrics.engagement_costs
    where is_open and planned_days is not null
),

summed as (
    select
        s.metric, c.grain, c.city_id, c.topic, c.shown_id as engagement_id, t.period_type, t.period,
        cast(sum(s.above) as double) as above, cast(sum(s.below) as double) as below
    from shares as s
    inner join metrics.engagement_scopes as c on s.engagement_id = c.engagement_id
    inner join reference.periods as t
        on t.period_type = 'to_date'
        or (s.metric = 'engagement_budget_variance_pct' and s.day between t.period_start and t.period_end)
    where case c.grain
        when 'engagement' then t.period_type = 'to_date'
        when 'network' then s.is_summed
        else s.metric = 'engagement_budget_variance_pct'
    end
    group by s.metric, c.grain, c.city_id, c.topic, c.shown_id, t.period_type, t.period
),

keys as (
    select
        'engagement_budget_variance_pct' as metric, k.grain, k.city_id, k.topic, cast(null as varchar) as engagement_id,
        t.period_type, t.period, 'no completed engagement has a planned cost and an entry in the ledger' as why
    from core.figure_keys as k
    cross join reference.periods as t
    union all
    select
        m.metric, 'network' as grain, null as city_id, null as topic, null as engagement_id, 'to_date' as period_type,
        'to_date' as period, 'no open engagement has a planned cost and a planned last day' as why
    from (values ('budget_spent_pct'), ('time_elapsed_pct')) as m (metric)
    union all
    select
        m.metric, 'engagement' as grain, null as city_id, null as topic, e.engagement_id, 'to_date' as period_type,
        'to_date' as period,
        case
            when m.metric = 'time_elapsed_pct' then 'no planned last day'
            when e.planned_cost_usd is null then 'no planned cost'
            when e.planned_cost_usd = 0 then 'the planned cost is zero'
            else 'no entry in the ledger names it'
        end as why
    from metrics.engagement_costs as e
    inner join (
        values ('engagement_budget_variance_pct', true), ('budget_spent_pct', false), ('time_elapsed_pct', false)
    ) as m (metric, of_completed) on (m.of_completed and e.is_completed) or (not m.of_completed and e.is_open)
),

arrived as (
    select
        (select count(*) from core.engagements) > 0 as engagements,
        (select count(*) from core.ledger) > 0 as ledger
),

told as (
    select
        k.metric, k.grain, k.city_id, k.topic, k.engagement_id, k.period_type, k.period,
        case
            when not a.engagements then 'no engagements received'
            when not a.ledger and k.metric <> 'time_elapsed_pct' then 'no ledger received'
        end as missing,
        case when s.above is null then k.why when s.above < 0 then 'corrections exceed what was spent' end as why,
        s.above, s.below
    from keys as k
    cross join arrived as a
    left join summed as s
        on k.metric = s.metric and k.grain = s.grain and k.period_type = s.period_type and k.period = s.period
        and k.city_id is not distinct from s.city_id and k.topic is not distinct from s.topic
        and k.engagement_id is not distinct from s.engagement_id
)

select
    metric, grain, city_id, topic, engagement_id,
    cast(null as varchar) as dimension, cast(null as varchar) as dimension_value, cast(null as varchar) as basis,
    period_type, period,
    case when missing is null and why is null
        then 100 * (above - case when metric = 'engagement_budget_variance_pct' then below else 0 end) / below
    end as value,
    cast(null as decimal(18, 2)) as amount_usd,
    case when missing is null and why is null then above end as numerator,
    case when missing is null and why is null then below end as denominator,
    cast(null as double) as ci_low, cast(null as double) as ci_high,
    case when missing is not null then 'not_reported' when why is not null then 'not_computable' else 'value' end as state,
    coalesce(missing, why) as reason
from told

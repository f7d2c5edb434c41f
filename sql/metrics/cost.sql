-- metrics.cost: one row per metric × period (quarter, fiscal year, to date), network only: the federal cost of a service in
-- the period (metrics.cost_services: direct and allocated; to date all of line 10e that is its part) for each outcome in it.
-- cost_per_answer_usd: the desk, a substantive answer; cost_per_engagement_usd: engagements, one completed;
-- cost_per_adopted_usd: engagements, a recommendation adopted. Not given below 5 outcomes.
-- Interval: the cost over the middle 95% of 400 Poisson bootstrap draws of the outcomes over the cities that were eligible
-- or had one (reference.bootstrap_weights); outcomes of nobody's city stay as they are. No upper limit where draws hold none.
with cities as (
    select distinct t.period_type, t.period, e.city_id
    from core.eligibility as e
    cross join reference.params as p
    inner join reference.periods as t
        on t.period_type in ('quarter', 'fiscal_year', 'to_date')
        and e.eligible_from <= least(t.period_end, p.as_of) and coalesce(e.eligible_to, p.as_of) >= t.period_start
    union
    select period_type, period, city_id
    from metrics.cost_outcomes
    where city_id is not null
),

ranked as (
    select
        c.period_type, c.period, dense_rank() over (order by c.city_id) as city_rank,
        coalesce(o.answers, 0) as answers, coalesce(o.engagements, 0) as engagements, coalesce(o.adopted, 0) as adopted
    from cities as c
    left join metrics.cost_outcomes as o
        on c.period_type = o.period_type and c.period = o.period and c.city_id = o.city_id
),

drawn as (
    select
        c.period_type, c.period, w.replicate,
        count(*) / cast(nullif(sum(w.weight), 0) as double) as scale,
        sum(w.weight * c.answers) as answers, sum(w.weight * c.engagements) as engagements,
        sum(w.weight * c.adopted) as adopted
    from ranked as c
    -- a city beyond the last slot shares one with a city far from it in the order
    inner join reference.bootstrap_weights as w on w.slot = (c.city_rank - 1) % 1200 + 1
    group by c.period_type, c.period, w.replicate
),

wanted (metric, service, feed, noun) as (
    values
        ('cost_per_answer_usd', 'desk', 'requests', 'substantive answers'),
        ('cost_per_engagement_usd', 'engagement', 'engagements', 'completed engagements'),
        ('cost_per_adopted_usd', 'engagement', 'recommendations', 'adopted recommendations')
),

limits as (
    select
        w.metric, d.period_type, d.period,
        quantile_cont(d.scale * case w.feed when 'requests' then d.answers when 'engagements' then d.engagements
            else d.adopted end, 0.025) as few,
        quantile_cont(d.scale * case w.feed when 'requests' then d.answers when 'engagements' then d.engagements
            else d.adopted end, 0.975) as many
    from drawn as d
    cross join wanted as w
    group by w.metric, d.period_type, d.period
),

counted as (
    select
        w.metric, o.period_type, o.period,
        round(sum(case w.feed when 'requests' then o.answers when 'engagements' then o.engagements else o.adopted end))
            as outcomes,
        sum(case when o.city_id is not null then 0
            else case w.feed when 'requests' then o.answers when 'engagements' then o.engagements else o.adopted end
        end) as elsewhere
    from metrics.cost_outcomes as o
    cross join wanted as w
    group by w.metric, o.period_type, o.period
),

arrived as (
    select 'requests' as feed, count(*) > 0 as has from core.requests
    union all
    select 'engagements' as feed, count(*) > 0 as has from core.engagements
    union all
    select 'recommendations' as feed, count(*) > 0 as has from core.recommendations
),

told as (
    select
        w.metric, t.period_type, t.period,
        cast(coalesce(s.cost_usd, 0) as double) as cost, coalesce(c.outcomes, 0) as outcomes,
        l.few + c.elsewhere as few, l.many + c.elsewhere as many,
        case when not g.has then 'no ledger received' when not a.has then 'no ' || w.feed || ' received' end as missing,
        case when coalesce(c.outcomes, 0) = 0 then 'no ' || w.noun
            when c.outcomes < 5 then 'fewer than 5 ' || w.noun
            when s.cost_usd < 0 then 'corrections exceed the costs of the period' end as why,
        coalesce(c.outcomes, 0) between 1 and 4 as is_withheld
    from wanted as w
    inner join arrived as a on w.feed = a.feed
    cross join (select count(*) > 0 as has from core.ledger) as g
    inner join reference.periods as t on t.period_type in ('quarter', 'fiscal_year', 'to_date')
    left join metrics.cost_services as s
        on w.service = s.service and t.period_type = s.period_type and t.period = s.period
    left join counted as c on w.metric = c.metric and t.period_type = c.period_type and t.period = c.period
    left join limits as l on w.metric = l.metric and t.period_type = l.period_type and t.period = l.period
)

select
    metric, 'network' as grain, cast(null as varchar) as city_id, cast(null as varchar) as topic,
    cast(null as varchar) as engagement_id, cast(null as varchar) as dimension, cast(null as varchar) as dimension_value,
    cast(null as varchar) as basis, period_type, period,
    case when missing is null and why is null then cost / outcomes end as value,
    cast(null as decimal(18, 2)) as amount_usd,
    case when missing is null and cost >= 0 then cost end as numerator,
    case when missing is null then outcomes end as denominator,
    -- where all cities are alike every draw is too, and says nothing of the spread
    case when missing is null and why is null and few < many - 1e-9 then cost / many end as ci_low,
    case when missing is null and why is null and few < many - 1e-9 and few > 1e-9 then cost / few end as ci_high,
    case when missing is not null then 'not_reported' when is_withheld then 'withheld'
        when why is not null then 'not_computable' else 'value' end as state,
    coalesce(missing, why) as reason
from told

-- metrics.satisfaction: one row per metric × grain × keys × period; satisfied_pct, satisfied_weighted_pct, satisfied_low_pct,
-- satisfied_high_pct, survey_response_pct, satisfied_city_mean_pct (network and topic only).
-- Of surveys delivered in the period about requests of the desk. City by topic where a survey was delivered.
-- The interval of a weighted share p is Wilson's with the number of equal answers that would give its linearized (Hajek)
-- variance; where all answers agree that variance is nothing, and Kish's number is taken.
with counts as (
    select
        grain, city_id, topic, period_type, period, delivered, answered, satisfied,
        weight_answered, weight_satisfied,
        weight_satisfied / nullif(weight_answered, 0) as weighted,
        square_answered, square_satisfied
    from metrics.satisfaction_counts
),

weighed as (
    select
        c.grain, c.city_id, c.topic, c.period_type, c.period, c.delivered, c.answered, c.satisfied, c.weighted as share,
        case when c.answered < a.min_denominator then cast(c.satisfied as double) else c.weight_satisfied end as numerator,
        case when c.answered < a.min_denominator then cast(c.answered as double) else c.weight_answered end as denominator,
        case when c.satisfied in (0, c.answered) then power(c.weight_answered, 2) / nullif(c.square_answered, 0)
            else least(c.answered, c.weighted * (1 - c.weighted) * power(c.weight_answered, 2) / (
                power(1 - c.weighted, 2) * c.square_satisfied
                + power(c.weighted, 2) * (c.square_answered - c.square_satisfied)
            )) end as n,
        3.8414588206941236 as zz  -- 1.959963984540054 squared
    from counts as c
    cross join reference.params as a
),

shares as (
    select
        case when grain = 'city' then 'network' else 'topic' end as grain, topic, period_type, period,
        answered, cast(satisfied as double) / answered as share
    from metrics.satisfaction_counts
    where grain in ('city', 'city_topic') and answered > 0
),

-- whole millionths and billionths, so that the order of adding does not show
means as (
    select
        grain, topic, period_type, period, count(*) as cities,
        cast(sum(cast(round(1e9 * share) as bigint)) as double) / 1e9 as total,
        count(*) * sum(cast(round(1e6 * share) as bigint) * cast(round(1e6 * share) as bigint))
        - sum(cast(round(1e6 * share) as bigint)) * sum(cast(round(1e6 * share) as bigint)) as squares,
        cast(sum(cast(round(1e9 / answered) as bigint)) as double) / 1e9 as inverses
    from shares
    group by grain, topic, period_type, period
),

-- the spread between cities, and never less than the answers alone would give; Student's t for few cities
spread as (
    select
        grain, topic, period_type, period, cities, total, total / cities as share,
        power(cities, 2) / inverses as answers,
        case when cities > 1 then cast(squares as double) / 1e12 / (power(cities, 2) * (cities - 1)) end as variance,
        case when cities > 1 then power(1.959963984540054 + 2.372271 / (cities - 1) + 2.822499 / power(cities - 1, 2), 2)
            end as zz
    from means
),

averaged as (
    select
        c.grain, c.city_id, c.topic, c.period_type, c.period, c.delivered, c.answered, c.satisfied, s.share,
        s.total as numerator, cast(coalesce(s.cities, 0) as double) as denominator,
        coalesce(least(s.answers, s.share * (1 - s.share) / nullif(s.variance, 0)), s.answers) as n,
        s.zz
    from counts as c
    left join spread as s
        on s.grain = c.grain and s.topic is not distinct from c.topic and s.period_type = c.period_type
        and s.period = c.period
    where c.grain in ('network', 'topic')
),

given as (
    select 'satisfied_weighted_pct' as metric, * from weighed
    union all
    select 'satisfied_city_mean_pct' as metric, * from averaged
),

figures as (
    select
        w.metric, c.grain, c.city_id, c.topic, c.period_type, c.period, c.delivered, c.answered,
        cast(case w.metric when 'survey_response_pct' then c.answered
            when 'satisfied_high_pct' then c.satisfied + c.delivered - c.answered else c.satisfied end as double) as numerator,
        cast(case w.metric when 'satisfied_pct' then c.answered else c.delivered end as double) as denominator,
        cast(null as double) as value, cast(null as double) as ci_low, cast(null as double) as ci_high,
        cast(null as varchar) as state
    from counts as c
    cross join (
        values ('satisfied_pct'), ('satisfied_low_pct'), ('satisfied_high_pct'), ('survey_response_pct')
    ) as w (metric)
    union all
    select
        metric, grain, city_id, topic, period_type, period, delivered, answered, coalesce(numerator, 0), denominator,
        100 * share,
        100 * greatest(0, (n * share + zz / 2 - sqrt(zz * (n * share * (1 - share) + zz / 4))) / (n + zz)) as ci_low,
        100 * least(1, (n * share + zz / 2 + sqrt(zz * (n * share * (1 - share) + zz / 4))) / (n + zz)) as ci_high,
        case when answered > 0 and share is not null then 'value' else 'not_computable' end as state
    from given
)

select
    f.metric, f.grain, f.city_id, f.topic,
    cast(null as varchar) as engagement_id, cast(null as varchar) as dimension, cast(null as varchar) as dimension_value,
    cast(null as varchar) as basis, f.period_type, f.period,
    case when a.missing is null then f.value end as value,
    cast(null as decimal(18, 2)) as amount_usd,
    case when a.missing is null then f.numerator end as numerator,
    case when a.missing is null then f.denominator end as denominator,
    case when a.missing is null then f.ci_low end as ci_low,
    case when a.missing is null then f.ci_high end as ci_high,
    case when a.missing is not null then 'not_reported' else f.state end as state,
    case when a.missing is not null then a.missing when f.denominator > 0 then null
        when f.delivered = 0 then 'no survey was delivered' when f.answered = 0 then 'no survey was answered'
        else 'no city answered' end as reason
from figures as f
cross join (
    select case when (select count(*) from core.surveys) = 0 then 'no surveys received'
        when (select count(*) from core.requests) = 0 then 'no requests received' end as missing
) as a

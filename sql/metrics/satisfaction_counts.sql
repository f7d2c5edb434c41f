-- metrics.satisfaction_counts: one row per grain × keys × period: what satisfaction is made of. Dense for network, topic and
-- city, sparse for city_topic; a survey counts in the period in which it was delivered. Callers without a city: network
-- and topic. weight_ and square_: sums of 1/p and 1/p squared over the answers.
with cells as (
    select
        p.period_type, p.period, c.city_id, c.topic,
        sum(c.delivered) as delivered, sum(c.answered) as answered, sum(c.satisfied) as satisfied,
        sum(c.weight_answered) as weight_answered, sum(c.weight_satisfied) as weight_satisfied,
        sum(c.square_answered) as square_answered, sum(c.square_satisfied) as square_satisfied
    from metrics.satisfaction_cells as c
    inner join core.period_parts as p on p.part = c.part
    group by p.period_type, p.period, c.city_id, c.topic
),

rolled as (
    select
        case when grouping(city_id) = 1 and grouping(topic) = 1 then 'network' when grouping(city_id) = 1 then 'topic'
            when grouping(topic) = 1 then 'city' else 'city_topic' end as grain,
        city_id, topic, period_type, period,
        sum(delivered) as delivered, sum(answered) as answered, sum(satisfied) as satisfied,
        sum(weight_answered) as weight_answered, sum(weight_satisfied) as weight_satisfied,
        sum(square_answered) as square_answered, sum(square_satisfied) as square_satisfied
    from cells
    group by grouping sets (
        (period_type, period), (period_type, period, topic), (period_type, period, city_id),
        (period_type, period, city_id, topic)
    )
    having grouping(city_id) = 1 or city_id is not null
),

filled as (
    select
        k.grain, k.city_id, k.topic, p.period_type, p.period, r.delivered, r.answered, r.satisfied,
        r.weight_answered, r.weight_satisfied, r.square_answered, r.square_satisfied
    from core.figure_keys as k
    cross join reference.periods as p
    left join rolled as r
        on r.grain = k.grain and r.city_id is not distinct from k.city_id and r.topic is not distinct from k.topic
        and r.period_type = p.period_type and r.period = p.period
    union all
    select
        grain, city_id, topic, period_type, period, delivered, answered, satisfied,
        weight_answered, weight_satisfied, square_answered, square_satisfied
    from rolled
    where grain = 'city_topic'
)

select
    grain, city_id, topic, period_type, period,
    cast(coalesce(delivered, 0) as bigint) as delivered,
    cast(coalesce(answered, 0) as bigint) as answered,
    cast(coalesce(satisfied, 0) as bigint) as satisfied,
    cast(coalesce(weight_answered, 0) as double) / 1e9 as weight_answered,
    cast(coalesce(weight_satisfied, 0) as double) / 1e9 as weight_satisfied,
    cast(coalesce(square_answered, 0) as double) / 1e9 as square_answered,
    cast(coalesce(square_satisfied, 0) as double) / 1e9 as square_satisfied
from filled

-- metrics.satisfaction_cells: one row per part of time × city × topic with a survey delivered: delivered, answered, satisfied,
-- and the sums of the weights (1/p) and of their squares over the answers, in billionths, whole numbers, so that the order
-- of adding does not show. The city is null for other callers.
with counted as (
    select
        s.cell,
        sum(s.delivered) as delivered,
        sum(s.answered) as answered,
        sum(s.satisfied) as satisfied,
        sum(s.answered * a.weight_billionths) as weight_answered,
        sum(s.satisfied * a.weight_billionths) as weight_satisfied,
        sum(s.answered * a.square_billionths) as square_answered,
        sum(s.satisfied * a.square_billionths) as square_satisfied
    from metrics.satisfaction_profiles as s
    inner join metrics.answering as a on a.kind = s.kind
    group by s.cell
)

select
    p.name as part,
    c.name as city_id,
    t.topic,
    cast(n.delivered as bigint) as delivered,
    cast(n.answered as bigint) as answered,
    cast(n.satisfied as bigint) as satisfied,
    cast(n.weight_answered as bigint) as weight_answered,
    cast(n.weight_satisfied as bigint) as weight_satisfied,
    cast(n.square_answered as bigint) as square_answered,
    cast(n.square_satisfied as bigint) as square_satisfied
from counted as n
inner join metrics.satisfaction_codes as p on p.what = 'part' and p.code = cast(floor(n.cell / 1000000) as bigint)
inner join reference.topics as t on t.ordinal = n.cell % 100
left join metrics.satisfaction_codes as c on c.what = 'city' and c.code = cast(floor(n.cell / 100) as bigint) % 10000

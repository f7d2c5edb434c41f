-- metrics.peers: one row per metric × grain × basis × period: peer_connected_pct (eligible cities that met another city
-- at a peer event in the period; network) and peer_pairs (pairs of cities that met in it; of a city, the cities that it
-- met).
with pairs as (
    select distinct m.city_a, m.city_b, p.period_type, p.period
    from metrics.peer_meetings as m
    inner join core.period_parts as p on p.part = m.part
),

met as (
    select city_id, period_type, period, count(*) as cities
    from (
        select city_a as city_id, period_type, period from pairs
        union all
        select city_b as city_id, period_type, period from pairs
    ) as either
    group by city_id, period_type, period
),

connected as (
    select e.basis, e.period_type, e.period, count(*) as cities, count(m.city_id) as connected
    from metrics.reach_cities as e
    left join met as m on m.city_id = e.city_id and m.period_type = e.period_type and m.period = e.period
    where e.service = 'peer'
    group by e.basis, e.period_type, e.period
),

counted as (
    select cast(null as varchar) as city_id, period_type, period, count(*) as pairs
    from pairs
    group by period_type, period
    union all
    select city_id, period_type, period, cities as pairs
    from met
),

keys as (
    select grain, city_id from core.figure_keys where grain in ('network', 'city')
    union
    select 'city' as grain, city_id from met
),

figures as (
    select
        'peer_connected_pct' as metric, 'network' as grain, cast(null as varchar) as city_id, b.basis, p.period_type,
        p.period, c.connected as numerator, c.cities as denominator
    from (values ('then'), ('now')) as b (basis)
    cross join reference.periods as p
    left join connected as c on c.basis = b.basis and c.period_type = p.period_type and c.period = p.period
    union all
    select
        'peer_pairs' as metric, k.grain, k.city_id, cast(null as varchar) as basis, p.period_type, p.period,
        c.pairs as numerator, cast(null as bigint) as denominator
    from keys as k
    cross join reference.periods as p
    left join counted as c
        on c.city_id is not distinct from k.city_id and c.period_type = p.period_type and c.period = p.period
),

told as (
    select
        f.metric, f.grain, f.city_id, f.basis, f.period_type, f.period, coalesce(f.numerator, 0) as numerator,
        case when f.metric = 'peer_connected_pct' then coalesce(f.denominator, 0) end as denominator,
        case
            when not a.attendance then 'no attendance received'
            when not a.peer_events then 'no peer_events received'
            when f.metric = 'peer_connected_pct' and not a.eligibility then 'no eligibility received'
        end as missing
    from figures as f
    cross join (
        select
            (select count(*) from core.attendance) > 0 as attendance,
            (select count(*) from core.peer_events) > 0 as peer_events,
            (select count(*) from core.eligibility) > 0 as eligibility
    ) as a
)

select
    metric, grain, city_id, cast(null as varchar) as topic, cast(null as varchar) as engagement_id,
    cast(null as varchar) as dimension, cast(null as varchar) as dimension_value, basis, period_type, period,
    case when missing is null and metric = 'peer_pairs' then cast(numerator as double) end as value,
    cast(null as decimal(18, 2)) as amount_usd,
    case when missing is null then cast(numerator as double) end as numerator,
    case when missing is null then cast(denominator as double) end as denominator,
    cast(null as double) as ci_low, cast(null as double) as ci_high,
    case when missing is not null then 'not_reported' when metric = 'peer_pairs' then 'value'
        when denominator = 0 then 'not_computable' end as state,
    case when missing is not null then missing
        when metric = 'peer_connected_pct' and denominator = 0 then 'no city was eligible' end as reason
from told

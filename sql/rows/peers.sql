-- rows.peers: the pairs of cities that met in the period (peer_pairs), or the eligible cities and whether they met another there
-- (peer_connected_pct), of one figure (asked.figure).
with pairs as (
    select a.city_id as city_a, b.city_id as city_b, count(*) as events, min(a.held_on) as first_on
    from published.attendance as a
    inner join published.attendance as b on b.event_id = a.event_id and b.city_id > a.city_id
    cross join asked.figure as f
    -- to date is whole months, that of the launch too
    where a.held_on between date_trunc('month', f.period_start) and f.period_end
    group by a.city_id, b.city_id
),

eligible as (
    select distinct e.city_id
    from published.eligibility as e
    cross join asked.figure as f
    inner join published.periods as m
        on m.period_type = 'month' and m.period_end >= f.period_start and m.period_start <= f.period_end
    where case when f.basis = 'now' then e.eligible_from <= f.as_of and coalesce(e.eligible_to, f.as_of) >= f.as_of
        else e.eligible_from <= least(m.period_end, f.as_of) and coalesce(e.eligible_to, f.as_of) >= m.period_start end
)

select
    'attendance' as feed, p.city_a || ' ' || p.city_b as record_id, cast(null as varchar) as left_out, p.city_a, p.city_b,
    p.events, p.first_on, 1 as numerator, cast(null as integer) as denominator
from pairs as p
cross join asked.figure as f
where f.metric = 'peer_pairs' and (f.city_id is null or f.city_id in (p.city_a, p.city_b))
union all
select
    'eligibility' as feed, e.city_id as record_id, cast(null as varchar) as left_out, e.city_id as city_a,
    cast(null as varchar) as city_b, cast(null as bigint) as events, cast(null as date) as first_on,
    case when e.city_id in (select city_a from pairs union select city_b from pairs) then 1 else 0 end as numerator,
    1 as denominator
from eligible as e
cross join asked.figure as f
where f.metric = 'peer_connected_pct'
order by record_id

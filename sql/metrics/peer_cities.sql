-- metrics.peer_cities: one row per city that was eligible on a day since the month of the launch: the peer events it came to, the
-- cities it met there (eligible or not), and whether it has never met one. Where attendance or peer_events never
-- arrived, not known.
with ends as (
    select city_a as city_id, city_b as other_id from metrics.peer_links
    union all
    select city_b as city_id, city_a as other_id from metrics.peer_links
),

met as (
    select city_id, count(*) as cities_met
    from ends
    group by city_id
),

came as (
    select a.city_id, count(*) as events, min(a.held_on) as first_on, max(a.held_on) as last_on
    from core.attendance as a
    inner join core.period_days as t on t.day = a.held_on and t.period_type = 'to_date'
    group by a.city_id
),

eligible as (
    select city_id, max(case when basis = 'now' then 1 else 0 end) = 1 as is_eligible_now
    from metrics.reach_cities
    where service = 'peer' and period_type = 'to_date'
    group by city_id
)

select
    e.city_id,
    e.is_eligible_now,
    case when a.arrived then coalesce(c.events, 0) end as events,
    case when a.arrived then coalesce(m.cities_met, 0) end as cities_met,
    c.first_on,
    c.last_on,
    case when a.arrived then m.city_id is null end as never_connected
from eligible as e
cross join (
    select (select count(*) from core.attendance) > 0 and (select count(*) from core.peer_events) > 0 as arrived
) as a
left join came as c on c.city_id = e.city_id
left join met as m on m.city_id = e.city_id

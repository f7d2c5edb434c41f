-- rows.first_use: the cities that became eligible in the period of one figure of days_to_first_use (asked.figure), with the days
-- (as hours, so that one method serves every wait) until they first used the service, or were last seen not to have.
select
    'eligibility' as feed,
    s.city_id as record_id,
    cast(null as varchar) as left_out,
    s.city_id, s.starts_on, s.ends_on, s.first_used_on,
    cast(s.days as double) as hours,
    case when s.first_used_on is null then 'censored' else 'event' end as outcome
from published.reach_spells as s
cross join asked.figure as f
where s.service = f.dimension_value and s.starts_on between f.period_start and f.period_end
order by s.city_id

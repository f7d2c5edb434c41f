-- metrics.satisfaction_codes: one row per part of time, city and channel: the number that stands for it in
-- metrics.satisfaction_profiles, from 1 (0 is none). size: of a city, 1 below 50,000 people, 2 below 100,000, 3 below 250,000,
-- 4 above, 0 unknown.
select 'part' as what, part as name, row_number() over (order by part) as code, cast(null as bigint) as size
from (select distinct part from core.day_parts) as parts
union all
select
    'city' as what, k.city_id as name, row_number() over (order by k.city_id) as code,
    cast(case when c.population < 50000 then 1 when c.population < 100000 then 2 when c.population < 250000 then 3
        when c.population >= 250000 then 4 else 0 end as bigint) as size
from core.figure_keys as k
left join core.cities as c on c.city_id = k.city_id
where k.grain = 'city'
union all
select 'channel' as what, channel as name, row_number() over (order by channel) as code, cast(null as bigint) as size
from (select distinct channel from core.requests where channel is not null) as channels

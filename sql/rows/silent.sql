-- rows.silent: the cities behind one figure of silent_requests (asked.figure): what each asked, and what a city of its kind would
-- have, by the model over all eligible cities.
select
    'requests' as feed,
    s.city_id as record_id,
    cast(null as varchar) as left_out,
    s.city_id, s.eligible_months,
    s.observed as numerator,
    s.expected as denominator,
    s.silent_requests as silent
from published.silent_cities as s
cross join asked.figure as f
where s.period_type = f.period_type and s.period = f.period and (f.city_id is null or s.city_id = f.city_id)
order by s.city_id

-- One row per eligible city × period: requests expected of it against those it made.
select
    city_id,
    period_type,
    period,
    eligible_months,
    observed,
    expected,
    expected_low,
    expected_high,
    silent_requests,
    p_low,
    is_silent,
    dispersion,
    cities
from metrics.silent_cities
order by city_id, period_type, period

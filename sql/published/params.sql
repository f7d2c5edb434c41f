-- One row: what the figures were asked with, so that whoever works one out again from the release asks the same.
select
    as_of,
    as_of_at,
    launched_on,
    time_zone,
    service_level_business_seconds,
    service_level_calendar_seconds,
    lag_days,
    min_denominator,
    calendar
from reference.params

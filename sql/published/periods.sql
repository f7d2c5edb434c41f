-- One row per period that figures are told by, from the launch to the as-of date; instants are UTC, the end exclusive.
select
    period_type,
    period,
    period_start,
    period_end,
    starts_at,
    ends_at,
    closes_at,
    ordinal
from reference.periods
order by period_type, ordinal

-- metrics.rate_limits: one row per period × count of events that a published rate of it has: the 95% limits of its mean, exact
-- (Garwood) by reference.poisson_limits, and far out those of Wilson and Hilferty.
with counts as (
    select distinct f.period, cast(f.numerator as bigint) as events
    from metrics.figures as f
    inner join reference.metrics as m on m.metric = f.metric
    where m.interval = 'poisson' and f.numerator is not null
)

select
    c.period,
    c.events,
    coalesce(
        l.low, c.events * power(1 - 1 / (9.0 * c.events) - 1.959963984540054 / (3 * sqrt(c.events)), 3)
    ) as mean_low,
    coalesce(
        l.high, (c.events + 1) * power(1 - 1 / (9.0 * (c.events + 1)) + 1.959963984540054 / (3 * sqrt(c.events + 1)), 3)
    ) as mean_high
from counts as c
left join reference.poisson_limits as l on l.events = c.events

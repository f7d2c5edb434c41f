-- metrics.metric_lags: one row per metric: the days after the end of a period until its figure is final: those for which it follows
-- what it counts (window_days), and the longest P95 of the lags of its feeds (core.feed_lags), of those of which a record came.
-- A metric of none takes reference.params.lag_days.
select
    m.metric,
    cast(m.window_days + coalesce(max(l.lag_days_p95), max(p.lag_days)) as bigint) as lag_days
from reference.metrics as m
cross join reference.params as p
left join core.feed_lags as l
    on contains(', ' || m.feeds || ', ', ', ' || l.feed || ', ') and l.feed in (select feed from core.feed_months)
group by m.metric, m.window_days
order by m.metric

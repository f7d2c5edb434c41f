-- metrics.metric_lags: one row per metric: the days after the end of a period until its figure is final, the longest P95 of the
-- lags of its feeds (core.feed_lags), of those of which a record came. A metric of none takes reference.params.lag_days.
select
    m.metric,
    cast(coalesce(max(l.lag_days_p95), max(p.lag_days)) as bigint) as lag_days
from reference.metrics as m
cross join reference.params as p
left join core.feed_lags as l
    on contains(', ' || m.feeds || ', ', ', ' || l.feed || ', ') and l.feed in (select feed from core.feed_months)
group by m.metric
order by m.metric

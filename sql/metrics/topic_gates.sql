-- metrics.topic_gates: one row per period: whether so much is unclassified that no report of the period goes out.
-- Over the network, small numbers included: one request to classify is one that a person can classify.
select
    period_type,
    period,
    cast(denominator as bigint) as requests,
    cast(numerator as bigint) as unclassified,
    cast(5 as double) as limit_pct,
    coalesce(100 * numerator > 5 * denominator, false) as blocks,
    case when 100 * numerator > 5 * denominator
        then cast(cast(numerator as bigint) as varchar) || ' of ' || cast(cast(denominator as bigint) as varchar)
            || ' requests are unclassified, more than 5 percent'
    end as reason
from metrics.topics
where metric = 'unclassified_pct' and grain = 'network'

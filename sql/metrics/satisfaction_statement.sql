-- metrics.satisfaction_statement: one row per network, topic and city × period: what may be said of satisfaction, given how
-- many did not answer. Of surveys delivered, satisfied at least satisfied / delivered (had none of the others been) and at
-- most (satisfied + delivered - answered) / delivered (had all of them been). Where these two bounds fall on different
-- sides of the threshold only those who answered can be spoken of.
with judged as (
    select
        c.grain, c.city_id, c.topic, c.period_type, c.period, c.delivered, c.answered, c.satisfied,
        75 as threshold_pct,  -- three in four; in percent, so that the comparison is of whole numbers
        a.min_denominator,
        c.satisfied + c.delivered - c.answered as possible,
        (select count(*) from core.surveys) > 0 and (select count(*) from core.requests) > 0 as arrived
    from metrics.satisfaction_counts as c
    cross join reference.params as a
    where c.grain <> 'city_topic'
),

levels as (
    select
        *,
        case
            when not arrived then 'not_reported'
            when delivered < min_denominator then 'too_few'
            when 100 * satisfied >= threshold_pct * delivered then 'at_least'
            when 100 * possible < threshold_pct * delivered then 'fewer'
            when answered < min_denominator then 'too_few'
            when 100 * satisfied >= threshold_pct * answered then 'answered_at_least'
            else 'answered_fewer'
        end as level
    from judged
)

select
    grain, city_id, topic, period_type, period,
    cast(threshold_pct as double) as threshold_pct,
    case when arrived then delivered end as delivered,
    case when arrived then answered end as answered,
    case when arrived then satisfied end as satisfied,
    case when arrived and delivered >= min_denominator then 100.0 * satisfied / cast(delivered as double) end as low_pct,
    case when arrived and delivered >= min_denominator then 100.0 * possible / cast(delivered as double) end as high_pct,
    level,
    case level
        when 'at_least' then 'At least three in four were satisfied, whoever did not answer.'
        when 'fewer' then 'Fewer than three in four were satisfied, whoever did not answer.'
        when 'answered_at_least'
            then 'At least three in four of those who answered were satisfied, but those who did not could change this.'
        when 'answered_fewer'
            then 'Fewer than three in four of those who answered were satisfied, but those who did not could change this.'
        when 'too_few' then case when delivered = 0 then 'No survey was delivered.' else 'Too few answers to say.' end
        else 'No surveys have been received.'
    end as statement
from levels

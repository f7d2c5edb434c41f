-- metrics.closing: one row per metric × grain × keys × period: reopened_pct, first_contact_pct (of first resolutions in the
-- period whose 30 days have passed by as_of) and closed_unanswered_pct (of closings by the desk in the period).
-- Gives numerator and denominator; metrics.metric_values makes the percentage. Callers without a city: network and topic.
with rolled as (
    select
        case when grouping(c.city_id) = 1 and grouping(c.topic) = 1 then 'network'
            when grouping(c.city_id) = 1 then 'topic' when grouping(c.topic) = 1 then 'city' else 'city_topic' end as grain,
        c.city_id, c.topic, p.period_type, p.period,
        sum(c.resolved) as resolved, sum(c.watched) as watched, sum(c.reopened) as reopened, sum(c.counted) as counted,
        sum(c.first_contact) as first_contact
    from metrics.closing_cells as c
    inner join core.period_parts as p on p.part = c.resolved_part
    group by grouping sets (
        (p.period_type, p.period), (p.period_type, p.period, c.topic), (p.period_type, p.period, c.city_id),
        (p.period_type, p.period, c.city_id, c.topic)
    )
    having grouping(c.city_id) = 1 or c.city_id is not null
),

-- pending: resolved, but the 30 days have not passed; unrecorded: watched, but nobody counted the replies
counts as (
    select 'reopened_pct' as metric, grain, city_id, topic, period_type, period, reopened as numerator,
        watched as denominator, resolved - watched as pending, 0 as unrecorded
    from rolled
    union all
    select 'first_contact_pct' as metric, grain, city_id, topic, period_type, period, first_contact as numerator,
        counted as denominator, resolved - watched as pending, watched - counted as unrecorded
    from rolled
    union all
    select 'closed_unanswered_pct' as metric, grain, city_id, topic, period_type, period, closed_unanswered as numerator,
        resolved + closed_unanswered as denominator, 0 as pending, 0 as unrecorded
    from metrics.backlog_flows
),

wanted as (
    select * from (values ('reopened_pct'), ('first_contact_pct'), ('closed_unanswered_pct')) as w (metric)
),

filled as (
    select
        w.metric, k.grain, k.city_id, k.topic, p.period_type, p.period,
        coalesce(c.numerator, 0) as numerator, coalesce(c.denominator, 0) as denominator,
        coalesce(c.pending, 0) as pending, coalesce(c.unrecorded, 0) as unrecorded
    from core.figure_keys as k
    cross join reference.periods as p
    cross join wanted as w
    left join counts as c
        on c.metric = w.metric and c.grain = k.grain and c.city_id is not distinct from k.city_id
        and c.topic is not distinct from k.topic and c.period_type = p.period_type and c.period = p.period
    union all
    select metric, grain, city_id, topic, period_type, period, numerator, denominator, pending, unrecorded
    from counts
    where grain = 'city_topic' and denominator + pending + unrecorded > 0
),

judged as (
    select
        f.*,
        case
            when not a.arrived then 'no requests received'
            when f.metric = 'first_contact_pct' and (not a.counts or (f.denominator = 0 and f.unrecorded > 0))
                then 'replies are not recorded'
        end as missing
    from filled as f
    cross join (select count(*) > 0 as arrived, count(replies) > 0 as counts from core.requests) as a
)

select
    metric, grain, city_id, topic,
    cast(null as varchar) as engagement_id, cast(null as varchar) as dimension, cast(null as varchar) as dimension_value,
    cast(null as varchar) as basis, period_type, period,
    cast(null as double) as value, cast(null as decimal(18, 2)) as amount_usd,
    case when missing is null then cast(numerator as double) end as numerator,
    case when missing is null then cast(denominator as double) end as denominator,
    cast(null as double) as ci_low, cast(null as double) as ci_high,
    case when missing is not null then 'not_reported' when denominator = 0 and pending > 0 then 'not_due' end as state,
    case when missing is not null then missing when denominator = 0 and pending > 0
        then 'resolved, but the 30 days after it have not passed' end as reason
from judged

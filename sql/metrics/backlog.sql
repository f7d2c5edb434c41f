-- metrics.backlog: one row per metric × grain × keys × period: what was opened and closed in the period (created, reopened,
-- resolved, withdrawn, merged, closed_unanswered), backlog_open at its close, and overdue_pct of the unanswered then.
with figures as (
    select
        m.metric, b.grain, b.city_id, b.topic, b.period_type, b.period,
        case m.metric
            when 'created' then b.created
            when 'reopened' then b.reopened
            when 'resolved' then b.resolved
            when 'withdrawn' then b.withdrawn
            when 'merged' then b.merged
            when 'closed_unanswered' then b.closed_unanswered
            when 'backlog_open' then b.closing
            when 'overdue_pct' then b.overdue
        end as numerator,
        case when m.metric = 'overdue_pct' then b.unanswered end as denominator
    from metrics.backlog_identity as b
    cross join (
        values ('created'), ('reopened'), ('resolved'), ('withdrawn'), ('merged'), ('closed_unanswered'),
            ('backlog_open'), ('overdue_pct')
    ) as m (metric)
)

select
    f.metric, f.grain, f.city_id, f.topic,
    cast(null as varchar) as engagement_id, cast(null as varchar) as dimension, cast(null as varchar) as dimension_value,
    cast(null as varchar) as basis, f.period_type, f.period,
    case when a.arrived and f.metric <> 'overdue_pct' then cast(f.numerator as double) end as value,
    cast(null as decimal(18, 2)) as amount_usd,
    case when a.arrived then cast(f.numerator as double) end as numerator,
    case when a.arrived then cast(f.denominator as double) end as denominator,
    cast(null as double) as ci_low, cast(null as double) as ci_high,
    case when not a.arrived then 'not_reported' when f.metric <> 'overdue_pct' then 'value' end as state,
    case when not a.arrived then 'no requests received' end as reason
from figures as f
cross join (select count(*) > 0 as arrived from core.requests) as a

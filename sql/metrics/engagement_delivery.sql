-- One row per metric × grain (network, topic, city; milestones and recommendations also by engagement) × period.
-- milestones_on_time_pct: of baselines due in the period and by as_of, done by the baseline, which is frozen.
-- engagements_on_time_pct: of planned ends (ends_on) in the period and by as_of, completed by then.
-- rebaselined_count: of the same baselines, those with another due day since.
-- adopted_12m_pct: of recommendations made in the period, twelve months or more before as_of, adopted within twelve months.
-- applications_received, _approved, engagements_started, _completed: in the period. engagements_active: started, and not
-- completed at its end or as_of.
-- An engagement counts once in each city it serves and once in the network: cities do not add up to it.
-- metrics.metric_values makes the percentages.
with feeds as (
    select 'milestones' as feed, count(*) as received from core.milestones
    union all
    select 'due days of milestones' as feed, count(due) as received from core.milestones
    union all
    select 'recommendations' as feed, count(*) as received from core.recommendations
    union all
    select 'engagements' as feed, count(*) as received from core.engagements
    union all
    select 'days of application' as feed, count(coalesce(applied_on, approved_on)) as received from core.engagements
),

measured as (
    select m.metric, m.feed, m.metric like '%_pct' as is_share, f.received
    from (
        values
            ('milestones_on_time_pct', 'milestones'), ('rebaselined_count', 'due days of milestones'),
            ('adopted_12m_pct', 'recommendations'), ('engagements_on_time_pct', 'engagements'),
            ('applications_received', 'days of application'), ('applications_approved', 'days of application'),
            ('engagements_started', 'engagements'), ('engagements_completed', 'engagements'),
            ('engagements_active', 'engagements')
    ) as m (metric, feed)
    inner join feeds as f on m.feed = f.feed
),

filled as (
    select
        m.metric, m.feed, m.is_share, m.received > 0 as arrived, k.grain, k.city_id, k.topic,
        cast(null as varchar) as engagement_id, s.period_type, s.period
    from measured as m
    cross join core.figure_keys as k
    cross join reference.periods as s
    union all
    select
        m.metric, m.feed, m.is_share, m.received > 0 as arrived, c.grain, c.city_id, c.topic, c.engagement_id, c.period_type,
        c.period
    from metrics.engagement_counts as c
    inner join measured as m on c.metric = m.metric
    where c.grain = 'engagement'
)

select
    f.metric, f.grain, f.city_id, f.topic, f.engagement_id,
    cast(null as varchar) as dimension, cast(null as varchar) as dimension_value, cast(null as varchar) as basis,
    f.period_type, f.period,
    case when f.arrived and not f.is_share then cast(coalesce(c.hits, 0) as double) end as value,
    cast(null as decimal(18, 2)) as amount_usd,
    case when f.arrived then cast(coalesce(c.hits, 0) as double) end as numerator,
    case when f.arrived and f.is_share then cast(coalesce(c.due, 0) as double) end as denominator,
    cast(null as double) as ci_low, cast(null as double) as ci_high,
    case
        when not f.arrived then 'not_reported'
        when not f.is_share then 'value'
        when coalesce(c.due, 0) = 0 and c.planned > 0 then 'not_due'
    end as state,
    case
        when not f.arrived then 'no ' || f.feed || ' received'
        when f.is_share and coalesce(c.due, 0) = 0 and c.planned > 0 and f.feed = 'recommendations'
            then 'twelve months have not passed by the as-of date'
        when f.is_share and coalesce(c.due, 0) = 0 and c.planned > 0 then 'nothing was due by the as-of date'
    end as reason
from filled as f
left join metrics.engagement_counts as c
    on f.metric = c.metric and f.grain = c.grain and f.period_type = c.period_type and f.period = c.period
    and f.city_id is not distinct from c.city_id and f.topic is not distinct from c.topic
    and f.engagement_id is not distinct from c.engagement_id

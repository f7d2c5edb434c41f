-- metrics.equity_waits: one row per breakdown × fiscal year or to_date × distinct wait in business hours: in each group, how
-- many requests were still waiting just before (at_risk) and how many were replied to then. n: cities not_known.
-- Spells are read once, by fiscal year and both quartiles; both breakdowns and to_date are sums of these.
with folded as (
    select
        t.period, g.size_quartile, g.poverty_quartile, s.hours,
        count(*) as ended,
        count(*) filter (where s.outcome = 'replied') as replies
    from metrics.response_spells as s
    inner join core.city_groups as g on g.city_id = s.city_id
    inner join core.period_days as t on t.day = s.submitted_on and t.period_type = 'fiscal_year'
    group by t.period, g.size_quartile, g.poverty_quartile, s.hours
),

dated as (
    select 'fiscal_year' as period_type, period, size_quartile, poverty_quartile, hours, ended, replies
    from folded
    union all
    select 'to_date' as period_type, 'to_date' as period, size_quartile, poverty_quartile, hours, ended, replies
    from folded
),

sided as (
    select
        'size_quartile' as dimension, size_quartile as quartile, period_type, period, hours, ended, replies
    from dated
    union all
    select
        'poverty_quartile' as dimension, poverty_quartile as quartile, period_type, period, hours, ended, replies
    from dated
),

wide as (
    select
        dimension, period_type, period, hours,
        coalesce(sum(ended) filter (where quartile = '1'), 0) as ended_1,
        coalesce(sum(ended) filter (where quartile = '2'), 0) as ended_2,
        coalesce(sum(ended) filter (where quartile = '3'), 0) as ended_3,
        coalesce(sum(ended) filter (where quartile = '4'), 0) as ended_4,
        coalesce(sum(ended) filter (where quartile = 'not_known'), 0) as ended_n,
        coalesce(sum(replies) filter (where quartile = '1'), 0) as replies_1,
        coalesce(sum(replies) filter (where quartile = '2'), 0) as replies_2,
        coalesce(sum(replies) filter (where quartile = '3'), 0) as replies_3,
        coalesce(sum(replies) filter (where quartile = '4'), 0) as replies_4,
        coalesce(sum(replies) filter (where quartile = 'not_known'), 0) as replies_n
    from sided
    group by dimension, period_type, period, hours
)

select
    dimension, period_type, period, hours,
    cast(sum(ended_1) over later as double) as at_risk_1,
    cast(sum(ended_2) over later as double) as at_risk_2,
    cast(sum(ended_3) over later as double) as at_risk_3,
    cast(sum(ended_4) over later as double) as at_risk_4,
    cast(sum(ended_n) over later as double) as at_risk_n,
    cast(replies_1 as double) as replies_1,
    cast(replies_2 as double) as replies_2,
    cast(replies_3 as double) as replies_3,
    cast(replies_4 as double) as replies_4,
    cast(replies_n as double) as replies_n
from wide
window later as (
    partition by dimension, period_type, period order by hours desc rows between unbounded preceding and current row
)

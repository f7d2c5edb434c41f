-- metrics.equity_waits: one row per breakdown × fiscal year or to_date × distinct wait in business hours: in each group, how
-- many requests were still waiting just before (at_risk) and how many were replied to then. n: cities not_known.
-- Requests are read once, by fiscal year, for both breakdowns; to_date is the sum of the years.
with piles as (
    select k.pile, p.period, g.size_quartile as size, g.poverty_quartile as poverty
    from metrics.wait_piles as k
    inner join core.period_parts as p on p.part = k.part and p.period_type = 'fiscal_year'
    inner join core.city_groups as g on g.city_id = k.city_id
),

yearly as (
    select
        p.period, w.hours,
        count(*) filter (where p.size = '1') as size_ended_1,
        count(*) filter (where p.size = '2') as size_ended_2,
        count(*) filter (where p.size = '3') as size_ended_3,
        count(*) filter (where p.size = '4') as size_ended_4,
        count(*) filter (where p.size = 'not_known') as size_ended_n,
        count(*) filter (where p.size = '1' and w.outcome = 'replied') as size_replies_1,
        count(*) filter (where p.size = '2' and w.outcome = 'replied') as size_replies_2,
        count(*) filter (where p.size = '3' and w.outcome = 'replied') as size_replies_3,
        count(*) filter (where p.size = '4' and w.outcome = 'replied') as size_replies_4,
        count(*) filter (where p.size = 'not_known' and w.outcome = 'replied') as size_replies_n,
        count(*) filter (where p.poverty = '1') as poverty_ended_1,
        count(*) filter (where p.poverty = '2') as poverty_ended_2,
        count(*) filter (where p.poverty = '3') as poverty_ended_3,
        count(*) filter (where p.poverty = '4') as poverty_ended_4,
        count(*) filter (where p.poverty = 'not_known') as poverty_ended_n,
        count(*) filter (where p.poverty = '1' and w.outcome = 'replied') as poverty_replies_1,
        count(*) filter (where p.poverty = '2' and w.outcome = 'replied') as poverty_replies_2,
        count(*) filter (where p.poverty = '3' and w.outcome = 'replied') as poverty_replies_3,
        count(*) filter (where p.poverty = '4' and w.outcome = 'replied') as poverty_replies_4,
        count(*) filter (where p.poverty = 'not_known' and w.outcome = 'replied') as poverty_replies_n
    from core.request_waits as w
    inner join piles as p on p.pile = w.pile
    group by p.period, w.hours
),

dated as (
    select
        'fiscal_year' as period_type, period, hours,
        size_ended_1, size_ended_2, size_ended_3, size_ended_4, size_ended_n, size_replies_1, size_replies_2,
        size_replies_3, size_replies_4, size_replies_n, poverty_ended_1, poverty_ended_2, poverty_ended_3,
        poverty_ended_4, poverty_ended_n, poverty_replies_1, poverty_replies_2, poverty_replies_3, poverty_replies_4,
        poverty_replies_n
    from yearly
    union all
    select
        'to_date' as period_type, 'to_date' as period, hours,
        sum(size_ended_1) as size_ended_1, sum(size_ended_2) as size_ended_2, sum(size_ended_3) as size_ended_3,
        sum(size_ended_4) as size_ended_4, sum(size_ended_n) as size_ended_n, sum(size_replies_1) as size_replies_1,
        sum(size_replies_2) as size_replies_2, sum(size_replies_3) as size_replies_3,
        sum(size_replies_4) as size_replies_4, sum(size_replies_n) as size_replies_n,
        sum(poverty_ended_1) as poverty_ended_1, sum(poverty_ended_2) as poverty_ended_2,
        sum(poverty_ended_3) as poverty_ended_3, sum(poverty_ended_4) as poverty_ended_4,
        sum(poverty_ended_n) as poverty_ended_n, sum(poverty_replies_1) as poverty_replies_1,
        sum(poverty_replies_2) as poverty_replies_2, sum(poverty_replies_3) as poverty_replies_3,
        sum(poverty_replies_4) as poverty_replies_4, sum(poverty_replies_n) as poverty_replies_n
    from yearly
    group by hours
),

waiting as (
    select
        period_type, period, hours,
        sum(cast(size_ended_1 as double)) over later as size_at_risk_1,
        sum(cast(size_ended_2 as double)) over later as size_at_risk_2,
        sum(cast(size_ended_3 as double)) over later as size_at_risk_3,
        sum(cast(size_ended_4 as double)) over later as size_at_risk_4,
        sum(cast(size_ended_n as double)) over later as size_at_risk_n,
        sum(cast(poverty_ended_1 as double)) over later as poverty_at_risk_1,
        sum(cast(poverty_ended_2 as double)) over later as poverty_at_risk_2,
        sum(cast(poverty_ended_3 as double)) over later as poverty_at_risk_3,
        sum(cast(poverty_ended_4 as double)) over later as poverty_at_risk_4,
        sum(cast(poverty_ended_n as double)) over later as poverty_at_risk_n,
        size_replies_1, size_replies_2, size_replies_3, size_replies_4, size_replies_n, poverty_replies_1,
        poverty_replies_2, poverty_replies_3, poverty_replies_4, poverty_replies_n
    from dated
    window later as (
        partition by period_type, period order by hours desc rows between unbounded preceding and current row
    )
)

select
    'size_quartile' as dimension, period_type, period, hours,
    size_at_risk_1 as at_risk_1, size_at_risk_2 as at_risk_2, size_at_risk_3 as at_risk_3,
    size_at_risk_4 as at_risk_4, size_at_risk_n as at_risk_n,
    cast(size_replies_1 as double) as replies_1, cast(size_replies_2 as double) as replies_2,
    cast(size_replies_3 as double) as replies_3, cast(size_replies_4 as double) as replies_4,
    cast(size_replies_n as double) as replies_n
from waiting
union all
select
    'poverty_quartile' as dimension, period_type, period, hours,
    poverty_at_risk_1 as at_risk_1, poverty_at_risk_2 as at_risk_2, poverty_at_risk_3 as at_risk_3,
    poverty_at_risk_4 as at_risk_4, poverty_at_risk_n as at_risk_n,
    cast(poverty_replies_1 as double) as replies_1, cast(poverty_replies_2 as double) as replies_2,
    cast(poverty_replies_3 as double) as replies_3, cast(poverty_replies_4 as double) as replies_4,
    cast(poverty_replies_n as double) as replies_n
from waiting

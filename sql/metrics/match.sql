-- metrics.match: one row per metric × grain × keys × period (network: quarters, fiscal years, to date; engagements: to date).
-- match_pct: of the network line 10j of the SF-425 over line 10i; of an engagement its match over a third of its federal
-- expenditure, which is what the 25 percent rule asks for. leverage_ratio: dollars that others gave (ledger kind
-- leverage_received, in which no match is) for each dollar of line 10e. leverage_committed_usd: what others promised.
-- All cumulative to the end of the period, or as_of.
with days as (
    select t.period_type, t.period, least(t.period_end, p.as_of) as last_on
    from reference.periods as t
    cross join reference.params as p
    where t.period_type in ('quarter', 'fiscal_year', 'to_date')
),

lines as (
    select
        period_type, period,
        max(case when metric = 'sf425_10e' then amount_usd end) as spent_usd,
        max(case when metric = 'sf425_10i' then amount_usd end) as required_usd,
        max(case when metric = 'sf425_10j' then amount_usd end) as matched_usd,
        max(case when metric = 'sf425_10i' then reason end) as why_not_required
    from metrics.funding
    group by period_type, period
),

moved as (
    select counted_on, kind, sum(amount_usd) as amount_usd
    from core.ledger
    where kind in ('leverage_received', 'leverage_committed')
    group by counted_on, kind
),

others as (
    select
        d.period_type, d.period,
        sum(case when m.kind = 'leverage_received' then m.amount_usd else 0 end) as received_usd,
        sum(case when m.kind = 'leverage_committed' then m.amount_usd else 0 end) as committed_usd
    from days as d
    left join moved as m on m.counted_on <= d.last_on
    group by d.period_type, d.period
),

known as (
    select
        (select count(*) from core.ledger) > 0 as ledger,
        (select count(*) from core.ledger where kind in ('leverage_received', 'leverage_committed')) > 0 as leverage
),

told as (
    select
        'match_pct' as metric, 'network' as grain, cast(null as varchar) as engagement_id, l.period_type, l.period,
        cast(null as decimal(18, 2)) as amount_usd,
        cast(l.matched_usd as double) as above, cast(l.required_usd as double) as below,
        case when l.matched_usd is null then 'no ledger received'
            when l.required_usd is null then l.why_not_required end as missing,
        'no recipient share is required' as why
    from lines as l
    union all
    select
        'match_pct' as metric, 'engagement' as grain, e.engagement_id, 'to_date' as period_type, 'to_date' as period,
        null as amount_usd, cast(e.match_usd as double) as above, cast(e.federal_usd as double) / 3 as below,
        case when not k.ledger then 'no ledger received' end as missing, 'no federal expenditure' as why
    from metrics.engagement_costs as e
    cross join known as k
    union all
    select
        'leverage_ratio' as metric, 'network' as grain, null as engagement_id, l.period_type, l.period,
        null as amount_usd, cast(o.received_usd as double) as above, cast(l.spent_usd as double) as below,
        case when l.spent_usd is null then 'no ledger received'
            when not k.leverage then 'no leverage in the ledger' end as missing,
        'no federal expenditure' as why
    from lines as l
    inner join others as o on l.period_type = o.period_type and l.period = o.period
    cross join known as k
    union all
    select
        'leverage_committed_usd' as metric, 'network' as grain, null as engagement_id, o.period_type, o.period,
        cast(o.committed_usd as decimal(18, 2)) as amount_usd, null as above, 1 as below,
        case when not k.ledger then 'no ledger received'
            when not k.leverage then 'no leverage in the ledger' end as missing,
        null as why
    from others as o
    cross join known as k
),

judged as (
    select
        metric, grain, engagement_id, period_type, period, amount_usd, above, below, missing,
        case when missing is not null then 'not_reported'
            when below <= 0 or above < 0 then 'not_computable' else 'value' end as state,
        case when below <= 0 then why when above < 0 then 'corrections exceed what was given' end as why
    from told
)

select
    metric, grain, cast(null as varchar) as city_id, cast(null as varchar) as topic, engagement_id,
    cast(null as varchar) as dimension, cast(null as varchar) as dimension_value, cast(null as varchar) as basis,
    period_type, period,
    case when state = 'value' then case when metric = 'match_pct' then 100 else 1 end * above / below end as value,
    case when state = 'value' then amount_usd end as amount_usd,
    case when state = 'value' then above end as numerator,
    case when state = 'value' and above is not null then below end as denominator,
    cast(null as double) as ci_low, cast(null as double) as ci_high,
    state,
    coalesce(missing, why) as reason
from judged

-- metrics.library: one row per metric × grain × keys × period: unmet_pct and answered_pct (network, topic and city
-- dense, city × topic where something is), library_coverage_pct (network: topics asked about that have a resource
-- reviewed lately) and library_gap_pp (topic: its share of the requests less its share of the resources, in percentage
-- points).
with keys as (
    select grain, city_id, topic from core.figure_keys
    union
    select distinct grain, city_id, topic from metrics.library_needs where grain in ('city', 'topic')
),

wanted as (
    select w.metric, p.period_type, p.period
    from (values ('unmet_pct'), ('answered_pct')) as w (metric)
    cross join reference.periods as p
),

shares as (
    select
        topic, period_type, period, requests, resources,
        sum(requests) over (partition by period_type, period) as all_requests,
        sum(resources) over (partition by period_type, period) as all_resources
    from metrics.library_topics
),

figures as (
    select w.metric, k.grain, k.city_id, k.topic, w.period_type, w.period, cast(null as double) as value,
        n.hits as numerator, n.cases as denominator
    from keys as k
    cross join wanted as w
    left join metrics.library_needs as n
        on n.metric = w.metric and n.grain = k.grain and n.city_id is not distinct from k.city_id
        and n.topic is not distinct from k.topic and n.period_type = w.period_type and n.period = w.period
    union all
    select metric, grain, city_id, topic, period_type, period, cast(null as double) as value, hits as numerator,
        cases as denominator
    from metrics.library_needs
    where grain = 'city_topic'
    union all
    select 'library_coverage_pct' as metric, 'network' as grain, cast(null as varchar) as city_id,
        cast(null as varchar) as topic, period_type, period,
        100.0 * count(*) filter (where is_requested and reviewed > 0) / nullif(count(*) filter (where is_requested), 0)
            as value,
        count(*) filter (where is_requested and reviewed > 0) as numerator,
        count(*) filter (where is_requested) as denominator
    from metrics.library_topics
    where topic <> 'unclassified'
    group by period_type, period
    union all
    select 'library_gap_pp' as metric, 'topic' as grain, cast(null as varchar) as city_id, topic, period_type, period,
        100.0 * requests / nullif(all_requests, 0) - 100.0 * resources / nullif(all_resources, 0) as value,
        requests as numerator, all_requests as denominator
    from shares
),

told as (
    select
        f.metric, f.grain, f.city_id, f.topic, f.period_type, f.period, f.value, f.numerator, f.denominator,
        a.min_denominator,
        case
            when not a.requests then 'no requests received'
            when f.metric = 'unmet_pct' and not a.library_use then 'no library_use received'
            when f.metric in ('library_coverage_pct', 'library_gap_pp') and not a.resources
                then 'no library_resources received'
        end as missing
    from figures as f
    cross join (
        select
            (select count(*) from core.requests) > 0 as requests,
            (select count(*) from core.library_use) > 0 as library_use,
            (select count(*) from core.library_resources) > 0 as resources,
            min_denominator
        from reference.params
    ) as a
)

select
    t.metric, t.grain, t.city_id, t.topic,
    cast(null as varchar) as engagement_id, cast(null as varchar) as dimension, cast(null as varchar) as dimension_value,
    cast(null as varchar) as basis, t.period_type, t.period,
    case when t.missing is null and (t.metric <> 'library_gap_pp' or t.denominator >= t.min_denominator) then t.value
    end as value,
    cast(null as decimal(18, 2)) as amount_usd,
    case when t.missing is null then cast(coalesce(t.numerator, 0) as double) end as numerator,
    case when t.missing is null then cast(coalesce(t.denominator, 0) as double) end as denominator,
    cast(null as double) as ci_low, cast(null as double) as ci_high,
    case
        when t.missing is not null then 'not_reported'
        when t.metric in ('unmet_pct', 'answered_pct') then null
        when t.value is null then 'not_computable'
        when t.metric = 'library_gap_pp' and t.denominator < t.min_denominator then 'withheld'
        else 'value'
    end as state,
    case
        when t.missing is not null then t.missing
        when t.value is null and t.metric = 'library_coverage_pct'
            then 'no topic was asked about in the 12 months before'
        when t.value is null and t.metric = 'library_gap_pp' and t.denominator = 0 then 'nobody asked'
        when t.value is null and t.metric = 'library_gap_pp' then 'the library was empty'
        when t.metric = 'library_gap_pp' and t.denominator < t.min_denominator
            then 'fewer than ' || t.min_denominator || ' requests'
    end as reason
from told as t

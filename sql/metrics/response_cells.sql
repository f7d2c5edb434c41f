-- metrics.response_cells: one row per group whose waits are estimated together (grain × keys × period, numbered `cell`)
-- × city and topic of the requests that belong to it. City × topic only by fiscal year and to date.
with members as (
    select
        g.grain,
        case when g.grain in ('city', 'city_topic') then s.city_id end as city_id,
        case when g.grain in ('topic', 'city_topic') then s.topic end as topic,
        s.city_id as of_city_id,
        s.topic as of_topic
    from (select distinct city_id, topic from metrics.response_spells) as s
    cross join (values ('network'), ('topic'), ('city'), ('city_topic')) as g (grain)
    where s.city_id is not null or g.grain in ('network', 'topic')
),

numbered as (
    select *, dense_rank() over (order by grain, city_id, topic) as key_number from members
),

spans as (
    select period_type, period, row_number() over (order by period_type, ordinal) as span_number
    from reference.periods
)

select
    n.key_number * 10000 + s.span_number as cell,
    n.grain,
    n.city_id,
    n.topic,
    s.period_type,
    s.period,
    n.of_city_id,
    n.of_topic
from numbered as n
cross join spans as s
where n.grain <> 'city_topic' or s.period_type in ('fiscal_year', 'to_date')

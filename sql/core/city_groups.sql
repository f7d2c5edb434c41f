-- core.city_groups: one row per city that is or was eligible by as_of: its quartile among these by population and by
-- poverty outside college, 1 the smallest. Ties share the lower quartile. A city without the figure is not_known.
-- The figure is the latest default one that covers a day up to as_of; of two surveys that end together, the longer.
with eligible as (
    select distinct e.city_id
    from staging.eligibility as e
    cross join reference.params as p
    where e.eligible_from <= p.as_of
),

figures as (
    select i.city_id, i.indicator, i.value
    from core.indicator_values as i
    cross join reference.params as p
    where i.indicator = 'noncollege_poverty_pct' and i.is_default and i.value is not null and i.period_start <= p.as_of
    qualify row_number() over (partition by i.city_id order by i.period_end desc, i.period_start) = 1
),

known as (
    select e.city_id, c.population, f.value as noncollege_poverty_pct
    from eligible as e
    left join core.cities as c on c.city_id = e.city_id
    left join figures as f on f.city_id = e.city_id
),

ranked as (
    select
        city_id, population, noncollege_poverty_pct,
        rank() over (order by population nulls last) - 1 as smaller,
        count(population) over () as sized,
        rank() over (order by noncollege_poverty_pct nulls last) - 1 as less_poor,
        count(noncollege_poverty_pct) over () as surveyed
    from known
)

select
    city_id,
    population,
    noncollege_poverty_pct,
    case when population is null then 'not_known'
        else cast(1 + cast(floor(4 * cast(smaller as double) / sized) as bigint) as varchar) end as size_quartile,
    case when noncollege_poverty_pct is null then 'not_known'
        else cast(1 + cast(floor(4 * cast(less_poor as double) / surveyed) as bigint) as varchar) end as poverty_quartile
from ranked
order by city_id

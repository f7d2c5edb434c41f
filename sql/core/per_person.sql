-- core.per_person: one row per place, indicator, year and pair of vintages: permits and allocations over the population.
-- The population is the July estimate of the same year, else the latest of the two years before it (then said in note),
-- by every vintage of the estimates; without one there is no figure, and the reason says so.
with rates (base, indicator, factor, unit) as (
    values
        ('permits_units', 'permits_per_1000_people', 1000.0, 'per_1000_people'),
        ('cdbg_usd', 'cdbg_per_person_usd', 1.0, 'usd')
),

counted as (
    select
        o.source, o.geo_id, o.geo_level, r.indicator, o.period_start, o.period_end, o.value * r.factor as counted,
        o.reason, o.note, r.unit, o.vintage, o.edition, o.known_at
    from core.observations as o
    inner join rates as r on o.indicator = r.base
    where date_diff('day', o.period_start, o.period_end) >= 360
),

populations as (
    select geo_id, year(period_end) as counted_in, value, vintage, edition, known_at
    from core.observations
    where indicator = 'population' and value > 0
),

paired as (
    select
        c.*, p.value as population, p.counted_in, p.vintage as population_vintage, p.edition as population_edition,
        greatest(c.known_at, coalesce(p.known_at, c.known_at)) as both_known_at
    from counted as c
    left join populations as p
        on c.geo_id = p.geo_id and p.counted_in between year(c.period_end) - 2 and year(c.period_end)
    qualify row_number() over (
        partition by c.geo_id, c.indicator, c.period_start, c.period_end, c.vintage, p.vintage order by p.counted_in desc
    ) = 1
)

select
    source,
    geo_id,
    geo_level,
    indicator,
    period_start,
    period_end,
    counted / population as value,
    case
        when counted is null then reason
        when population is null then 'no population estimate of the year or the two before it'
    end as reason,
    nullif(concat_ws('; ', note, case
        when counted_in < year(period_end) then 'population of July 1, ' || cast(counted_in as varchar)
    end), '') as note,
    unit,
    concat_ws(' / population ', vintage, population_vintage) as vintage,
    concat_ws(' ', edition, population_edition) as edition,
    both_known_at as known_at
from paired
order by geo_id, indicator, period_start, vintage

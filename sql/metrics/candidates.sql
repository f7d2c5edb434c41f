-- One row per city eligible on as_of, by the feed or by the program's rule, with the figures that decide.
-- rank is the order of need among those not served yet: more criteria met, then a higher unemployment rate, then
-- city_id (a rate that is not known comes last). It says nothing on what help would do. served: an engagement that
-- has started, or a request of the desk that counts. index, rank_low, rank_high, tier and p_top_k wait for the index
-- of need.
with listed as (
    select e.city_id, min(e.eligible_from) as eligible_from
    from core.eligibility as e
    cross join reference.params as p
    where e.eligible_from <= p.as_of and (e.eligible_to is null or e.eligible_to >= p.as_of)
    group by e.city_id
),

ruled as (
    select
        city_id,
        max(eligible) as rule_eligible,
        max(criteria_met) as criteria_met,
        max(criteria_known) as criteria_known,
        max(case when indicator = 'population' then value end) as population,
        max(case when indicator = 'unemployment_rate' then value end) as unemployment_rate,
        max(case when indicator = 'population_change_2000_2010_pct' then value end) as population_change,
        max(case when indicator = 'noncollege_poverty_pct' then value end) as noncollege_poverty,
        max(case when on_threshold then 1 else 0 end) = 1 as on_threshold
    from metrics.eligibility_rule
    group by city_id
),

uses as (
    select city_id, submitted_on as day from core.requests where is_canonical and city_id is not null
    union all
    select c.city_id, e.started_on as day
    from core.engagement_cities as c
    inner join core.engagements as e on c.engagement_id = e.engagement_id
    where e.started_on is not null
),

firsts as (
    select city_id, min(day) as first_served_on
    from uses
    group by city_id
),

cities as (
    select
        r.city_id,
        case when l.city_id is not null then 'yes' else r.rule_eligible end as eligible,
        case when l.city_id is null then 'rule' when r.rule_eligible = 'yes' then 'both' else 'list' end as eligible_by,
        r.rule_eligible,
        r.criteria_met,
        r.criteria_known,
        r.population,
        r.unemployment_rate,
        r.population_change,
        r.noncollege_poverty,
        r.on_threshold,
        f.first_served_on,
        f.city_id is not null as served
    from ruled as r
    left join listed as l on r.city_id = l.city_id
    left join firsts as f on r.city_id = f.city_id
    where l.city_id is not null or r.rule_eligible = 'yes'
)

select
    c.city_id,
    g.name,
    g.state,
    c.eligible,
    c.eligible_by,
    c.rule_eligible,
    cast(null as double) as index,
    case when not c.served then
        row_number() over (
            partition by c.served order by c.criteria_met desc, c.unemployment_rate desc nulls last, c.city_id
        )
    end as rank,
    cast(null as bigint) as rank_low,
    cast(null as bigint) as rank_high,
    cast(null as varchar) as tier,
    cast(null as double) as p_top_k,
    c.population,
    c.unemployment_rate,
    c.population_change,
    c.noncollege_poverty,
    c.criteria_met,
    c.criteria_known,
    c.on_threshold,
    c.served,
    c.first_served_on
from cities as c
left join reference.places as g on c.city_id = g.geoid
order by c.city_id

-- One row per city × criterion of the program's rule: the figure used, its vintage, and whether it meets the rule.
-- Cities: every place with a population, and core.cities. Only a place's own figure is used, never its county's.
-- The figure is the default vintage of the rule's period (a year or the year a longer period ends in; no period: the
-- latest); months are never used, and of two surveys that end in one year the longer one, which covers every city over
-- 40,000 people (a one-year survey begins at 65,000). Without it the criterion is cannot_say, never no.
-- eligible: the population floor must hold and any one of the others. yes and no are said only where no missing
-- figure could change them.
with cities as (
    select city_id from core.cities
    union
    select city_id
    from core.indicator_values
    where indicator = 'population' and value is not null and city_id is not null
),

-- periods of a year or more
figures as (
    select city_id, indicator, period_start, period_end, value, vintage, state, reason
    from core.indicator_values
    where city_id is not null and is_default and date_diff('day', period_start, period_end) >= 364
),

chosen as (
    select
        r.criterion, f.city_id, f.period_start, f.period_end, f.value, f.vintage, f.state, f.reason
    from reference.rules as r
    inner join figures as f
        on r.indicator = f.indicator and (r.period is null or right(r.period, 4) = cast(year(f.period_end) as varchar))
    qualify row_number() over (
        partition by r.criterion, f.city_id order by f.period_end desc, f.period_start
    ) = 1
),

judged as (
    select
        c.city_id,
        r.criterion,
        r.title,
        r.indicator,
        r.operator,
        r.threshold,
        f.period_start,
        f.period_end,
        f.value,
        f.vintage,
        case
            when f.value is null then 'cannot_say'
            when case r.operator
                when '>' then f.value > r.threshold
                when '>=' then f.value >= r.threshold
                when '<' then f.value < r.threshold
                when '<=' then f.value <= r.threshold
            end then 'yes'
            else 'no'
        end as meets,
        coalesce(f.value = r.threshold, false) as on_threshold,
        case
            when f.city_id is null then 'no figure received'
            when f.value is null then coalesce(f.reason, f.state)
        end as reason,
        r.criterion = 'population' as is_floor
    from cities as c
    cross join reference.rules as r
    left join chosen as f on c.city_id = f.city_id and r.criterion = f.criterion
),

counted as (
    select
        city_id,
        count(case when is_floor and meets = 'no' then 1 end) > 0 as floor_fails,
        count(case when is_floor and meets = 'cannot_say' then 1 end) = 0 as floor_known,
        count(case when not is_floor and meets = 'yes' then 1 end) as criteria_met,
        count(case when not is_floor and meets <> 'cannot_say' then 1 end) as criteria_known,
        count(case when not is_floor then 1 end) as criteria
    from judged
    group by city_id
)

select
    j.city_id,
    j.criterion,
    j.title,
    j.indicator,
    j.operator,
    j.threshold,
    j.period_start,
    j.period_end,
    j.value,
    j.vintage,
    j.meets,
    j.on_threshold,
    j.reason,
    c.criteria_met,
    c.criteria_known,
    case
        when c.floor_fails or (c.criteria_known = c.criteria and c.criteria_met = 0) then 'no'
        when c.floor_known and c.criteria_met > 0 then 'yes'
        else 'cannot_say'
    end as eligible
from judged as j
inner join counted as c on j.city_id = c.city_id
order by j.city_id, j.criterion

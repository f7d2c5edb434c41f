-- metrics.cost_outcomes: one row per period (quarter, fiscal year, to date) × city, null where nobody's: what the services
-- achieved in it. answers: canonical requests with a substantive resolution, on the day of the first; engagements:
-- completed; adopted: recommendations adopted. What an engagement achieved is split evenly over its cities, so that
-- cities add up to the network. To date is everything up to as_of.
with quarters as (
    select hour_at, make_date(year(local_date), 3 * quarter(local_date) - 2, 1) as quarter_start
    from reference.hours
),

served as (
    select
        e.engagement_id, c.city_id,
        1 / cast(count(*) over (partition by e.engagement_id) as double) as part
    from (
        select engagement_id from core.engagements
        union
        select engagement_id from core.recommendations
    ) as e
    left join core.engagement_cities as c on e.engagement_id = c.engagement_id
),

outcomes as (
    select r.city_id, q.quarter_start, count(*) as answers, cast(0 as double) as engagements,
        cast(0 as double) as adopted
    from core.requests as r
    left join quarters as q on q.hour_at = date_trunc('hour', r.resolved_at)
    where r.is_canonical and r.resolved_at is not null
        and coalesce(r.disposition, 'answered') not in ('no_answer', 'referred', 'out_of_scope')
    group by r.city_id, q.quarter_start
    union all
    select
        s.city_id, make_date(year(e.completed_on), 3 * quarter(e.completed_on) - 2, 1) as quarter_start,
        0 as answers, s.part as engagements, cast(0 as double) as adopted
    from core.engagements as e
    inner join served as s on e.engagement_id = s.engagement_id
    where e.completed_on is not null
    union all
    select
        s.city_id, make_date(year(r.adopted_on), 3 * quarter(r.adopted_on) - 2, 1) as quarter_start,
        0 as answers, cast(0 as double) as engagements, s.part as adopted
    from core.recommendations as r
    inner join served as s on r.engagement_id = s.engagement_id
    where r.adopted_on is not null
)

select
    t.period_type, t.period, o.city_id,
    cast(sum(o.answers) as double) as answers,
    cast(sum(o.engagements) as double) as engagements,
    cast(sum(o.adopted) as double) as adopted
from outcomes as o
inner join reference.periods as t
    on t.period_type = 'to_date'
    or (t.period_type in ('quarter', 'fiscal_year') and o.quarter_start between t.period_start and t.period_end)
group by t.period_type, t.period, o.city_id

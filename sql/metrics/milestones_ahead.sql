-- metrics.milestones_ahead: one row per milestone that is not done, of an engagement approved and neither completed nor
-- stopped (or that nobody sent), and that is late (its frozen baseline has come by as_of) or ahead (its baseline or its
-- re-planned due day is within 30 days of as_of).
-- city_names: the cities that the engagement serves, by name; after the fifth only how many more.
with open_ones as (
    select
        m.milestone_id, m.engagement_id, m.title, m.baseline_due, coalesce(m.due, m.baseline_due) as due, p.as_of,
        e.title as engagement_title, e.topic, e.lead_partner
    from core.milestones as m
    cross join reference.params as p
    left join core.engagements as e on m.engagement_id = e.engagement_id
    where m.done_on is null and coalesce(e.standing in ('agreed', 'not told'), true)
),

judged as (
    select
        *,
        case
            when baseline_due <= as_of then 'late'
            when least(baseline_due, due) <= as_of + 30 then 'ahead'
        end as standing
    from open_ones
),

named as (
    select
        c.engagement_id,
        coalesce(n.name || ', ' || n.state, c.city_id) as city_name,
        row_number() over (partition by c.engagement_id order by coalesce(n.name, c.city_id), c.city_id) as place
    from core.engagement_cities as c
    left join core.cities as n on c.city_id = n.city_id
),

served as (
    select
        engagement_id,
        count(*) as cities,
        max(case when place = 1 then city_name end)
        || coalesce(max(case when place = 2 then '; ' || city_name end), '')
        || coalesce(max(case when place = 3 then '; ' || city_name end), '')
        || coalesce(max(case when place = 4 then '; ' || city_name end), '')
        || coalesce(max(case when place = 5 then '; ' || city_name end), '')
        || case when count(*) > 5 then ' and ' || cast(count(*) - 5 as varchar) || ' more' else '' end as city_names
    from named
    group by engagement_id
)

select
    j.milestone_id,
    j.title,
    j.standing,
    j.baseline_due,
    j.due,
    j.due <> j.baseline_due as is_rebaselined,
    date_diff('day', j.as_of, j.due) as days_to_due,
    case when j.standing = 'late' then date_diff('day', j.baseline_due, j.as_of) end as days_late,
    j.engagement_id,
    j.engagement_title,
    j.topic,
    j.lead_partner,
    coalesce(s.cities, 0) as cities,
    s.city_names
from judged as j
left join served as s on j.engagement_id = s.engagement_id
where j.standing is not null
order by j.standing desc, j.due, j.milestone_id

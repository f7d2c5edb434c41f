-- metrics.on_time_cells: one row per part of time in which requests were asked × part in which they fell due × clock
-- (business, calendar) × city × topic; and, told apart by other words, × channel × partner (`not_known` where the record
-- names none), where city and topic are null. The product of all four would be nearly as long as the requests.
-- Canonical requests, less those withdrawn before being either due or answered; pending: not due by as_of yet.
-- Requests are read once, for both clocks; everything on time is a sum of these.
with judged as (
    select
        r.part,
        b.part as business_part,
        c.part as calendar_part,
        r.city_id,
        r.topic,
        coalesce(r.channel, 'not_known') as channel,
        coalesce(r.partner, 'not_known') as partner,
        coalesce(r.withdrawn_at <= least(r.due_at, r.first_response_at), false) as leaves_business,
        coalesce(r.withdrawn_at <= least(r.due_calendar_at, r.first_response_at), false) as leaves_calendar,
        r.due_at < p.as_of_at as is_due,
        r.due_calendar_at < p.as_of_at as is_calendar_due,
        coalesce(r.first_response_at <= r.due_at, false) as is_on_time,
        coalesce(r.first_response_at <= r.due_calendar_at, false) as is_calendar_on_time,
        r.first_response_at is null as is_unanswered
    from core.requests as r
    cross join reference.params as p
    left join core.day_parts as b on b.day = r.due_on
    left join core.day_parts as c on c.day = r.due_calendar_on
    where r.is_canonical
),

folded as (
    select
        part, business_part, calendar_part, city_id, topic, channel, partner,
        count(*) filter (where not leaves_business and is_due) as due,
        count(*) filter (where not leaves_business and is_due and is_on_time) as on_time,
        count(*) filter (where not leaves_business and is_due and is_unanswered) as unanswered,
        count(*) filter (where not leaves_business and not is_due) as pending,
        count(*) filter (where not leaves_calendar and is_calendar_due) as calendar_due,
        count(*) filter (where not leaves_calendar and is_calendar_due and is_calendar_on_time) as calendar_on_time,
        count(*) filter (where not leaves_calendar and is_calendar_due and is_unanswered) as calendar_unanswered,
        count(*) filter (where not leaves_calendar and not is_calendar_due) as calendar_pending
    from judged
    group by grouping sets (
        (part, business_part, calendar_part, city_id, topic), (part, business_part, calendar_part, channel, partner)
    )
),

clocks as (
    select
        part, business_part as due_part, 'business' as clock, city_id, topic, channel, partner, due, on_time, unanswered,
        pending
    from folded
    union all
    select
        part, calendar_part as due_part, 'calendar' as clock, city_id, topic, channel, partner, calendar_due as due,
        calendar_on_time as on_time, calendar_unanswered as unanswered, calendar_pending as pending
    from folded
)

select
    part, due_part, clock, city_id, topic, channel, partner,
    cast(sum(due) as bigint) as due,
    cast(sum(on_time) as bigint) as on_time,
    cast(sum(unanswered) as bigint) as unanswered,
    cast(sum(pending) as bigint) as pending
from clocks
where due_part is not null
group by part, due_part, clock, city_id, topic, channel, partner
having sum(due) + sum(pending) > 0

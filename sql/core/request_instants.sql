-- core.request_instants: one row per instant by as_of at which a request was, by its columns or by request_events, opened or
-- closed; in order (`nth`). What was resolved as referred, out of scope or without an answer is closed_unanswered. is_change: it changed the state; what closes a closed request, or opens an open one, does not.
-- next_at: the next such instant, null where as_of has seen none. At one instant: merged, then the logged closing, then the
-- columns' (resolved, withdrawn), then a reopening. A request that ends open although its status says closed was closed
-- when that was told (updated_at, else when it was known); a reopening not before then changed nothing.
with asked as (
    select
        s.request_id, s.submitted_at, s.status, s.resolved_at, s.reopened_at, s.withdrawn_at,
        coalesce(s.updated_at, s.known_at) as told_at,
        case when s.disposition in ('no_answer', 'referred', 'out_of_scope') then 'closed_unanswered'
            else 'resolved' end as resolution,
        -- a duplicate, by its record or by decision, is merged when it was merged, else when it was closed or marked
        case when coalesce(s.duplicate_of, d.duplicate_of) is not null
            then greatest(coalesce(s.merged_at, s.resolved_at, s.updated_at, s.submitted_at), s.submitted_at)
            else s.merged_at
        end as joined_at
    from staging.requests as s
    cross join reference.params as p
    left join reference.decided_duplicates as d on d.request_id = s.request_id
    where s.submitted_at < p.as_of_at
),

told as (
    select request_id, submitted_at as at, 0 as place, 'created' as event from asked
    union all
    select request_id, joined_at as at, 1 as place, 'merged' as event from asked where joined_at is not null
    union all
    select
        e.request_id, e.at,
        case e.event when 'merged' then 1 when 'reopened' then 5 else 2 end as place,
        case e.event when 'resolved' then a.resolution else e.event end as event
    from staging.request_events as e
    inner join asked as a on a.request_id = e.request_id and a.submitted_at <= e.at
    where e.event in ('resolved', 'closed_unanswered', 'withdrawn', 'merged', 'reopened')
    union all
    select request_id, resolved_at as at, 3 as place, resolution as event from asked where resolved_at is not null
    union all
    select request_id, withdrawn_at as at, 4 as place, 'withdrawn' as event from asked where withdrawn_at is not null
    union all
    select request_id, reopened_at as at, 5 as place, 'reopened' as event from asked where reopened_at is not null
),

ordered as (
    select
        t.request_id, t.at, t.event,
        t.place in (0, 5) as opens,
        row_number() over history as nth,
        lag(t.place in (0, 5)) over history as was_open,
        lead(t.at) over history as next_at
    from told as t
    window history as (partition by t.request_id order by t.at, t.place, t.event)
),

-- the last instant leaves the request open, but its status says closed
implied as (
    select
        o.request_id, o.nth + 1 as nth, greatest(a.told_at, o.at) as at, a.resolution as event,
        o.event = 'reopened' and not o.was_open and a.told_at <= o.at as is_void
    from ordered as o
    inner join asked as a on a.request_id = o.request_id
    where o.next_at is null and o.opens and a.status = 'closed'
),

complete as (
    select
        o.request_id, o.nth, o.at, o.event, o.opens,
        o.was_open is null or o.was_open <> o.opens as is_change,
        coalesce(o.next_at, i.at) as next_at
    from ordered as o
    left join implied as i on i.request_id = o.request_id and i.nth = o.nth + 1
    where not coalesce(i.is_void, false)
    union all
    select
        i.request_id, i.nth, i.at, i.event, false as opens, true as is_change, cast(null as timestamp) as next_at
    from implied as i
    where not i.is_void
)

select
    c.request_id, c.nth, c.at, c.event, c.opens, c.is_change,
    case when c.next_at < p.as_of_at then c.next_at end as next_at
from complete as c
cross join reference.params as p
where c.at < p.as_of_at

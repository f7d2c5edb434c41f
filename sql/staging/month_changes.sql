-- staging.month_changes: one row per program feed × month × instant at which a file was known: by how many records dated in the
-- month it changed their number: those it brought, and those it dated anew, less those it dated away.
with registers as (
    select
        feed, record_id, known_at, turn, date_trunc('month', day) as month,
        lag(date_trunc('month', day)) over (partition by feed, record_id order by turn) as was
    from staging.register_versions
    where kind = 'dated' and (feed <> 'milestones' or turn = 1)  -- a milestone's baseline is the first one told
),

-- of the streams only what was dated anew has versions to look at
redated as (
    select 'requests' as feed, request_id as record_id, submitted_at as happened_at, updated_at, _known_at, _order, _file,
        _sha256, _row
    from raw.requests
    where request_id in (select request_id from staging.requests where is_redated)
    union all
    select 'request_events', event_id, "at", null, _known_at, _order, _file, _sha256, _row
    from raw.request_events
    where event_id in (select event_id from staging.request_events where is_redated)
    union all
    select 'surveys', request_id, delivered_at, null, _known_at, _order, _file, _sha256, _row
    from raw.surveys
    where request_id in (select request_id from staging.surveys where is_redated)
    union all
    select 'library_use', use_id, used_at, null, _known_at, _order, _file, _sha256, _row
    from raw.library_use
    where use_id in (select use_id from staging.library_use where is_redated)
),

-- a version that is older by its own update than one known before it changes nothing
shown as (
    select *, row_number() over (partition by feed, record_id order by _known_at, _order, _file, _sha256, _row) as turn
    from redated
    qualify coalesce(updated_at, timestamp '0001-01-01') >= max(coalesce(updated_at, timestamp '0001-01-01')) over (
        partition by feed, record_id order by _known_at, _order, _file, _sha256, _row
        rows between unbounded preceding and current row
    )
),

-- instants by the hour, so that each is told its local month once
hourly as (
    select 'requests' as feed, date_trunc('hour', submitted_at) as hour_at, first_known_at as known_at, count(*) as records
    from staging.requests
    where not is_redated
    group by date_trunc('hour', submitted_at), first_known_at
    union all
    select 'request_events', date_trunc('hour', e.at), e.first_known_at, count(*)
    from staging.request_events as e
    where not e.is_redated
    group by date_trunc('hour', e.at), e.first_known_at
    union all
    select 'surveys', date_trunc('hour', delivered_at), first_known_at, count(*)
    from staging.surveys
    where not is_redated
    group by date_trunc('hour', delivered_at), first_known_at
    union all
    select 'library_use', date_trunc('hour', used_at), first_known_at, count(*)
    from staging.library_use
    where not is_redated
    group by date_trunc('hour', used_at), first_known_at
),

moved as (
    select
        s.feed, s._known_at as known_at, date_trunc('month', h.local_date) as month,
        lag(date_trunc('month', h.local_date)) over (partition by s.feed, s.record_id order by s.turn) as was
    from shown as s
    left join reference.hours as h on h.hour_at = date_trunc('hour', s.happened_at)
),

changes as (
    select s.feed, date_trunc('month', h.local_date) as month, s.known_at, s.records
    from hourly as s
    inner join reference.hours as h on h.hour_at = s.hour_at
    union all
    select feed, month, known_at, 1 from registers where month is distinct from was
    union all
    select feed, was, known_at, -1 from registers where month is distinct from was
    union all
    select feed, month, known_at, 1 from moved where month is distinct from was
    union all
    select feed, was, known_at, -1 from moved where month is distinct from was
)

select feed, cast(month as date) as month_start, known_at, cast(sum(records) as bigint) as records
from changes
where month is not null
group by feed, month, known_at
having sum(records) <> 0
order by feed, month_start, known_at

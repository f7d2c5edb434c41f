-- One row per ledger entry, without the free-text memo (it may name people): the latest version that any file gave, but of
-- an entry that counted in a quarter when the SF-425 of it was locked, the version that stood then. What a later file
-- says otherwise of such an entry is not taken (edited_after_lock): it is put right by an entry that reverses it.
-- first_known_at: when the version that stands was known first; a full export that says the same again changes nothing.
-- counted_on: the day that decides in which quarter it counts: posted_on, or, where it was first known after the SF-425 of
-- that quarter was locked, the first day of the quarter that was open then.
with told as (
    select
        entry_id, award_id, posted_on, incurred_on, kind, amount_usd, rate_id, engagement_id, service, category, partner,
        reverses, _known_at as known_at,
        min(_known_at) over (
            partition by
                entry_id, award_id, posted_on, incurred_on, kind, amount_usd, rate_id, engagement_id, service, category,
                partner, reverses
        ) as first_known_at,
        _order, _file, _sha256, _row
    from raw.ledger
),

-- by the instant at which a version was known: the first day that no lock of before covers
opened as (
    select k.first_known_at, max(l.opens_on) as opens_on
    from (select distinct first_known_at from told) as k
    inner join reference.locked_periods as l on l.locked_at < k.first_known_at
    group by k.first_known_at
),

counted as (
    select t.*, greatest(t.posted_on, coalesce(o.opens_on, t.posted_on)) as counted_on
    from told as t
    left join opened as o on t.first_known_at = o.first_known_at
),

-- by the day that says its quarter: the first lock that covers it, after which a version of the entry comes too late
closed as (
    select d.counted_on, min(l.locked_at) as closes_at
    from (select distinct counted_on from counted) as d
    inner join reference.locked_periods as l on l.period_end >= d.counted_on
    group by d.counted_on
),

judged as (
    select
        c.*,
        coalesce(c.first_known_at > min(k.closes_at) over (partition by c.entry_id), false) as is_barred
    from counted as c
    left join closed as k on c.counted_on = k.counted_on
)

select
    entry_id,
    award_id,
    posted_on,
    incurred_on,
    kind,
    amount_usd,
    rate_id,
    engagement_id,
    service,
    category,
    partner,
    reverses,
    known_at,
    first_known_at,
    counted_on,
    bool_or(is_barred) over (partition by entry_id) as edited_after_lock
from judged
qualify row_number() over (
    partition by entry_id order by is_barred, known_at desc, _order desc, _file desc, _sha256 desc, _row desc
) = 1
order by entry_id

-- One row per ledger entry, without the free-text memo (it may name people): the latest version that any file gave, but of
-- an entry that counted in a quarter when the SF-425 of it was locked, the version that stood then. What a later file
-- says otherwise of such an entry is not taken (edited_after_lock): it is put right by an entry that reverses it.
-- first_known_at: when what the version says was known first; a full export that says the same again changes nothing.
-- counted_on: the day that decides in which quarter it counts: posted_on, or, where it first came after the SF-425 of
-- that quarter was locked, the first day of the quarter that was open then.
with sent as (
    select
        entry_id, award_id, posted_on, incurred_on, kind, amount_usd, rate_id, engagement_id, service, category, partner,
        reverses, _known_at as known_at,
        -- a file that is declared as delivered earlier moves no quarter that was locked when it came
        greatest(_known_at, coalesce(_received_at, _known_at)) as came_at,
        _order, _file, _sha256, _row,
        concat_ws(
            '|', coalesce(award_id, '-'), posted_on, coalesce(incurred_on, date '1900-01-01'), kind, amount_usd,
            coalesce(rate_id, '-'), coalesce(engagement_id, '-'), coalesce(service, '-'), coalesce(category, '-'),
            coalesce(partner, '-'), coalesce(reverses, '-')
        ) as said
    from raw.ledger
),

told as (
    select
        *,
        min(known_at) over (partition by entry_id, said) as first_known_at,
        min(came_at) over (partition by entry_id, said) as first_came_at
    from sent
),

-- by the instant at which a version came: the first day that no lock of before covers
opened as (
    select k.first_came_at, max(l.opens_on) as opens_on
    from (select distinct first_came_at from told) as k
    inner join reference.locked_periods as l on l.locked_at < k.first_came_at
    group by k.first_came_at
),

counted as (
    select t.*, greatest(t.posted_on, coalesce(o.opens_on, t.posted_on)) as counted_on
    from told as t
    left join opened as o on t.first_came_at = o.first_came_at
),

-- of entries that were told in more than one way: the version that stood at each lock
stood as (
    select c.entry_id, c.counted_on, l.period_end, l.locked_at
    from counted as c
    inner join (select entry_id from told group by entry_id having min(said) <> max(said)) as s on c.entry_id = s.entry_id
    inner join reference.locked_periods as l on c.came_at <= l.locked_at
    qualify row_number() over (
        partition by c.entry_id, l.period_end, l.locked_at
        order by c.known_at desc, c._order desc, c._file desc, c._sha256 desc, c._row desc
    ) = 1
),

closed as (
    select entry_id, min(locked_at) as closes_at
    from stood
    where counted_on <= period_end
    group by entry_id
),

ranked as (
    select
        c.*,
        coalesce(c.came_at > k.closes_at, false) as is_late,
        row_number() over (
            partition by c.entry_id
            order by
                coalesce(c.came_at > k.closes_at, false), c.known_at desc, c._order desc, c._file desc, c._sha256 desc,
                c._row desc
        ) as place
    from counted as c
    left join closed as k on c.entry_id = k.entry_id
),

judged as (
    select
        *,
        max(case when place = 1 then said end) over (partition by entry_id) as standing,
        max(case when is_late then said end) over (partition by entry_id) as last_late,
        min(case when is_late then said end) over (partition by entry_id) as first_late
    from ranked
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
    coalesce(last_late <> standing or first_late <> standing, false) as edited_after_lock
from judged
where place = 1
order by entry_id

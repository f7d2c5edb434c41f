-- metrics.survey_kinds: one row per survey delivered by as_of about a request of the desk (tests and spam left out): where and
-- when, of which kind, and whether answered and satisfied by as_of. In whole numbers (metrics.satisfaction_codes, reference.topics), as
-- millions of surveys are folded by two numbers in half the time that six names take:
-- cell = part × 1000000 + city × 100 + topic: when it was delivered, and to whom;
-- kind = topic × 20000000 + channel × 2000 + size × 200 + resolved × 100 + waited: what was known of the request by then.
-- size 5 is a caller without a city; resolved is 1 or 0; waited is quarters of ln(1 + business hours until the first reply,
-- or until delivery where there was none before it).
with asked as (
    select
        r.request_id, r.submitted_at, r.first_response_at, r.resolved_at, r.response_hours,
        coalesce(c.code, 0) * 100 + t.ordinal as place,
        t.ordinal * 20000000 + coalesce(h.code, 0) * 2000 + coalesce(c.size, 5) * 200 as known
    from core.requests as r
    inner join reference.topics as t on t.topic = r.topic
    left join metrics.satisfaction_codes as c on c.what = 'city' and c.name = r.city_id
    left join metrics.satisfaction_codes as h on h.what = 'channel' and h.name = r.channel
    where not r.is_test and not r.is_spam
),

hours as (
    select h.hour_at, h.open_before_seconds, h.is_open, c.code * 1000000 as part
    from reference.hours as h
    inner join core.day_parts as d on d.day = h.local_date
    inner join metrics.satisfaction_codes as c on c.what = 'part' and c.name = d.part
),

delivered as (
    select
        a.request_id, a.place, a.known, a.submitted_at, s.delivered_at, h.part, h.hour_at, h.open_before_seconds, h.is_open,
        case when a.first_response_at <= s.delivered_at then a.response_hours end as response_hours,
        case when a.resolved_at <= s.delivered_at then 100 else 0 end as resolved,
        case when s.rating between 1 and 5 then 1 else 0 end as answered,
        case when s.rating between 4 and 5 then 1 else 0 end as satisfied
    from core.surveys as s
    inner join asked as a on a.request_id = s.request_id
    inner join hours as h on h.hour_at = date_trunc('hour', s.delivered_at)
),

timed as (
    select
        d.request_id, d.part + d.place as cell, d.known, d.resolved, d.answered, d.satisfied,
        coalesce(d.response_hours, (
            d.open_before_seconds + d.is_open * (epoch(d.delivered_at) - epoch(d.hour_at))
            - a.open_before_seconds - a.is_open * (epoch(d.submitted_at) - epoch(a.hour_at))
        ) / 3600, 0) as hours
    from delivered as d
    left join reference.hours as a
        on a.hour_at = case when d.response_hours is null then date_trunc('hour', d.submitted_at) end
)

select
    request_id,
    cell,
    known + resolved + least(99, cast(round(4 * ln(1 + greatest(hours, 0))) as bigint)) as kind,
    answered,
    satisfied
from timed

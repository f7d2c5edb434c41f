-- One row per survey delivered by as_of about a request of the desk (tests and spam left out), without its comment; weight: what
-- an answer stands for, in billionths of an answer (1 over the chance of answering).
select
    k.request_id,
    r.city_id,
    r.topic,
    s.delivered_at,
    h.local_date as delivered_on,
    s.answered_at,
    s.rating,
    k.answered,
    k.satisfied,
    a.probability,
    a.weight_billionths
from metrics.survey_kinds as k
inner join core.surveys as s on s.request_id = k.request_id
inner join core.requests as r on r.request_id = k.request_id
inner join reference.hours as h on h.hour_at = date_trunc('hour', s.delivered_at)
inner join metrics.answering as a on a.kind = k.kind
order by k.request_id

-- staging.surveys: one row per request_id, the latest survey known. Comments are personal and end here.
select
    request_id,
    delivered_at,
    answered_at,
    rating,
    _known_at as known_at,
    min(_known_at) over (partition by request_id) as first_known_at,
    min(delivered_at) over (partition by request_id) <> max(delivered_at) over (partition by request_id) as is_redated
from raw.surveys
qualify row_number() over (
    partition by request_id order by _known_at desc nulls last, _order desc nulls last, delivered_at desc, _file desc, _sha256 desc, _row desc
) = 1
order by request_id

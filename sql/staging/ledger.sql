-- One row per ledger entry: the latest version that any file gave, without the free-text memo (it may name people).
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
    _known_at as known_at
from raw.ledger
qualify row_number() over (partition by entry_id order by _known_at desc, _order desc, _file desc, _sha256 desc, _row desc) = 1
order by entry_id

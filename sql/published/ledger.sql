-- One row per ledger entry posted by as_of, without its free-text memo.
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
    counted_on,
    is_prior_period,
    edited_after_lock,
    quarter
from core.ledger
order by entry_id

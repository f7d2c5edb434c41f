-- One row per indirect rate: the latest version that any file gave. rate is a fraction of the base; rate_from and rate_to
-- are its first and last day.
select
    rate_id,
    award_id,
    type,
    rate,
    "from" as rate_from,
    "to" as rate_to,
    _known_at as known_at
from raw.indirect_rates
qualify row_number() over (
    partition by rate_id order by _known_at desc, _order desc, _file desc, _sha256 desc, _row desc
) = 1
order by rate_id

-- One row per city and first eligible day: the latest version that any file gave. eligible_to is inclusive, null while
-- it lasts.
select
    city as city_id,
    eligible_from,
    eligible_to,
    wave,
    reason,
    _known_at as known_at
from raw.eligibility
qualify row_number() over (
    partition by city, eligible_from order by _known_at desc, _order desc, _file desc, _sha256 desc, _row desc
) = 1
order by city_id, eligible_from

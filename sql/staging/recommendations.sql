-- One row per recommendation: the latest version that any file gave.
select
    recommendation_id,
    engagement_id,
    made_on,
    adopted_on,
    _known_at as known_at
from raw.recommendations
qualify row_number() over (
    partition by recommendation_id order by _known_at desc, _order desc, _file desc, _sha256 desc, _row desc
) = 1
order by recommendation_id

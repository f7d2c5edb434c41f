-- One row per engagement and city it serves: the latest version that any file gave.
select
    engagement_id,
    city as city_id,
    share,
    _known_at as known_at
from raw.engagement_cities
qualify row_number() over (
    partition by engagement_id, city order by _known_at desc, _order desc, _file desc, _sha256 desc, _row desc
) = 1
order by engagement_id, city_id

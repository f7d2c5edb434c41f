-- One row per award, category and version of the budget: the latest that any file gave. award_id is null where the file
-- names none.
select
    award_id,
    category,
    version,
    amount_usd,
    _known_at as known_at
from raw.budget
qualify row_number() over (
    partition by award_id, category, version order by _known_at desc, _order desc, _file desc, _sha256 desc, _row desc
) = 1
order by award_id, category, version

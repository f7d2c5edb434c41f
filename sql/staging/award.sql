-- One row per award: the latest version that any file gave.
select
    award_id,
    agency,
    number,
    recipient,
    ein,
    uei,
    address,
    account_number,
    "start",
    "end",
    regime,
    basis,
    frequency,
    match_required_usd,
    program_income_alternative,
    _known_at as known_at
from raw.award
qualify row_number() over (partition by award_id order by _known_at desc, _order desc, _file desc, _sha256 desc, _row desc) = 1
order by award_id

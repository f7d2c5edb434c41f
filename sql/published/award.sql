-- One row per federal award.
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
    program_income_alternative
from core.award
order by award_id

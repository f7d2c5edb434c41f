-- One row per federal award, as the program gives it. start and end are the project period.
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
    known_at
from staging.award
order by award_id

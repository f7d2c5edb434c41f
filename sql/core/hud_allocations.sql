-- One row per HUD grantee, fiscal year and vintage: formula allocations in dollars, every grantee of the file, so that
-- the publisher's totals can be reproduced. match_state says which place a metropolitan city is, or why none.
select
    uogid,
    name,
    grantee_type,
    state,
    geo_id,
    match_state,
    cdbg_usd,
    esg_usd,
    home_usd,
    hopwa_usd,
    total_usd,
    fiscal_year,
    vintage,
    known_at
from staging.hud_allocations
order by uogid, fiscal_year, vintage

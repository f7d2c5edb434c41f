-- One row per HUD grantee, fiscal year and vintage: formula allocations in dollars, and the city they are for.
-- HUD gives no Census code. A metropolitan city (types 51 and 52) is matched by state and exact name, with or without
-- its legal word ("GLENDORA CITY"), when exactly one place answers to it. No word is dropped from HUD's name: Islip
-- town, NY is not the place Islip. The rest stay here, `match_state` says why, and make no indicator value.
with grantees as (
    select
        uogid,
        name,
        cast(type as varchar) as grantee_type,
        upper(trim(stusab)) as state,
        cdbg_amt as cdbg_usd,
        esg_amt as esg_usd,
        home_amt as home_usd,
        hopwa_amt as hopwa_usd,
        tot_amt as total_usd,
        cast(year as integer) as fiscal_year,
        coalesce(vintage, cast(cast(_known_at as date) as varchar) || ' ' || left(_sha256, 8)) as vintage,
        _known_at as known_at
    from raw.hud_allocations
    qualify row_number() over (
        partition by uogid, year, coalesce(vintage, _sha256)
        order by _known_at desc, _order desc, _file desc, _sha256 desc, _row desc
    ) = 1
)

select
    g.uogid,
    g.name,
    g.grantee_type,
    g.state,
    case when coalesce(g.grantee_type, '51') in ('51', '52') then n.geoid end as geo_id,
    case
        when g.grantee_type not in ('51', '52') then 'not_a_city'
        when n.geoid is not null then 'matched'
        when n.name is not null then 'ambiguous'
        else 'unmatched'
    end as match_state,
    g.cdbg_usd,
    g.esg_usd,
    g.home_usd,
    g.hopwa_usd,
    g.total_usd,
    g.fiscal_year,
    g.vintage,
    g.known_at
from grantees as g
left join reference.place_names as n on n.name = lower(trim(g.name) || ', ' || g.state)
order by g.uogid, g.fiscal_year, g.vintage

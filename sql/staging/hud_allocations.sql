-- One row per HUD grantee, fiscal year and vintage: formula allocations in dollars, and the city they are for.
-- HUD gives no Census code. A metropolitan city (types 51 and 52) is matched by state and name, with or without its
-- legal word ("GLENDORA CITY"), by a listed alias or by a decision, when exactly one place answers to it. Capitals,
-- spaces, hyphens and St., Ft. or Hts. do not count. No word is dropped from HUD's name: Islip town, NY is not the place
-- Islip; and a census-designated place is no government, so a grantee with the name of one is a town and is not matched.
-- The rest stay here, `match_state` says why, and make no indicator value.
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
),

called as (
    select uogid, fiscal_year, vintage, lower(trim(name) || ', ' || state) as called
    from grantees
    union
    select uogid, fiscal_year, vintage, regexp_replace(lower(name || ',' || state), '[^a-z0-9,]', '', 'g') as called
    from grantees
),

meant as (
    select c.uogid, c.fiscal_year, c.vintage, n.geoid, n.how, p.name as place
    from called as c
    inner join reference.place_names as n on n.name = c.called and coalesce(n.source, 'hud_allocations') = 'hud_allocations'
    left join reference.places as p on n.geoid = p.geoid
    qualify row_number() over (partition by c.uogid, c.fiscal_year, c.vintage order by n.preference) = 1
),

matched as (
    select
        g.*,
        case
            when g.grantee_type not in ('51', '52') or (m.how = 'decided' and m.geoid is null) then 'not_a_city'
            when m.how = 'name' and m.place like '% CDP' then 'unmatched'
            when m.geoid is not null then 'matched'
            when m.how is not null then 'ambiguous'
            else 'unmatched'
        end as match_state,
        m.geoid
    from grantees as g
    left join meant as m on g.uogid = m.uogid and g.fiscal_year = m.fiscal_year and g.vintage = m.vintage
)

select
    uogid,
    name,
    grantee_type,
    state,
    case when match_state = 'matched' then geoid end as geo_id,
    match_state,
    cdbg_usd,
    esg_usd,
    home_usd,
    hopwa_usd,
    total_usd,
    fiscal_year,
    vintage,
    known_at
from matched
order by uogid, fiscal_year, vintage

-- One row per LAUS area of a city or town (types G and H): the place whose figures its series are, or why none is.
-- Each area is accounted for in match_state:
--   matched           its code is that of a place of the gazetteer
--   consolidated      a whole consolidated city that stands for its balance place, which has no series of its own
--   decided           a person said which place it is, not_a_place that it is none
--   other_geography   another area than the place, which has its own series or none; it keeps its own code
--   not_in_gazetteer  a place code that no gazetteer received has; it keeps its own code
--   town              a county subdivision (CS), which is no place, even where a designated place has its name
-- Where la.area was not received, the prefix of the area's code tells that it is a city or town.
with areas as (
    select area_code, area_type_code, area_text
    from raw.bls_laus_area
    qualify row_number() over (partition by area_code order by _known_at desc, _order desc, _file desc, _sha256 desc, _row desc) = 1
),

cities as (
    select
        l.area_code,
        a.area_text as name,
        coalesce(a.area_type_code, 'G') as area_type_code,
        case when left(l.area_code, 2) = 'CT' then substring(l.area_code, 3, 7) end as code
    from (
        select area_code from areas
        union
        select substring(series_id, 4, 15) as area_code from raw.bls_laus_data
    ) as l
    left join areas as a on l.area_code = a.area_code
    where left(l.area_code, 2) in ('CT', 'CS') and coalesce(a.area_type_code, 'G') in ('G', 'H')
),

-- which place an area claims to be: what was decided of its name, the balance place of a consolidated city, its own code
claims as (
    select
        c.*,
        g.geoid is not null as is_known,
        x.kind,
        x.note as alias_note,
        d.name is not null as is_decided,
        d.geoid as decided_id,
        d.note as decision,
        case
            when d.name is not null then d.geoid
            when x.kind = 'consolidated' then x.geoid
            else c.code
        end as claimed,
        d.name is null and x.kind is distinct from 'consolidated' as is_own
    from cities as c
    left join reference.places as g on c.code = g.geoid
    left join reference.place_aliases as x on c.code = x.alias
    left join reference.place_names as d
        on lower(c.name) = d.name and d.how = 'decided' and coalesce(d.source, 'bls_laus_area') = 'bls_laus_area'
    qualify row_number() over (partition by c.area_code order by d.preference, x.kind) = 1
),

-- a claim never stands beside the place's own series
ranked as (
    select *, row_number() over (partition by claimed order by is_own desc, area_code) = 1 as is_first
    from claims
)

select
    area_code,
    name,
    area_type_code,
    case when is_first then claimed when claimed is not null then code end as geo_id,
    case
        when is_decided and decided_id is null then 'not_a_place'
        when is_decided and is_first then 'decided'
        when is_decided then 'other_geography'
        when code is null then 'town'
        when kind = 'consolidated' and is_first then 'consolidated'
        when kind is not null then 'other_geography'
        when not is_known then 'not_in_gazetteer'
        else 'matched'
    end as match_state,
    case
        when decided_id is not null and is_first then 'figure of ' || name || ' used by ' || decision
        when decided_id is null then alias_note
    end as note
from ranked
order by area_code

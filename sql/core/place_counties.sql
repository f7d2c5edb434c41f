-- One row per place, county, source and vintage: how much of the place lies in the county, and which county is its primary.
-- share is of the people where every part is counted, else of the land, else null. The primary county is the only one, or
-- the one with the largest share; where no share is told, or two are equal, a place in several counties has none.
-- county_system says which of Connecticut's two systems a county belongs to; a figure of one never stands for the other.
with parts as (
    select
        *,
        count(*) over (partition by place_id, source, vintage) as counties,
        count(population) over (partition by place_id, source, vintage) as counted,
        count(land_m2) over (partition by place_id, source, vintage) as measured,
        sum(population) over (partition by place_id, source, vintage) as people,
        sum(land_m2) over (partition by place_id, source, vintage) as land
    from staging.place_county
),

shares as (
    select
        *,
        case
            when counted = counties and people > 0 then population / cast(people as double)
            when measured = counties and land > 0 then land_m2 / cast(land as double)
        end as share,
        case
            when counted = counties and people > 0 then 'population'
            when measured = counties and land > 0 then 'land'
        end as share_of
    from parts
),

ranked as (
    select
        *,
        rank() over (partition by place_id, source, vintage order by share desc nulls last) as place_rank,
        count(*) over (partition by place_id, source, vintage, share) as alike
    from shares
)

select
    r.place_id,
    r.county_id,
    r.source,
    r.vintage,
    r.share,
    r.share_of,
    r.counties = 1 or (r.share is not null and r.place_rank = 1 and r.alike = 1) as is_primary,
    r.counties,
    coalesce(s.system, 'county') as county_system,
    r.known_at
from ranked as r
left join reference.county_systems as s on r.county_id = s.county_id
order by r.place_id, r.county_id, r.source, r.vintage

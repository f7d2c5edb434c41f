-- One row per product, vintage and summary level: how many rows of it were accepted, and why it is used or not.
-- It shows that nothing is left out in silence: the figures of staging.census_population are of level 162 (and of a
-- consolidated city's balance at 172 where 162 lacks it), those of staging.census_population_counties of level 050.
with levels (product, sumlev, title, is_used, reason) as (
    values
        ('CO-EST', '040', 'state', false, 'a sum of its counties'),
        ('CO-EST', '050', 'county', true, 'the county'),
        ('SUB-EST', '040', 'state', false, 'a sum of its counties'),
        ('SUB-EST', '050', 'county', false, 'the county files give the same figures'),
        ('SUB-EST', '061', 'minor civil division', false, 'a town or township; it may hold an incorporated place and share its name'),
        ('SUB-EST', '071', 'part of a place in a minor civil division', false, 'its people are counted in the place (162)'),
        ('SUB-EST', '157', 'part of a place in a county', false, 'its people are counted in the place (162)'),
        ('SUB-EST', '162', 'incorporated place', true, 'the whole place'),
        ('SUB-EST', '170', 'consolidated city', false, 'a sum of the places within it, which are listed as 162'),
        ('SUB-EST', '172', 'place within a consolidated city', true, 'a balance that is not listed as 162; the others are')
),

received as (
    select
        'SUB-EST' as product,
        coalesce(vintage, cast(cast(_known_at as date) as varchar) || ' ' || left(_sha256, 8)) as vintage,
        sumlev,
        count(*) as accepted_rows
    from raw.census_population
    group by 1, 2, 3
    union all
    select
        'CO-EST' as product,
        coalesce(vintage, cast(cast(_known_at as date) as varchar) || ' ' || left(_sha256, 8)) as vintage,
        sumlev,
        count(*) as accepted_rows
    from raw.census_population_counties
    group by 1, 2, 3
)

select
    r.product,
    r.vintage,
    r.sumlev,
    l.title,
    r.accepted_rows,
    coalesce(l.is_used, false) as is_used,
    coalesce(l.reason, 'not a level that the publisher describes') as reason
from received as r
left join levels as l on r.product = l.product and r.sumlev = l.sumlev
order by r.product, r.vintage, r.sumlev

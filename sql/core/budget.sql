-- One row per award, category and version of the budget. An amount that names no award belongs to the only award there is;
-- with several it is `unassigned`. Where one file named the award and another did not, the one known last counts.
with awards as (
    select count(*) as awards, min(award_id) as award_id
    from staging.award
),

named as (
    select
        coalesce(b.award_id, case when a.awards = 1 then a.award_id end, 'unassigned') as award_id,
        b.category,
        b.version,
        b.amount_usd,
        b.known_at,
        b.award_id is not null as is_named
    from staging.budget as b
    cross join awards as a
)

select
    award_id,
    category,
    version,
    amount_usd,
    known_at
from named
qualify row_number() over (partition by award_id, category, version order by known_at desc, is_named desc) = 1
order by award_id, category, version

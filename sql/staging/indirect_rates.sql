-- One row per indirect rate: the latest version that any file gave. rate is a fraction of the base; rate_from and rate_to
-- are its first and last day.
-- is_ambiguous: its rate_id stands for several rates, of which no entry can say which it means: another row names another award or a
-- period without a day in common, or the same file names it with another period. Rows of a file that was sent anew are not looked at.
with told as (
    select rate_id, award_id, type, rate, "from" as rate_from, "to" as rate_to, _known_at, _order, _file
    from raw.indirect_rates
    qualify row_number() over (
        partition by rate_id order by _known_at desc, _order desc, _file desc, _sha256 desc, _row desc
    ) = 1
),

standing as (
    select rate_id, award_id, "from" as rate_from, "to" as rate_to, _order, _file
    from raw.indirect_rates
    qualify _order = max(_order) over (partition by _file)
),

ambiguous as (
    select distinct t.rate_id
    from told as t
    inner join standing as s on t.rate_id = s.rate_id
    where s.award_id <> t.award_id or s.rate_from > t.rate_to or s.rate_to < t.rate_from
        or (s._file = t._file and s._order = t._order
            and (s.rate_from is distinct from t.rate_from or s.rate_to is distinct from t.rate_to))
)

select
    t.rate_id,
    t.award_id,
    t.type,
    t.rate,
    t.rate_from,
    t.rate_to,
    a.rate_id is not null as is_ambiguous,
    t._known_at as known_at
from told as t
left join ambiguous as a on t.rate_id = a.rate_id
order by t.rate_id

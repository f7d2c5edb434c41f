-- metrics.satisfaction_profiles: one row per cell × kind of metrics.survey_kinds: surveys delivered by as_of, and of these
-- answered and satisfied by as_of.
select
    cell,
    kind,
    count(*) as delivered,
    cast(sum(answered) as bigint) as answered,
    cast(sum(satisfied) as bigint) as satisfied
from metrics.survey_kinds
group by cell, kind

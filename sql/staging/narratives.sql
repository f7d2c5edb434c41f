-- One row per report, period, award and section that somebody wrote a text for: the latest version that any file gave.
select
    report,
    period,
    award_id,
    section,
    text,
    _known_at as known_at
from raw.narratives
qualify row_number() over (
    partition by report, period, award_id, section order by _known_at desc, _order desc, _file desc, _sha256 desc, _row desc
) = 1
order by report, period, award_id, section

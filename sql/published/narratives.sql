-- One row per report, period, award and section with a text; award_id null: of every award.
select
    report,
    period,
    award_id,
    section,
    text
from core.narratives
order by report, period, award_id, section

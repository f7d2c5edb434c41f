-- One row per report, period, award and section with a text: what the reports say in words. award_id null: of every award.
select
    report,
    period,
    award_id,
    section,
    trim(text) as text,
    known_at
from staging.narratives
where trim(text) <> ''
order by report, period, award_id, section

-- One row per award × report × reporting period: when the report is due, up to the end of the federal fiscal year after as_of's.
select
    award_id,
    report,
    frequency,
    period,
    period_start,
    period_end,
    days,
    due_on,
    is_final,
    is_over
from metrics.report_calendar
order by award_id, report, period

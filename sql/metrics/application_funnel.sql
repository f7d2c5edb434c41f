-- metrics.application_funnel: one row per federal quarter of application: how far the applications have come by as_of.
-- applied = approved + withdrawn + waiting. Applications whose day was not sent stand in `not stated`.
with cohorts as (
    select
        case when applied_on is null then 'not stated' else 'FY'
            || cast(year(applied_on) + case when month(applied_on) >= 10 then 1 else 0 end as varchar) || 'Q'
            || cast(case when month(applied_on) >= 10 then 1 else quarter(applied_on) + 1 end as varchar)
        end as cohort,
        make_date(year(applied_on), 3 * quarter(applied_on) - 2, 1) as period_start,
        last_day(make_date(year(applied_on), 3 * quarter(applied_on), 1)) as period_end,
        is_approved, is_started, is_completed, is_withdrawn, is_stopped, is_waiting
    from metrics.application_stages
)

select
    cohort, period_start, period_end,
    count(*) as applied,
    count(case when is_approved then 1 end) as approved,
    count(case when is_started then 1 end) as started,
    count(case when is_completed then 1 end) as completed,
    count(case when is_withdrawn then 1 end) as withdrawn,
    count(case when is_waiting then 1 end) as waiting,
    count(case when is_stopped then 1 end) as stopped
from cohorts
group by cohort, period_start, period_end
order by period_start, cohort

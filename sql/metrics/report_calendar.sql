-- metrics.report_calendar: one row per award × report (sf425, performance) × reporting period, from the award's start to its end,
-- or to the end of the federal fiscal year after that of as_of where this is earlier, so that what is coming shows too.
-- Periods are the quarters, halves or whole of the federal fiscal year by the award's frequency; a half is named by its last
-- quarter. The period in which the award ends is that of its final report, ends with the award, is named by the quarter in which
-- it does (that of a year would not be over when the report is due), and has no regular report.
-- A performance report is of periods since the launch: of those before there is nothing to tell but money, which the SF-425 tells.
-- An award whose regime or frequency is not told has no rows. Known limit: an agency that asks for annual reports by the award's
-- own year, or grants an extension, is not known here.
with digits (digit) as (
    values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)
),

-- federal quarters are numbered fiscal year × 4 + 0 … 3: October opens a year, so that this is one more than the calendar's number
awards as (
    select
        award_id,
        "start" as starts_on,
        "end" as ends_on,
        regime,
        frequency,
        case frequency when 'quarterly' then 1 when 'semi_annual' then 2 when 'annual' then 4 end as quarters,
        year("start") * 4 + quarter("start") as first_number,
        year("end") * 4 + quarter("end") as last_number
    from core.award
),

seen as (
    select as_of, year(as_of) * 4 + quarter(as_of) as number
    from reference.params
),

-- closes_number: the last federal quarter of a period; two and four quarters divide the year, so that none lies across it
periods as (
    select
        a.award_id,
        a.starts_on,
        a.ends_on,
        a.regime,
        a.frequency,
        a.quarters,
        a.last_number,
        s.as_of,
        s.number - s.number % 4 + 7 as horizon_number,
        a.first_number - a.first_number % a.quarters + a.quarters - 1
        + a.quarters * (100 * h.digit + 10 * t.digit + u.digit) as closes_number
    from awards as a
    cross join seen as s
    cross join digits as h
    cross join digits as t
    cross join digits as u
    where a.quarters is not null
),

dated as (
    select
        award_id,
        regime,
        as_of,
        closes_number >= last_number as is_final,
        case when closes_number >= last_number then 'final' else frequency end as frequency,
        'FY' || cast(cast(floor(least(closes_number, last_number) / 4) as integer) as varchar)
        || case when quarters < 4 or closes_number >= last_number
            then 'Q' || cast(least(closes_number, last_number) % 4 + 1 as varchar) else '' end as period,
        greatest(
            starts_on,
            make_date(
                cast(floor((closes_number - quarters) / 4) as integer), 3 * ((closes_number - quarters) % 4) + 1, 1
            )
        ) as period_start,
        least(
            ends_on,
            last_day(make_date(cast(floor((closes_number - 1) / 4) as integer), 3 * ((closes_number - 1) % 4) + 3, 1))
        ) as period_end
    from periods
    where closes_number - quarters < last_number and closes_number <= horizon_number
)

select
    p.award_id,
    d.report,
    p.frequency,
    p.period,
    p.period_start,
    p.period_end,
    d.days,
    p.period_end + d.days as due_on,
    p.is_final,
    p.period_end <= p.as_of as is_over
from dated as p
inner join reference.due_days as d on p.regime = d.regime and p.frequency = d.frequency
cross join reference.params as r
where d.report <> 'performance' or p.period_end >= r.launched_on
order by p.award_id, d.report, p.period

"""When reports are due: worked by hand for both regimes and every frequency, and by an independent reckoning day by day."""

import random
from datetime import date, timedelta
from typing import Any

import pytest
import sqlglot
from bench import ROOT

Row = dict[str, Any]
AWARD: Row = {
    "award_id": "A1",
    "start": date(2013, 12, 1),
    "end": date(2018, 3, 31),
    "regime": "24cfr84",
    "basis": "accrual",
    "frequency": "quarterly",
}


def make(bench: Any, *awards: Row, as_of: str = "2018-06-30", report: str = "sf425") -> list[tuple[Any, ...]]:
    """(award, frequency, period, first day, last day, days, due day) of one report, in time; awards change AWARD."""
    bench.reference(as_of=as_of, launched_on="2013-12-01")
    bench.given("core.award", [AWARD | award for award in awards])
    bench.run("metrics.report_calendar", "published.report_calendar")
    rows = bench.rows(f"from published.report_calendar where report = '{report}' order by award_id, period_end")
    assert all(r["is_final"] == (r["frequency"] == "final") for r in rows)
    assert all(r["is_over"] == (r["period_end"] <= date.fromisoformat(as_of)) for r in rows)
    columns = ("award_id", "frequency", "period", "period_start", "period_end", "days", "due_on")
    return [tuple(r[column] for column in columns) for r in rows]


def test_quarterly_by_hand(bench: Any) -> None:
    rows = make(bench, {})
    # FY2014 to FY2017 have four quarters each, FY2018 two
    assert len(rows) == 18
    # the first quarter has one month of the award; 31 December + 30 days
    assert rows[0] == ("A1", "quarterly", "FY2014Q1", date(2013, 12, 1), date(2013, 12, 31), 30, date(2014, 1, 30))
    assert rows[1] == ("A1", "quarterly", "FY2014Q2", date(2014, 1, 1), date(2014, 3, 31), 30, date(2014, 4, 30))
    assert rows[2][2:] == ("FY2014Q3", date(2014, 4, 1), date(2014, 6, 30), 30, date(2014, 7, 30))
    assert rows[3][2:] == ("FY2014Q4", date(2014, 7, 1), date(2014, 9, 30), 30, date(2014, 10, 30))
    assert rows[4][2:] == ("FY2015Q1", date(2014, 10, 1), date(2014, 12, 31), 30, date(2015, 1, 30))
    # April, May and 29 days of June: 90; FY2018Q2 has no regular report beside it
    assert rows[-1] == ("A1", "final", "FY2018Q2", date(2018, 1, 1), date(2018, 3, 31), 90, date(2018, 6, 29))
    assert rows[-2][1:3] == ("quarterly", "FY2018Q1")


def test_both_reports_have_the_same_periods(bench: Any) -> None:
    assert make(bench, {}, report="performance") == make(bench, {})
    assert bench.value("select count(*) from published.report_calendar") == 36


def test_before_the_launch_there_is_no_performance_to_report(bench: Any) -> None:
    """Launched on May 22: the performance of April to June 2014 is the first; the award's money is reported from December on."""
    money = make(bench, {})
    bench.reference(as_of="2018-06-30", launched_on="2014-05-22")
    bench.run("metrics.report_calendar", "published.report_calendar")
    rows = bench.rows("from published.report_calendar order by period_end")
    assert [r["period"] for r in rows if r["report"] == "performance"] == [row[2] for row in money[2:]]
    assert [r["period"] for r in rows if r["report"] == "sf425"] == [row[2] for row in money]


def test_the_final_report_under_2cfr200_has_120_days(bench: Any) -> None:
    rows = make(bench, {"regime": "2cfr200"})
    assert rows[0][5:] == (30, date(2014, 1, 30))
    assert rows[-1][1:] == ("final", "FY2018Q2", date(2018, 1, 1), date(2018, 3, 31), 120, date(2018, 7, 29))


def test_annual_by_hand(bench: Any) -> None:
    rows = make(bench, {"end": date(2016, 11, 30), "frequency": "annual"})
    assert [row[1:] for row in rows] == [
        ("annual", "FY2014", date(2013, 12, 1), date(2014, 9, 30), 90, date(2014, 12, 29)),
        ("annual", "FY2015", date(2014, 10, 1), date(2015, 9, 30), 90, date(2015, 12, 29)),
        ("annual", "FY2016", date(2015, 10, 1), date(2016, 9, 30), 90, date(2016, 12, 29)),
        # two months of FY2017, which is not over when the report is due: December 31, January 31, February 28
        ("final", "FY2017Q1", date(2016, 10, 1), date(2016, 11, 30), 90, date(2017, 2, 28)),
    ]


def test_semi_annual_by_hand(bench: Any) -> None:
    half = {"start": date(2014, 2, 10), "end": date(2015, 5, 15), "regime": "2cfr200", "frequency": "semi_annual"}
    assert [row[1:] for row in make(bench, half)] == [
        ("semi_annual", "FY2014Q2", date(2014, 2, 10), date(2014, 3, 31), 30, date(2014, 4, 30)),
        ("semi_annual", "FY2014Q4", date(2014, 4, 1), date(2014, 9, 30), 30, date(2014, 10, 30)),
        ("semi_annual", "FY2015Q2", date(2014, 10, 1), date(2015, 3, 31), 30, date(2015, 4, 30)),
        # ends inside of its first quarter, and is named by that: 16 + 30 + 31 + 31 + 12 days
        ("final", "FY2015Q3", date(2015, 4, 1), date(2015, 5, 15), 120, date(2015, 9, 12)),
    ]


@pytest.mark.parametrize(
    ("end", "period", "due_on"),
    [
        # a leap year has 29 days in February: 29 + 31 + 30 = 90
        (date(2016, 1, 31), "FY2016Q2", date(2016, 4, 30)),
        (date(2015, 1, 31), "FY2015Q2", date(2015, 5, 1)),
        (date(2016, 2, 29), "FY2016Q2", date(2016, 5, 29)),
        (date(2017, 2, 28), "FY2017Q2", date(2017, 5, 29)),
        # the last day of a federal year, and the first of the next
        (date(2016, 9, 30), "FY2016Q4", date(2016, 12, 29)),
        (date(2016, 10, 1), "FY2017Q1", date(2016, 12, 30)),
        (date(2013, 12, 1), "FY2014Q1", date(2014, 3, 1)),  # an award of one day: 30 + 31 + 28 + 1
    ],
)
def test_the_final_period_ends_with_the_award(bench: Any, end: date, period: str, due_on: date) -> None:
    rows = make(bench, {"end": end})
    last = rows[-1]
    assert (last[1], last[2], last[4], last[6]) == ("final", period, end, due_on)
    assert [row[2] for row in rows].count(period) == 1
    assert all(row[1] == "quarterly" and row[4] < end for row in rows[:-1])


@pytest.mark.parametrize(
    ("as_of", "frequency", "last"),
    [
        ("2014-09-30", "quarterly", "FY2015Q4"),  # the last day of FY2014: all of FY2015 is coming
        ("2014-10-01", "quarterly", "FY2016Q4"),  # the first of FY2015
        ("2014-10-01", "semi_annual", "FY2016Q4"),
        ("2014-10-01", "annual", "FY2016"),
    ],
)
def test_what_is_coming_shows_to_the_end_of_the_next_fiscal_year(
    bench: Any, as_of: str, frequency: str, last: str
) -> None:
    rows = make(bench, {"frequency": frequency}, as_of=as_of)
    assert rows[-1][1:3] == (frequency, last)  # the award goes on, so that none is final yet


def test_the_last_day_of_a_period_ends_it(bench: Any) -> None:
    count = "select count(*) from published.report_calendar where is_over and report = 'sf425'"
    for as_of, over in (("2014-03-30", 1), ("2014-03-31", 2)):
        make(bench, {}, as_of=as_of)
        assert bench.value(count) == over


def test_two_awards_each_by_its_own_rules(bench: Any) -> None:
    second = {"award_id": "A2", "start": date(2017, 10, 1), "end": date(2018, 9, 30)}
    rows = make(bench, {}, second | {"regime": "2cfr200", "frequency": "semi_annual"})
    assert rows[:18] == make(bench, {})
    assert rows[18:] == [
        ("A2", "semi_annual", "FY2018Q2", date(2017, 10, 1), date(2018, 3, 31), 30, date(2018, 4, 30)),
        ("A2", "final", "FY2018Q4", date(2018, 4, 1), date(2018, 9, 30), 120, date(2019, 1, 28)),
    ]


@pytest.mark.parametrize("missing", [{"regime": None}, {"frequency": None}, {"frequency": "other"}, {"regime": "x"}])
def test_an_award_that_does_not_say_by_which_rules_has_no_dates(bench: Any, missing: Row) -> None:
    assert make(bench, missing) == []
    assert {row[0] for row in make(bench, missing, {"award_id": "A2"})} == {"A2"}


def test_no_award_no_calendar(bench: Any) -> None:
    assert make(bench) == []


def test_random_awards_agree_with_a_count_day_by_day(bench: Any) -> None:
    rng = random.Random(84)
    quarters = {"quarterly": 1, "semi_annual": 2, "annual": 4}
    awards = []
    for n in range(40):
        start = date(2012, 1, 1) + timedelta(rng.randrange(1500))
        award: dict[str, Any] = {"award_id": f"A{n:02}", "start": start, "end": start + timedelta(rng.randrange(1800))}
        awards.append(award | {"regime": rng.choice(("24cfr84", "2cfr200")), "frequency": rng.choice(list(quarters))})
    expected = []
    for award in awards:
        spans: dict[str, list[date]] = {}
        day = award["start"]
        while day <= award["end"]:
            year, quarter = (day.year + 1, 1) if day.month >= 10 else (day.year, (day.month - 1) // 3 + 2)
            size = quarters[award["frequency"]]
            last = -(-quarter // size) * size
            if year <= 2017:  # as_of lies in FY2016
                spans.setdefault(f"FY{year}" if size == 4 else f"FY{year}Q{last}", []).append(day)
            day += timedelta(1)
        for name, days in spans.items():
            final = days[-1] == award["end"]
            if final:
                last = days[-1]
                name = f"FY{last.year + (last.month >= 10)}Q{(last.month + 2) // 3 % 4 + 1}"
            wait = (120 if award["regime"] == "2cfr200" else 90) if final else 90 if size == 4 else 30
            frequency = "final" if final else award["frequency"]
            due_on = days[-1] + timedelta(wait)
            expected.append((award["award_id"], frequency, name, days[0], days[-1], wait, due_on))
    assert make(bench, *awards, as_of="2016-02-29") == expected


def test_it_is_written_so_that_spark_adds_the_days_too(bench: Any) -> None:
    """A date plus a whole number of 32 bits is a date on both engines; Spark refuses a wider one."""
    sql = (ROOT / "sql" / "metrics" / "report_calendar.sql").read_text()
    (spark,) = sqlglot.transpile(sql, read="duckdb", write="spark")
    assert "p.period_end + d.days AS due_on" in spark and "INTERVAL" not in spark
    make(bench, {})
    assert bench.value("select distinct typeof(days) from reference.due_days") == "INTEGER"

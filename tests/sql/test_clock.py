"""Schema reference: the business clock against counting minute by minute, and the periods against a calendar."""

import math
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from bench import Bench
from hypothesis import given, settings
from hypothesis import strategies as st

from assets import catalog, clock
from assets.reference import Params, build

EASTERN = ZoneInfo("America/New_York")
# worked out from the law by hand: the federal holidays between 1 May 2014 and 31 January 2015
HOLIDAYS = {
    date(2014, 5, 26), date(2014, 7, 4), date(2014, 9, 1), date(2014, 10, 13), date(2014, 11, 11), date(2014, 11, 27),
    date(2014, 12, 25), date(2015, 1, 1), date(2015, 1, 19),
}  # fmt: skip

ELAPSED = """
select (b.open_before_seconds + b.is_open * (epoch(timestamp '{end}') - epoch(b.hour_at)))
     - (a.open_before_seconds + a.is_open * (epoch(timestamp '{start}') - epoch(a.hour_at)))
from reference.hours as a, reference.hours as b
where a.hour_at = date_trunc('hour', timestamp '{start}') and b.hour_at = date_trunc('hour', timestamp '{end}')
"""


def counted_minutes(start: datetime, end: datetime) -> int:
    """Open minutes in [start, end), UTC instants, looked at one by one on a wall clock in New York."""
    minutes, at = 0, start
    while at < end:
        local = at.replace(tzinfo=UTC).astimezone(EASTERN)
        minutes += local.weekday() < 5 and 9 <= local.hour < 17 and local.date() not in HOLIDAYS
        at += timedelta(minutes=1)
    return minutes


@pytest.fixture(scope="module")
def calendar():
    """Reference tables of 2014-05-22 … 2015-01-31, on a bench."""
    one = Bench()
    one.reference(as_of="2015-01-31")
    yield one
    one.connection.close()


@settings(max_examples=60, deadline=None)
@given(
    start=st.datetimes(datetime(2014, 5, 20), datetime(2015, 1, 20)),
    minutes=st.integers(0, 12 * 24 * 60),
)
def test_business_clock_agrees_with_counting_minutes(calendar, start, minutes):
    start = start.replace(second=0, microsecond=0)
    end = start + timedelta(minutes=minutes)
    (seconds,) = calendar.connection.execute(ELAPSED.format(start=start, end=end)).fetchone()
    assert seconds == 60 * counted_minutes(start, end)


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        # Eastern; 24 business hours are three full days of 8
        ("2014-06-02 10:30", "2014-06-05 10:30"),  # Monday to Thursday, same time
        ("2014-06-02 17:00", "2014-06-05 17:00"),  # closing sharp: Tuesday, Wednesday, Thursday to their ends
        ("2014-06-02 09:00", "2014-06-04 17:00"),  # opening sharp: Monday, Tuesday, Wednesday whole
        ("2014-06-02 06:00", "2014-06-04 17:00"),  # before opening is the same as at opening
        ("2014-06-06 16:59", "2014-06-11 16:59"),  # Friday: the weekend stands still
        ("2014-06-07 12:00", "2014-06-11 17:00"),  # Saturday: Monday, Tuesday, Wednesday
        ("2014-07-03 12:00", "2014-07-09 12:00"),  # Thursday before the Fourth: 5 + 8 + 8 + 3 hours, to Wednesday
        ("2014-07-04 12:00", "2014-07-09 17:00"),  # on the holiday: Monday, Tuesday, Wednesday
        ("2014-10-31 12:00", "2014-11-05 12:00"),  # across the change to standard time on 2 November
    ],
)
def test_due_instant_at_boundaries(bench, asked, due):
    bench.reference(as_of="2014-12-31")
    utc = datetime.fromisoformat(asked).replace(tzinfo=EASTERN).astimezone(UTC).replace(tzinfo=None)
    bench.desk([{"request_id": "R", "city": "4748000", "submitted_at": utc}])
    (row,) = bench.rows("select due_at, due_on, due_calendar_at from core.requests")
    expected = datetime.fromisoformat(due).replace(tzinfo=EASTERN).astimezone(UTC).replace(tzinfo=None)
    assert row["due_at"] == expected
    assert row["due_on"] == datetime.fromisoformat(due).date()
    assert row["due_calendar_at"] == utc + timedelta(hours=72)


@settings(max_examples=25, deadline=None)
@given(asked=st.datetimes(datetime(2014, 5, 23), datetime(2014, 12, 20)))
def test_due_is_24_open_hours_after_asking(calendar, asked):
    asked = asked.replace(second=0, microsecond=0)
    _day_ordinal, due_at = calendar.connection.execute(
        """with asked as (
            select open_before_seconds + is_open * (epoch($at) - epoch(hour_at)) + 86400 as s
            from reference.hours where hour_at = date_trunc('hour', $at))
        select ordinal, opens_at + to_seconds(s - 28800 * ordinal)
        from asked inner join reference.business_days on ordinal = cast(ceil(s / 28800) as bigint) - 1""",
        {"at": asked},
    ).fetchone()
    assert counted_minutes(asked, due_at) == 24 * 60
    assert counted_minutes(due_at - timedelta(minutes=1), due_at) == 1  # the first instant at which it is so


def test_every_local_day_has_its_own_length(calendar):
    lengths = dict(
        calendar.connection.execute("select local_date, count(*) from reference.hours group by all").fetchall()
    )
    assert lengths.pop(date(2014, 11, 2)) == 25 and lengths.pop(date(2014, 3, 9)) == 23
    # the calendar runs a year either side of 2014-05-22 … 2015-01-31, so it holds two more changes of clocks
    assert lengths.pop(date(2013, 11, 3)) == 25 and lengths.pop(date(2015, 11, 1)) == 25
    assert lengths.pop(date(2015, 3, 8)) == 23
    assert set(lengths.values()) == {24}


def test_business_days_are_those_of_the_hours(calendar):
    (wrong,) = calendar.connection.execute(
        """select count(*) from reference.business_days as d inner join reference.hours as h on h.hour_at = d.opens_at
        where h.open_before_seconds <> d.ordinal * 28800 or h.is_open <> 1 or h.local_date <> d.day
            or epoch(d.closes_at) - epoch(d.opens_at) <> 28800"""
    ).fetchone()
    days, first = calendar.connection.execute("select count(*), min(ordinal) from reference.business_days").fetchone()
    assert (wrong, first) == (0, 0)
    assert calendar.connection.execute("select sum(is_open) from reference.hours").fetchone() == (days * 8,)


def test_periods_follow_the_federal_year():
    rows = clock.periods(date(2014, 5, 22), date(2014, 11, 15), EASTERN).set_index("period")
    assert list(rows.index[rows.period_type == "month"]) == [f"2014-{m:02}" for m in range(5, 12)]
    assert list(rows.index[rows.period_type == "quarter"]) == ["FY2014Q3", "FY2014Q4", "FY2015Q1"]
    assert list(rows.index[rows.period_type == "fiscal_year"]) == ["FY2014", "FY2015"]
    quarter = rows.loc["FY2015Q1"]
    assert (quarter.period_start, quarter.period_end, quarter.ordinal) == (date(2014, 10, 1), date(2014, 12, 31), 3)
    assert quarter.starts_at == datetime(2014, 10, 1, 4) and quarter.ends_at == datetime(2015, 1, 1, 5)
    # as_of cuts it: midnight after 15 November, standard time
    assert quarter.closes_at == datetime(2014, 11, 16, 5)
    assert rows.loc["FY2014Q4"].closes_at == datetime(2014, 10, 1, 4)
    whole = rows.loc["to_date"]
    assert (whole.period_start, whole.period_end, whole.ordinal) == (date(2014, 5, 1), date(2014, 11, 15), 1)


def test_bootstrap_weights_are_poisson_of_mean_one(calendar):
    rows, mean, variance, zeros = calendar.connection.execute(
        "select count(*), avg(weight), var_pop(weight), avg(cast(weight = 0 as integer)) from reference.bootstrap_weights"
    ).fetchone()
    assert rows == 400 * 1200
    # standard error of the mean 1/sqrt(480000) = 0.0014; of the variance sqrt(3/480000) = 0.0025
    assert mean == pytest.approx(1, abs=0.006) and variance == pytest.approx(1, abs=0.011)
    assert zeros == pytest.approx(math.exp(-1), abs=0.003)


def _build(connection, **changes):
    known = {"as_of": date(2014, 9, 30), "known_on": datetime(2030, 1, 1), "program": "Test", "synthetic": True}
    params = Params(**{**known, "time_zone": "America/New_York", "launched_on": None, **changes})
    build(connection, params, topics=[t.model_dump() for t in catalog.load().topics], metrics=[], due=[])
    return connection.execute("select launched_on from reference.params").fetchone()[0]


def test_launch_is_the_earliest_plausible_record(bench):
    for table in ("raw.requests", "raw.ledger", "raw.eligibility"):
        bench.given(table)
    assert _build(bench.connection) == date(2013, 10, 1)  # nothing known: the fiscal year of 2014-09-30
    bench.given("raw.eligibility", [{"city": "4748000", "eligible_from": "2014-05-25"}])
    assert _build(bench.connection) == date(2014, 5, 25)
    # 02:00 UTC is still the 23rd in New York; 1970 is a slip; a day after as_of cannot be the start
    asked = [{"submitted_at": "2014-05-24 02:00"}, {"submitted_at": "1970-01-01"}, {"submitted_at": "2016-01-01"}]
    bench.given("raw.requests", asked)
    assert _build(bench.connection) == date(2014, 5, 23)


def test_what_cannot_be_built_says_why(bench):
    with pytest.raises(ValueError, match="as-of 2014-01-01 is before the launch on 2014-05-22"):
        bench.reference(as_of="2014-01-01")
    with pytest.raises(ValueError, match="Asia/Kolkata is not a whole number of hours"):
        bench.reference(time_zone="Asia/Kolkata")


def test_given_rules_replace_the_default(bench):
    rule = {"criterion": "population", "indicator": "population", "operator": ">=", "threshold": 25000}
    bench.reference(rules=[rule])
    assert bench.rows("select criterion, operator, threshold, period from reference.rules") == [
        {"criterion": "population", "operator": ">=", "threshold": 25000.0, "period": None}
    ]
    bench.reference()
    assert bench.value("select count(*) from reference.rules") == 4


def test_as_of_is_the_whole_local_day(bench):
    bench.reference(as_of="2014-09-30")
    assert bench.value("select as_of_at from reference.params") == datetime(2014, 10, 1, 4)
    assert clock.utc(date(2014, 12, 1), time(9), EASTERN) == datetime(2014, 12, 1, 14)

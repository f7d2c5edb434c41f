"""Business hours and due dates of 10,000 requests, as core.requests and core.request_waits work them out, against a count of
every minute of four years on a wall clock in New York."""

import re
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from bench import ROOT, Bench

from assets import catalog

# The ten federal holidays of each year, by the law and by hand; on a Saturday the Friday before, on a Sunday the Monday after.
LEGAL = {
    2014: "01-01 01-20 02-17 05-26 07-04 09-01 10-13 11-11 11-27 12-25",
    2015: "01-01 01-19 02-16 05-25 07-03 09-07 10-12 11-11 11-26 12-25",
    2016: "01-01 01-18 02-15 05-30 07-04 09-05 10-10 11-11 11-24 12-26",
    2017: "01-02 01-16 02-20 05-29 07-04 09-04 10-09 11-10 11-23 12-25",
}
HOLIDAYS = [f"{year}-{day}" for year, days in LEGAL.items() for day in days.split()]
CHANGES = ["2014-11-02", "2015-03-08", "2015-11-01", "2016-03-13", "2016-11-06", "2017-03-12"]
FIRST, LAUNCHED_ON, AS_OF = np.datetime64("2014-05-22T04:00"), "2014-05-22", "2017-11-30"
INTERVALS = 10_000


@pytest.fixture(scope="module")
def open_before() -> np.ndarray:
    """Open minutes from FIRST to each minute after it: every minute's own wall clock looked at."""
    local = pd.date_range(FIRST, "2017-12-31T05:00", freq="min", tz="UTC").tz_convert(ZoneInfo("America/New_York"))
    day = local.tz_localize(None).normalize()
    is_open = (local.day_of_week < 5) & (local.hour >= 9) & (local.hour < 17) & ~day.isin(pd.to_datetime(HOLIDAYS))
    return np.concatenate([[0], np.cumsum(is_open)])


@pytest.fixture(scope="module")
def intervals() -> pd.DataFrame:
    """Half anywhere, half begun within four days before a holiday or a change of clocks; minutes to months long."""
    rng = np.random.default_rng(24)
    marks = np.array([day for day in HOLIDAYS + CHANGES if "2014-05-27" < day < "2017-11-20"], "datetime64[m]")
    anywhere = FIRST + rng.integers(0, 1270 * 1440, INTERVALS // 2)
    beside = rng.choice(marks, INTERVALS - len(anywhere)) + rng.integers(-4 * 1440, 1440, INTERVALS - len(anywhere))
    start = np.concatenate([anywhere, beside]).astype("datetime64[m]")
    minutes = np.exp(rng.uniform(0, np.log(60 * 1440), INTERVALS)).astype(int) - 1
    last = np.datetime64("2017-11-30T00:00")
    return pd.DataFrame({"start": start, "end": np.minimum(start + minutes, last)}).sort_values(
        "start", ignore_index=True
    )


def upstream(table: str) -> list[str]:
    """`table` after everything of sql/ that it reads, directly or not."""
    text = (ROOT / "sql" / (table.replace(".", "/") + ".sql")).read_text()
    read = sorted(set(re.findall(r"(?:from|join) ((?:staging|core|metrics)\.\w+)", text)))
    return list(dict.fromkeys([one for name in read for one in upstream(name)] + [table]))


@pytest.fixture(scope="module")
def told(intervals) -> pd.DataFrame:
    """The same as requests answered at the end of the interval, through staging and core."""
    one = Bench()
    one.reference(as_of=AS_OF, launched_on=LAUNCHED_ON)
    for source in catalog.load().sources:
        one.given(f"raw.{source}")
    rows = pd.DataFrame(
        {
            "request_id": [f"{n:05}" for n in intervals.index],
            "city": "4748000",
            "topic": "budget",
            "submitted_at": intervals["start"].astype("datetime64[us]"),
            "first_response_at": intervals["end"].astype("datetime64[us]"),
            "status": "open",
            "_row": intervals.index + 2,
            "_order": 1,
            "_known_at": pd.Timestamp("2018-01-01"),
            "_file": "requests/requests.csv",
            "_sha256": "0" * 64,
        }
    )
    one.connection.register("frame", rows)
    one.connection.execute("insert into raw.requests by name select * from frame")
    one.run(*upstream("core.request_waits"))
    frame = one.connection.execute(
        """select r.request_id, r.response_hours, s.hours, r.due_at, r.due_on, r.due_calendar_at
        from core.requests as r inner join core.request_waits as s on s.request_id = r.request_id order by 1"""
    ).df()
    one.connection.close()
    assert len(frame) == INTERVALS
    return frame


def minute(instants: pd.Series) -> np.ndarray:
    return (instants.to_numpy().astype("datetime64[m]") - FIRST).astype(int)


def test_the_list_of_holidays_is_plausible():
    days = pd.to_datetime(HOLIDAYS)
    assert (days.year.value_counts() == 10).all() and (days.day_of_week < 5).all()
    assert (days.day_name()[days.month.isin([9])] == "Monday").all()
    assert list(days[(days.month == 11) & (days.day > 20)].day_name()) == ["Thursday"] * 4


def test_business_hours_are_the_open_minutes(intervals, told, open_before):
    counted = open_before[minute(intervals["end"])] - open_before[minute(intervals["start"])]
    assert (counted == 0).sum() > 100 and (counted > 10_000).sum() > 500
    np.testing.assert_array_equal(told["response_hours"], counted / 60)
    np.testing.assert_array_equal(told["hours"], counted / 60)


def test_due_when_24_hours_of_it_have_passed(intervals, told, open_before):
    asked = minute(intervals["start"])
    due = np.searchsorted(open_before, open_before[asked] + 24 * 60)  # the first minute by which so many have passed
    np.testing.assert_array_equal(minute(told["due_at"]), due)
    assert (told["due_at"].dt.second == 0).all()
    local = told["due_at"].dt.tz_localize("UTC").dt.tz_convert(ZoneInfo("America/New_York")).dt.tz_localize(None)
    assert (told["due_on"].dt.normalize() == local.dt.normalize()).all()
    assert (told["due_calendar_at"] - intervals["start"] == pd.Timedelta(hours=72)).all()
    across = [
        ((intervals["start"] < day) & (told["due_at"] > day)).sum() for day in HOLIDAYS + CHANGES if day > "2014-06"
    ]
    assert sum(count > 50 for count in across) >= 38

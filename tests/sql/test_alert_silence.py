"""A city gone silent and a feed that did not arrive, at their edges."""

from datetime import date, timedelta
from itertools import pairwise
from statistics import median

import pytest
from alert_desk import CITY, CORE, ELIGIBLE, MEMPHIS, WACO, asked, of, posted, run
from hypothesis import given, settings
from hypothesis import strategies as st

EVERY_DAY = [date(2014, 5, 22) + timedelta(days=n) for n in range(132)]  # up to 30 September


@pytest.mark.parametrize(
    ("days", "as_of", "silent"),
    [
        # last asked on 3 April; 180 days later is 30 September
        (("2014-03-31", "2014-04-01", "2014-04-03"), "2014-09-30", 180),
        (("2014-03-31", "2014-04-01", "2014-04-03"), "2014-09-29", None),
        (("2014-04-01", "2014-04-03"), "2014-09-30", None),  # twice is no habit
        (("2014-04-01", "2014-04-01", "2014-04-03"), "2014-09-30", None),  # nor is twice on one day
        # 60, 70 and 100 days apart, so usually 70: three times that is 210 days, on 30 October (from 3 April)
        (("2013-08-16", "2013-10-15", "2013-12-24", "2014-04-03"), "2014-10-29", None),
        (("2013-08-16", "2013-10-15", "2013-12-24", "2014-04-03"), "2014-10-30", 210),
    ],
)
def test_a_city_gone_silent(bench, days, as_of, silent):
    rows = of(run(bench, as_of, cities=[CITY], eligibility=[ELIGIBLE], requests=asked(*days)), "city_silent")
    assert [row["measure"] for row in rows] == ([] if silent is None else [silent])
    if silent:
        gap = "70.0" if silent == 210 else "1.5"
        assert rows[0]["since_on"] == date(2014, 4, 3) and rows[0]["about"] == MEMPHIS
        assert rows[0]["sentence"] == (
            f"Memphis, TN has not asked since April 3, 2014, {silent} days ago; named after 180 days, or three times"
            f" its usual gap of {gap} where that is longer"
        )


@pytest.mark.parametrize(
    ("eligible", "columns", "named"),
    [
        ({}, {}, True),
        ({"eligible_to": "2014-09-29"}, {}, False),  # no longer eligible
        ({"eligible_to": "2014-09-30"}, {}, True),
        ({"eligible_from": "2014-10-01"}, {}, False),  # not yet
        ({"city_id": WACO}, {}, False),
        ({}, {"is_canonical": False}, False),  # tests, spam and duplicates are no asking
    ],
)
def test_only_an_eligible_city_that_asked_goes_silent(bench, eligible, columns, named):
    requests = asked("2014-03-31", "2014-04-01", "2014-04-03", **columns)
    cities = [CITY, {"city_id": WACO, "name": "Waco city", "state": "TX"}]
    rows = run(bench, cities=cities, eligibility=[ELIGIBLE | eligible], requests=requests)
    assert bool(of(rows, "city_silent")) is named


@pytest.mark.parametrize(
    ("ledger", "as_of", "silent"),
    [
        (posted(*EVERY_DAY), "2014-09-30", None),
        (posted(*EVERY_DAY), "2014-10-30", None),  # 30 days
        (posted(*EVERY_DAY), "2014-10-31", 31),
        # once a month (31, 30 and 31 days apart, so usually 31): three times that is 93 days, on 1 December from 30 August
        (posted("2014-05-30", "2014-06-30", "2014-07-30", "2014-08-30"), "2014-11-30", None),
        (posted("2014-05-30", "2014-06-30", "2014-07-30", "2014-08-30"), "2014-12-01", 93),
        (posted("2014-08-30"), "2014-09-30", 31),  # a single day has no gap
    ],
)
def test_a_stream_that_stopped(bench, ledger, as_of, silent):
    (row, *more) = [r for r in of(run(bench, as_of, ledger=ledger), "feed_missing") if r["about"] == "ledger"] or [None]
    assert not more and (row and row["measure"]) == silent
    if row:
        assert (
            row["severity"] == "high"
            and row["sentence"].startswith("Feed ledger has brought no record since ")
            and ", 2014, " in row["sentence"]
        )


def test_a_feed_that_never_came_is_said_quietly(bench):
    never = of(run(bench, eligibility=[ELIGIBLE], cities=[CITY]), "feed_missing")
    # of the thirteen feeds only eligibility came; a register may stay as it is
    assert len(never) == 12 and "eligibility" not in {row["about"] for row in never}
    assert {(row["severity"], row["since_on"], row["measure"]) for row in never} == {("low", None, None)}
    assert never[0]["sentence"] == "Feed attendance has never arrived; what needs it is not reported"


@settings(max_examples=25, deadline=None)
@given(days=st.lists(st.integers(0, 600), max_size=9))
def test_a_silent_city_as_plain_python_counts(one_bench, days):
    first, as_of = date(2013, 1, 1), date(2014, 9, 30)
    for table in CORE:
        one_bench.given(f"core.{table}")
    one_bench.given("core.eligibility", [ELIGIBLE])
    one_bench.given("core.requests", asked(*(first + timedelta(days=n) for n in days)))
    one_bench.run("metrics.alert_cities")
    ordered = sorted(set(days))
    gaps = [b - a for a, b in pairwise(ordered)]
    rows = one_bench.rows("select silent_days, usual_gap_days, is_silent from metrics.alert_cities")
    if len(ordered) < 3:
        assert rows == []
        return
    silent = (as_of - first).days - ordered[-1]
    expected = {
        "silent_days": silent,
        "usual_gap_days": median(gaps),
        "is_silent": silent >= max(180, 3 * median(gaps)),
    }
    assert rows == [expected]


@pytest.mark.parametrize(
    ("days", "as_of", "silent"),
    [
        # usually 10 days apart; last on 21 June, 31 days later is 22 July
        (("2014-06-01", "2014-06-11", "2014-06-21"), "2014-07-22", 31),
        (("2014-06-01", "2014-06-11", "2014-06-21"), "2014-07-21", None),
        # 20 days apart: three times that is 60, on 9 September
        (("2014-06-01", "2014-06-21", "2014-07-11"), "2014-09-08", None),
        (("2014-06-01", "2014-06-21", "2014-07-11"), "2014-09-09", 60),
        (("2014-06-01", "2014-06-11"), "2014-09-30", None),  # twice is no habit
        (("2014-06-01", "2014-06-11", "2014-06-11"), "2014-09-30", None),  # nor is twice on one day
        (("2014-06-01", "2014-06-11", "2014-06-21", "2014-10-02"), "2014-09-30", 101),  # what comes later is not seen
    ],
)
def test_a_register_that_is_no_longer_sent(bench, days, as_of, silent):
    # a file that says what the one before said has come all the same
    came = [("milestones", day, "accepted" if n == 0 else "repeat") for n, day in enumerate(days)]
    milestones = [{"milestone_id": "M1", "engagement_id": "E1", "baseline_due": "2014-12-01"}]
    rows = [
        r for r in of(run(bench, as_of, came=came, milestones=milestones), "feed_missing") if r["about"] == "milestones"
    ]
    assert [(row["measure"], row["severity"]) for row in rows] == ([] if silent is None else [(silent, "high")])
    if silent:
        assert rows[0]["sentence"].startswith("Feed milestones has not been delivered since ")


def test_a_file_that_was_refused_has_not_been_delivered(bench):
    came = [("milestones", day, "accepted") for day in ("2014-06-01", "2014-06-11", "2014-06-21")]
    milestones = [{"milestone_id": "M1", "engagement_id": "E1", "baseline_due": "2014-12-01"}]
    refused = [*came, ("milestones", "2014-09-01", "refused")]
    for files in (came, refused):
        rows = of(run(bench, came=files, milestones=milestones), "feed_missing")
        assert [row["measure"] for row in rows if row["about"] == "milestones"] == [101]

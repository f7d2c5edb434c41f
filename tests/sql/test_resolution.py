"""Resolution: Aalen-Johansen by hand and against a second implementation in numpy."""

import math
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

MEMPHIS, WACO = "4748000", "4876000"
MONDAY = datetime(2014, 6, 2, 13)  # 9:00 Eastern, the opening; no holiday follows before 4 July
STEPS = (
    *("metrics.wait_counts", "metrics.wait_members", "metrics.resolution_steps"),
    *("metrics.resolution_sums", "metrics.resolution", "metrics.resolution_curves", "metrics.survival_curves"),
)
CLOCKS = ("core.period_days", "core.day_parts", "core.period_parts")
CAUSES = ("open", "resolved", "closed_unanswered", "withdrawn", "merged")
Z = 1.959963984540054


def after(hours: float) -> datetime:
    """The instant at which a request asked at MONDAY has been open so many business hours (weeks of 40)."""
    weeks, rest = divmod(hours, 40)
    days, left = divmod(rest, 8)
    return MONDAY + timedelta(days=7 * weeks + days, hours=left)


def request(name="R", hours=None, end="resolved_at", **columns):
    ended = {} if hours is None else {end: after(hours), "status": "closed", "updated_at": after(hours)}
    return {"request_id": name, "city": MEMPHIS, "topic": "budget", "submitted_at": MONDAY, **ended, **columns}


def run(bench, requests, as_of="2014-06-30", events=()):
    bench.reference(as_of=as_of)
    for table in ("core.eligibility", "core.engagement_cities", "metrics.response_curves"):
        bench.given(table)
    tables = (*CLOCKS, "core.figure_keys", "core.request_waits", "metrics.wait_piles", *STEPS)
    bench.desk(requests, *tables, events=events)


def spells(bench, rows):
    """The family over spells given as (hours, cause) or (hours, cause, city, topic), asked in June 2014."""
    for table in ("core.eligibility", "core.engagement_cities", "metrics.response_curves"):
        bench.given(table)
    bench.desk([request("X"), request("Y", city=WACO)], *CLOCKS, "core.figure_keys")
    named = [(*row, MEMPHIS, "budget")[:4] if len(row) == 2 else row for row in rows]
    columns = ("part", "open_hours", "cause", "city_id", "topic")
    bench.waits(dict(zip(columns, ("2014-06", *row), strict=True)) for row in named)
    bench.run(*STEPS)


def figure(bench, metric, grain="network", period="to_date", **keys):
    where = " and ".join(f"{key} = '{value}'" for key, value in {"grain": grain, "period": period, **keys}.items())
    rows = bench.rows(
        "select value, numerator, denominator, ci_low, ci_high, state from metrics.resolution "
        f"where metric = '{metric}' and {where}"
    )
    assert len(rows) <= 1
    return rows[0] if rows else None


def part_of(bench, metric, period="to_date", **keys):
    found = figure(bench, metric, period=period, **keys)
    return found["numerator"], found["denominator"], found["state"]


def aalen_johansen(rows, upto, cause="resolved"):
    """(F, low, high, all seen) at `upto`, a step for each distinct time: the textbook, written apart from the SQL.

    The variance is equation 6 of Dinse and Larson (1986), as lifelines has it.
    """
    hours = np.array([row[0] for row in rows], float)
    ends = np.array([row[1] != "open" for row in rows])
    wanted = np.array([row[1] == cause for row in rows])
    still, incidence, steps = 1.0, 0.0, []
    for t in np.unique(hours[ends & (hours <= upto)]):
        n, d, one = (hours >= t).sum(), (ends & (hours == t)).sum(), (wanted & (hours == t)).sum()
        incidence += still * one / n
        steps.append((n, d, one, still, incidence))
        still *= 1 - d / n
    variance = sum(
        ((incidence - f) ** 2 * d / (n * (n - d)) if n > d else 0)
        + s**2 * one * (n - one) / n**3
        - 2 * (incidence - f) * s * one / n**2
        for n, d, one, s, f in steps
    )
    low = high = None
    if 0 < incidence < 1 - 1e-12:
        spread = math.exp(Z * math.sqrt(max(0, variance)) / (incidence * -math.log(incidence)))
        low, high = incidence**spread, incidence ** (1 / spread)
    followed = bool((hours >= upto).any()) or still < 1e-12
    return incidence, low, high, followed


def test_steps_by_hand(bench):
    # at 4: 6 open, 1 resolved, 1 withdrawn: F = 1/6, still 4/6. at 5: cut. at 6: 3 open, 1 resolved: F = 1/6 + 4/6 · 1/3
    # = 7/18, still 4/9. at 7: cut; at 90 the last is resolved: F = 7/18 + 4/9 = 5/6
    bench.reference(as_of="2014-06-30")
    bench.connection.execute("update reference.params set min_denominator = 1")
    spells(bench, [(4, "resolved"), (4, "withdrawn"), (5, "open"), (6, "resolved"), (7, "open"), (90, "resolved")])
    steps = bench.connection.execute(
        """select s.t, at_risk, ended, resolved, cut, still_open from metrics.resolution_steps as s
        where cell = (select cell from metrics.wait_counts where grain = 'network' and period = 'to_date')
        order by 1"""
    ).fetchall()
    assert [row[:5] for row in steps] == [
        (4, 6, 2, 1, 0),
        (5, 4, 0, 0, 1),
        (6, 3, 1, 1, 0),
        (7, 2, 0, 0, 1),
        (90, 1, 1, 1, 0),
    ]
    assert [row[5] for row in steps] == pytest.approx([1, 2 / 3, 2 / 3, 4 / 9, 4 / 9], abs=1e-12)
    for days, value in ((5, 700 / 18), (10, 700 / 18), (20, 500 / 6)):
        assert figure(bench, f"resolved_within_{days}d_pct")["value"] == pytest.approx(value, abs=1e-9)
    assert figure(bench, "resolved_within_10d_pct")["numerator"] == 2
    # the same 5/6 if the three causes of ends did not differ in time: ties at one instant are one step
    curve = bench.connection.execute(
        """select cause, t, at_risk, events, estimate from metrics.survival_curves
        where metric = 'resolved_within_10d_pct' and grain = 'city' and period = 'to_date' order by 1, 2"""
    ).fetchall()
    assert [row[:4] for row in curve] == [
        ("resolved", 4, 6, 1),
        ("resolved", 6, 3, 1),
        ("resolved", 90, 1, 1),
        ("withdrawn", 4, 6, 1),
    ]
    assert [row[4] for row in curve] == pytest.approx([1 / 6, 7 / 18, 5 / 6, 1 / 6], abs=1e-12)


@pytest.mark.parametrize(
    ("columns", "cause", "hours"),
    [
        ({"resolved_at": after(8), "disposition": "answered"}, "resolved", 8),
        ({"resolved_at": after(8)}, "resolved", 8),
        ({"resolved_at": after(8), "disposition": "referred"}, "closed_unanswered", 8),
        ({"resolved_at": after(8), "disposition": "out_of_scope"}, "closed_unanswered", 8),
        ({"status": "closed", "disposition": "no_answer", "updated_at": after(9)}, "closed_unanswered", 9),
        ({"withdrawn_at": after(8), "resolved_at": after(9)}, "withdrawn", 8),
        ({"withdrawn_at": after(9), "resolved_at": after(8)}, "resolved", 8),
        ({"merged_at": after(8), "resolved_at": after(8)}, "merged", 8),
        # reopened: its first opening is what counts
        ({"resolved_at": after(8), "reopened_at": after(16), "status": "open"}, "resolved", 8),
        # asked on a Friday at 16:00 Eastern, resolved on Monday at 10:00: one hour and one hour
        ({"submitted_at": "2014-06-06 20:00", "resolved_at": "2014-06-09 14:00"}, "resolved", 2),
        # as of 30 June, the wait of an open request is its 21 business days
        ({}, "open", 21 * 8),
        ({"resolved_at": "2014-07-01 14:00"}, "open", 21 * 8),
        # asked by night and answered the same night: no business time at all
        ({"submitted_at": "2014-06-03 02:00", "resolved_at": "2014-06-03 03:00"}, "resolved", 0),
    ],
)
def test_how_an_opening_ends(bench, columns, cause, hours):
    known = {"status": "closed"} if "resolved_at" in columns else {}
    run(bench, [request(**{**known, **columns})])
    assert bench.rows("select cause, open_hours as hours from core.request_waits") == [{"cause": cause, "hours": hours}]


def test_the_log_of_events_tells_the_first_end(bench):
    events = [("closed_unanswered", 8), ("reopened", 16), ("resolved", 24), ("reopened", 32), ("resolved", 48)]
    log = [{"request_id": "R", "at": after(hours), "event": event} for event, hours in events]
    run(bench, [request(status="closed", disposition="answered", updated_at=after(48))], events=log)
    assert bench.rows("select cause, open_hours as hours from core.request_waits") == [
        {"cause": "closed_unanswered", "hours": 8}
    ]


@pytest.mark.parametrize(
    ("columns", "within_5", "within_10"),
    [
        ({"resolved_at": after(40)}, 1, 1),  # at the very end of the fifth day
        ({"resolved_at": after(40) + timedelta(seconds=1)}, 0, 1),
        # Friday to Monday: 2 calendar days more, no business time
        ({"submitted_at": "2014-06-06 13:00", "resolved_at": "2014-06-13 13:00"}, 1, 1),
        ({"resolved_at": after(80)}, 0, 1),
        ({"resolved_at": after(8), "disposition": "no_answer"}, 0, 0),
        ({"merged_at": after(8)}, 0, 0),
    ],
)
def test_bounds_of_business_days(bench, columns, within_5, within_10):
    run(bench, [request(**{"status": "closed", **columns})])
    assert part_of(bench, "resolved_within_5d_pct") == (within_5, 1, "value")
    assert part_of(bench, "resolved_within_10d_pct") == (within_10, 1, "value")
    assert figure(bench, "resolved_within_5d_pct")["value"] == 100 * within_5


def test_tests_and_spam_are_left_out_and_nobody_is_not_computable(bench):
    run(bench, [request("A", 8, is_test=True), request("B", 8, disposition="spam")])
    assert part_of(bench, "resolved_within_5d_pct") == (0, 0, "not_computable")
    run(bench, [])
    assert bench.rows("select distinct state, numerator, value from metrics.resolution") == [
        {"state": "not_reported", "numerator": None, "value": None}
    ]


def test_not_due_until_somebody_has_been_followed_so_long(bench):
    # Friday 6 June: asked on Monday, 5 days of 8 hours have passed by the end of the day
    run(bench, [request("A"), request("B", 8)], as_of="2014-06-06")
    assert part_of(bench, "resolved_within_5d_pct") == (1, 2, "value")
    assert part_of(bench, "resolved_within_10d_pct") == (1, 2, "not_due")
    assert figure(bench, "resolved_within_10d_pct")["value"] is None
    # the day before, nobody; but where all have ended there is nothing to wait for
    run(bench, [request("A"), request("B", 8)], as_of="2014-06-05")
    assert figure(bench, "resolved_within_5d_pct")["state"] == "not_due"
    run(bench, [request("A", 16, "withdrawn_at"), request("B", 8)], as_of="2014-06-05")
    assert figure(bench, "resolved_within_20d_pct")["value"] == 50
    # all open for four weeks: nobody resolved, and no limits
    run(bench, [request(str(n)) for n in range(12)])
    assert figure(bench, "resolved_within_20d_pct") == {
        **{"value": 0, "numerator": 0, "denominator": 12, "ci_low": None, "ci_high": None, "state": "value"}
    }


def test_who_counts_where(bench):
    county = request("B", 8, city=None, caller_type="county")
    run(bench, [request("A", 8), county, request("C", 8, city=WACO, topic="housing")])
    assert part_of(bench, "resolved_within_5d_pct")[:2] == (3, 3)
    assert part_of(bench, "resolved_within_5d_pct", grain="topic", topic="budget")[:2] == (2, 2)
    assert part_of(bench, "resolved_within_5d_pct", grain="city", city_id=MEMPHIS)[:2] == (1, 1)
    assert part_of(bench, "resolved_within_5d_pct", period="2014-05") == (0, 0, "not_computable")
    kinds = bench.rows(
        "select distinct period_type, city_id from metrics.resolution where grain = 'city_topic' order by all"
    )
    assert [(row["period_type"], row["city_id"]) for row in kinds] == [
        *(("fiscal_year", MEMPHIS), ("fiscal_year", WACO), ("to_date", MEMPHIS), ("to_date", WACO))
    ]
    # dense: May and June, one quarter, a year, to date; network, 13 topics, 2 cities
    dense = bench.value("select count(*) from metrics.resolution where grain <> 'city_topic'")
    assert dense == 3 * 5 * 16


HOURS = st.integers(0, 340 * 2).map(lambda half: half / 2)
SPELL = st.tuples(HOURS, st.sampled_from(("open", *CAUSES)))  # a third of them open: heavy censoring, many ties


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(SPELL, min_size=1, max_size=50))
def test_agrees_with_a_second_implementation(one_bench, rows):
    one_bench.connection.execute("update reference.params set min_denominator = 1")
    spells(one_bench, rows)
    for days, hours in ((5, 40), (10, 80), (20, 160)):
        incidence, low, high, followed = aalen_johansen(rows, hours)
        got = figure(one_bench, f"resolved_within_{days}d_pct")
        assert got["state"] == ("value" if followed else "not_due")
        assert got["denominator"] == len(rows) and got["numerator"] <= got["denominator"]
        assert got["numerator"] == sum(cause == "resolved" and t <= hours for t, cause in rows)
        if followed:
            assert got["value"] == pytest.approx(100 * incidence, abs=1e-9)
            for ours, theirs in ((got["ci_low"], low), (got["ci_high"], high)):
                assert (ours is None) == (theirs is None)
                assert theirs is None or ours == pytest.approx(100 * theirs, abs=1e-7)
    curves = one_bench.rows(
        """select cause, t, events, estimate, ci_low, ci_high from metrics.survival_curves
        where metric = 'resolved_within_10d_pct' and grain = 'network' and period = 'to_date' order by t"""
    )
    assert {(c["cause"], c["t"]) for c in curves} == {(c, math.ceil(t)) for t, c in rows if c != "open" and t <= 320}
    for point in curves:
        incidence, low, high, _ = aalen_johansen(rows, point["t"], point["cause"])
        assert point["estimate"] == pytest.approx(incidence, abs=1e-12)
        assert (point["ci_low"] is None) == (low is None)
        if low is not None:
            assert (point["ci_low"], point["ci_high"]) == pytest.approx((low, high), abs=1e-9)


KEYED = st.tuples(
    HOURS, st.sampled_from(CAUSES), st.sampled_from([MEMPHIS, WACO, None]), st.sampled_from(["budget", "housing"])
)


@settings(max_examples=15, deadline=None)
@given(rows=st.lists(KEYED, min_size=1, max_size=25))
def test_counts_add_up_over_topics_and_cities(one_bench, rows):
    spells(one_bench, rows)
    whole = "sum(case when grain = 'network' then {0} else -{0} end)"
    uneven = " or ".join(f"{whole.format(column)} <> 0" for column in ("numerator", "denominator"))
    query = "select metric, period from metrics.resolution where grain in ('network', 'topic') group by all having "
    assert one_bench.rows(query + uneven) == []
    others = sum(city is None for _, _, city, _ in rows)
    for grain, total in (("network", len(rows)), ("city", len(rows) - others), ("city_topic", len(rows) - others)):
        told = one_bench.value(
            f"select coalesce(sum(denominator), 0) from metrics.resolution where grain = '{grain}' and period = 'to_date' "
            "and metric = 'resolved_within_5d_pct'"
        )
        assert told == total
    assert one_bench.value("select count(*) from metrics.resolution where numerator > denominator") == 0

"""Waiting times: Kaplan-Meier against numbers worked by hand and against a second implementation in numpy."""

import math
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

TABLES = (
    *("core.period_days", "core.day_parts", "core.period_parts", "core.figure_keys"),
    *(
        "core.request_waits",
        "metrics.wait_piles",
        "metrics.wait_counts",
        "metrics.wait_members",
        "metrics.response_steps",
    ),
    *("metrics.response_cuts", "metrics.response_quantiles", "metrics.response_curves", "metrics.response_time"),
    "metrics.survival_curves",
)
GIVEN = (
    *("core.eligibility", "core.engagement_cities", "metrics.resolution_curves"),
    *("metrics.equity_groups", "metrics.equity_medians", "metrics.response_groups"),
)
MONDAY = datetime(2014, 6, 2, 13)  # 9:00 Eastern, the opening
Z = 1.959963984540054


def reply_after(hours: float) -> datetime:
    """The instant at which a request asked at MONDAY has waited so many business hours (weeks of 40)."""
    weeks, rest = divmod(hours, 40)
    days, left = divmod(rest, 8)
    return MONDAY + timedelta(days=7 * weeks + days, hours=left)


def request(n, hours=None, end="first_response_at", **columns):
    ended = {} if hours is None else {end: reply_after(hours)}
    return {
        **{"request_id": f"R{n:03}", "city": "4748000", "topic": "budget", "submitted_at": MONDAY},
        **({"status": "closed"} if end == "resolved_at" else {}),
        **ended,
        **columns,
    }


def run(bench, requests, as_of="2014-06-30"):
    bench.reference(as_of=as_of)
    for table in GIVEN:
        bench.given(table)
    bench.desk(requests, *TABLES)


def figure(bench, metric, grain="network", period="to_date"):
    (row,) = bench.rows(
        f"""select value, numerator, denominator, ci_low, ci_high, state from metrics.response_time
        where metric = '{metric}' and grain = '{grain}' and period = '{period}'
            and coalesce(city_id, '4748000') = '4748000' and coalesce(topic, 'budget') = 'budget'"""
    )
    return row


def kaplan_meier(waits):
    """[(t, S, low, high)] at each reply, from [(hours, replied)]: the textbook, written apart from the SQL."""
    survival, variance, steps = 1.0, 0.0, []
    hours = np.array([h for h, _ in waits])
    replied = np.array([r for _, r in waits], bool)
    for t in np.unique(hours[replied]):
        n, d = int((hours >= t).sum()), int(((hours == t) & replied).sum())
        survival *= 1 - d / n
        low = high = None
        if d < n:
            variance += d / (n * (n - d))
            spread = Z * math.sqrt(variance) / abs(math.log(survival))
            low, high = survival ** math.exp(spread), survival ** math.exp(-spread)
        steps.append((float(t), survival, low, high))
    return steps


def first(steps, column, level):
    return next((s[0] for s in steps if s[column] is not None and s[column] <= level + 1e-12), None)


def test_by_hand(bench):
    # waits in business hours: replies at 2, 4, 4, 10; withdrawn at 3; closed without a reply at 5; open for ever
    run(
        bench,
        [
            request(1, 2),
            request(2, 3, "withdrawn_at"),
            request(3, 4),
            request(4, 4),
            request(5, 5, "resolved_at"),
            request(6, 10),
            request(7),
        ],
    )
    # at 2: 7 wait, S = 6/7; at 4: 5 wait, 2 go, S = 6/7 · 3/5 = 18/35; at 10: 2 wait (5 left at 5), S = 18/35 · 1/2 = 9/35
    steps = bench.connection.execute(
        """select s.t, s.at_risk, s.replies, s.estimate from metrics.response_curves as s
        where s.cell = (select cell from metrics.wait_counts where grain = 'network' and period = 'to_date') order by 1"""
    ).fetchall()
    assert [row[:3] for row in steps] == [(2, 7, 1), (4, 5, 2), (10, 2, 1)]
    assert [row[3] for row in steps] == pytest.approx([6 / 7, 18 / 35, 9 / 35], abs=1e-12)
    median = figure(bench, "response_hours_median")
    assert (median["value"], median["numerator"], median["denominator"], median["state"]) == (10, 4, 7, "value")
    # 9/35 = 0.257 never falls to 0.1
    p90 = figure(bench, "response_hours_p90")
    assert (p90["value"], p90["state"]) == (None, "not_reached")
    competing = figure(bench, "response_competing_pct")
    assert (competing["numerator"], competing["denominator"]) == (1, 7)


def test_exactly_half_is_reached(bench):
    # S after 1, 2, 3, 4 of eight equal steps is 7/8 · 6/7 · 5/6 · 4/5 = 1/2: the fourth reply
    run(bench, [request(n, n) for n in range(1, 9)])
    assert figure(bench, "response_hours_median")["value"] == 4
    # ninth decile: 1/8 after the seventh, 0 after the eighth
    assert figure(bench, "response_hours_p90")["value"] == 8


def test_all_open_is_not_reached_and_nobody_is_not_computable(bench):
    run(bench, [request(n) for n in range(3)])
    assert figure(bench, "response_hours_median")["state"] == "not_reached"
    assert figure(bench, "response_hours_median")["denominator"] == 3
    assert figure(bench, "response_hours_median", period="2014-05")["state"] == "not_computable"
    run(bench, [])
    assert {row["state"] for row in bench.rows("select state from metrics.response_time")} == {"not_reported"}


def test_open_requests_hold_the_median_back(bench):
    answered = [request(n, n) for n in range(1, 5)]
    run(bench, answered)
    assert figure(bench, "response_hours_median")["value"] == 2  # of the answered alone: 3/4, then 1/2
    # with four still open: 7/8, 6/8, 5/8, then 4/8
    run(bench, answered + [request(n) for n in range(5, 9)])
    assert figure(bench, "response_hours_median")["value"] == 4


@pytest.mark.parametrize(
    ("columns", "outcome", "hours"),
    [
        ({"first_response_at": reply_after(8)}, "replied", 8),
        ({"withdrawn_at": reply_after(8)}, "withdrawn", 8),
        ({"withdrawn_at": reply_after(8), "first_response_at": reply_after(9)}, "withdrawn", 8),
        ({"withdrawn_at": reply_after(9), "first_response_at": reply_after(8)}, "replied", 8),
        ({"merged_at": reply_after(5)}, "ended_unanswered", 5),
        ({"resolved_at": reply_after(5), "merged_at": reply_after(6)}, "ended_unanswered", 5),
        # what comes first ends the wait: closed or merged without a reply it is over, whatever follows
        ({"resolved_at": reply_after(5), "first_response_at": reply_after(7)}, "ended_unanswered", 5),
        ({"merged_at": reply_after(1), "first_response_at": reply_after(72)}, "ended_unanswered", 1),
        ({"resolved_at": reply_after(5), "first_response_at": reply_after(5)}, "replied", 5),
        ({"resolved_at": reply_after(5), "reopened_at": reply_after(6)}, "ended_unanswered", 5),
        # as of 30 June, the wait of an open request is its 21 business days: 168 hours
        ({}, "open", 21 * 8),
        # replied after as_of: open
        ({"first_response_at": "2014-07-01 14:00"}, "open", 21 * 8),
    ],
)
def test_how_a_wait_ends(bench, columns, outcome, hours):
    run(bench, [request(1, **columns)])
    assert bench.rows("select outcome, hours from core.request_waits") == [{"outcome": outcome, "hours": hours}]


def test_city_by_topic_only_by_year_and_to_date_but_for_the_share(bench):
    july = {"submitted_at": "2014-07-01 13:00", "resolved_at": "2014-07-02 13:00", "status": "closed"}
    no_city = request(8, 1, "resolved_at", city=None, caller_type="county")
    run(
        bench,
        [*(request(n, n) for n in range(1, 4)), request(4, 5, "resolved_at"), request(5, **july), no_city],
        "2014-07-31",
    )
    kinds = "select distinct period_type as k from metrics.response_time where grain = 'city_topic' and metric {} order by 1"
    hours = bench.rows(kinds.format("like 'response_hours%'"))
    assert [row["k"] for row in hours] == ["fiscal_year", "to_date"]
    shares = bench.connection.execute(
        """select period, city_id, topic, numerator, denominator from metrics.response_time
        where grain = 'city_topic' and metric = 'response_competing_pct' order by 1"""
    ).fetchall()
    of = ("4748000", "budget")
    assert shares == [
        *(("2014-06", *of, 1, 4), ("2014-07", *of, 1, 1)),
        *(("FY2014", *of, 2, 5), ("FY2014Q3", *of, 1, 4), ("FY2014Q4", *of, 1, 1), ("to_date", *of, 2, 5)),
    ]
    run(bench, [request(n, n) for n in range(1, 4)])
    assert figure(bench, "response_hours_median", "city_topic") == figure(bench, "response_hours_median", "network")


def test_published_curve_is_the_estimate_at_each_hours_end(bench):
    # of ten, replies at 0.5, 0.75 and 2.25 business hours, seven open: S = .9, .8, .7; hours 1 and 3 have replies
    run(bench, [request(1, 0.5), request(2, 0.75), request(3, 2.25), *(request(n) for n in range(4, 11))])
    curve = bench.connection.execute(
        """select t, at_risk, events, estimate from metrics.survival_curves
        where grain = 'network' and period = 'to_date' order by t"""
    ).fetchall()
    assert [row[:3] for row in curve] == [(1, 10, 2), (3, 8, 1)]
    assert [row[3] for row in curve] == pytest.approx([0.8, 0.7], abs=1e-12)


def test_of_fewer_than_ten_no_curve_is_published(bench):
    run(bench, [request(n, 0.5) for n in range(1, 10)])
    assert bench.value("select count(*) from metrics.response_curves") > 0
    assert bench.rows("from metrics.survival_curves") == []


WAIT = st.tuples(st.integers(0, 320).map(lambda q: q / 4), st.sampled_from(["first_response_at", "withdrawn_at"]))


@settings(max_examples=25, deadline=None)
@given(waits=st.lists(WAIT, min_size=1, max_size=60))
def test_agrees_with_a_second_implementation(one_bench, waits):
    for table in GIVEN:
        one_bench.given(table)
    one_bench.desk([request(n, hours, end) for n, (hours, end) in enumerate(waits)], *TABLES)
    expected = kaplan_meier([(hours, end == "first_response_at") for hours, end in waits])
    found = one_bench.connection.execute(
        """select s.t, s.estimate, s.ci_low, s.ci_high from metrics.response_curves as s
        where s.cell = (select cell from metrics.wait_counts where grain = 'network' and period = 'to_date') order by 1"""
    ).fetchall()
    # at the end of each hour with a reply, the estimate after the last reply by then
    by_hour = {math.ceil(t): step for t, *step in expected}
    assert [t for t, *_ in found] == list(by_hour)
    for t, *ours in found:
        assert ours == pytest.approx(by_hour[t], abs=1e-12)
    for metric, level in (("response_hours_median", 0.5), ("response_hours_p90", 0.1)):
        row = figure(one_bench, metric)
        assert row["value"] == first(expected, 1, level)
        if row["value"] is not None:
            assert (row["ci_low"], row["ci_high"]) == (first(expected, 2, level), first(expected, 3, level))


def test_what_ended_without_a_reply_stands_beside_the_medians_of_quartiles(bench):
    run(bench, [request(1, 2), request(2, 3, "resolved_at"), request(3, 3, "resolved_at", city="4876000")])
    pairs = (
        ("4748000", "size_quartile", "1"),
        ("4876000", "size_quartile", "4"),
        ("4748000", "poverty_quartile", "not_known"),
    )
    bench.given(
        "metrics.equity_groups", [dict(zip(("city_id", "dimension", "dimension_value"), p, strict=True)) for p in pairs]
    )
    bench.run("metrics.response_groups", "metrics.response_time")
    rows = bench.connection.execute(
        """select dimension, dimension_value, numerator, denominator from metrics.response_time
        where metric = 'response_competing_pct' and dimension is not null and period = 'to_date' order by all"""
    ).fetchall()
    assert rows == [("poverty_quartile", "not_known", 1, 2), ("size_quartile", "1", 1, 2), ("size_quartile", "4", 1, 1)]

"""days_to_first_use: when a city starts to count, what ends the count, and the estimate against the textbook formula."""

from datetime import date, timedelta
from math import exp, log, sqrt

import numpy as np
import pytest
from engaged import engage
from hypothesis import given, settings
from hypothesis import strategies as st
from reached import TABLES as REACHED

A, B, C, D = "0100001", "0100002", "0100003", "0100004"
LAUNCH, AS_OF = date(2014, 5, 22), date(2014, 9, 30)
TABLES = (*REACHED, "metrics.reach_spells", "metrics.reach_first_use")


def run(bench, eligibility, requests=(), engagements=(), events=(), library=(), reference=True):
    """eligibility: (city, from, to); requests, library: (city, day); engagements: (starts_on, completed_on, city)."""
    if reference:
        bench.reference(as_of=str(AS_OF), launched_on=str(LAUNCH))
    bench.given("core.eligibility", [{"city_id": c, "eligible_from": f, "eligible_to": t} for c, f, t in eligibility])
    plans = [{"engagement_id": f"E{n}", "starts_on": s, "completed_on": c} for n, (s, c, _) in enumerate(engagements)]
    engage(bench, plans)
    served = [{"engagement_id": f"E{n}", "city_id": city} for n, (_, _, city) in enumerate(engagements)]
    bench.given("core.engagement_cities", served)
    bench.given("core.peer_events", [{"event_id": f"P{n}", "held_on": on} for n, (_, on) in enumerate(events)])
    came = [{"event_id": f"P{n}", "city_id": city, "held_on": on} for n, (city, on) in enumerate(events)]
    bench.given("core.attendance", came)
    uses = [
        {"use_id": f"U{n}", "city_id": c, "used_at": f"{on} 15:00", "used_on": on, "action": "view"}
        for n, (c, on) in enumerate(library)
    ]
    bench.given("core.library_use", uses)
    asked = [
        {"request_id": str(n), "city": c, "topic": "budget", "submitted_at": f"{on} 15:00"}
        for n, (c, on) in enumerate(requests)
    ]
    bench.desk(asked, *TABLES)


def spell(bench, city, service="desk"):
    """(days, used) of a city; None where it has no spell."""
    rows = bench.connection.execute(
        "select days, first_used_on is not null from metrics.reach_spells where city_id = ? and service = ?",
        [city, service],
    ).fetchall()
    return rows[0] if rows else None


def figure(bench, service="desk", period="to_date"):
    (row,) = bench.connection.execute(
        """select value, ci_low, ci_high, numerator, denominator, state from metrics.reach_first_use
        where dimension_value = ? and period = ?""",
        [service, period],
    ).fetchall()
    return row


@pytest.mark.parametrize(
    ("spans", "used", "expected"),
    [
        ([("2014-06-01", None)], ["2014-06-01"], (0, True)),  # on the first day
        ([("2014-06-01", None)], ["2014-06-11", "2014-06-05"], (4, True)),
        ([("2014-06-01", None)], [], (121, False)),  # 29 days of June, 31, 31 and 30 more
        ([("2014-06-01", None)], ["2014-05-31"], (121, False)),  # before it was eligible: no use of an eligible city
        ([("2014-06-01", "2014-06-30")], ["2014-06-30"], (29, True)),  # on the last day
        ([("2014-06-01", "2014-06-30")], ["2014-07-01"], (29, False)),  # a day too late
        ([("2014-03-01", None)], ["2014-05-20", "2014-05-24"], (2, True)),  # eligible before the launch: from that
        ([("2014-03-01", "2014-05-21")], ["2014-05-24"], None),  # only before
        ([("2014-10-01", None)], ["2014-09-24"], None),  # only after as_of
        ([("2014-09-30", None)], [], (0, False)),  # since as_of
        ([("2014-06-01", "2014-06-10"), ("2014-06-11", None)], ["2014-06-21"], (20, True)),  # the intervals touch
        (
            [("2014-06-01", "2014-06-20"), ("2014-06-05", "2014-06-10"), ("2014-06-15", None)],
            ["2014-07-01"],
            (30, True),
        ),
        ([("2014-06-01", "2014-06-10"), ("2014-06-12", None)], ["2014-06-21"], (9, False)),  # a day between them
        ([("2014-06-12", None), ("2014-06-01", "2014-06-10")], ["2014-06-21"], (9, False)),  # told in another order
    ],
)
def test_when_a_city_counts(bench, spans, used, expected):
    run(bench, [(A, *span) for span in spans], [(A, on) for on in used])
    assert spell(bench, A) == expected


def test_each_service_and_any(bench):
    run(
        bench,
        [(A, "2014-06-01", None), (B, "2014-06-01", None), (C, "2014-06-01", None), (D, "2014-06-01", None)],
        [(A, "2014-06-20")],
        [
            ("2014-05-25", "2014-06-01", A),  # under way on the first day, which is its last
            ("2014-05-25", "2014-05-31", B),  # over by then
            ("2014-06-08", None, B),
            ("2014-10-05", None, C),  # not begun by as_of
        ],
        [(A, "2014-06-10"), (B, "2014-06-04")],
        [(A, "2014-06-15"), (B, "2014-06-02"), (None, "2014-06-02")],
    )
    days = {s: [spell(bench, c, s) for c in (A, B, C)] for s in ("desk", "engagement", "peer", "library", "any")}
    never = (121, False)
    assert days == {
        "desk": [(19, True), never, never],
        "engagement": [(0, True), (7, True), never],
        "peer": [(9, True), (3, True), never],
        "library": [(14, True), (1, True), never],
        "any": [(0, True), (1, True), never],
    }
    # any: 3/4 after 0 days, 1/2 after 1: the first day by which half have used something
    assert figure(bench, "any")[0] == 1 and figure(bench, "any")[3:] == (2, 4, "value")
    # the desk: one of four
    assert figure(bench, "desk") == (None, None, None, 1, 4, "not_reached")
    # all became eligible in June
    assert figure(bench, "any", "2014-06")[0] == 1
    assert figure(bench, "any", "2014-07") == (None, None, None, 0, 0, "not_computable")


def test_at_equal_times_a_use_comes_first(bench):
    # A asks on day 9, on which B leaves: two were waiting, so 1/2 and not 0
    run(bench, [(A, "2014-06-01", None), (B, "2014-06-01", "2014-06-10")], [(A, "2014-06-10")])
    assert figure(bench)[0] == 9
    # with a third: 2/3 after day 9, and it never comes to one half
    run(
        bench,
        [(A, "2014-06-01", None), (B, "2014-06-01", "2014-06-10"), (C, "2014-06-01", None)],
        [(A, "2014-06-10")],
    )
    assert figure(bench) == (None, None, None, 1, 3, "not_reached")


def test_tests_and_duplicates_are_no_use(bench):
    bench.reference(as_of=str(AS_OF))
    run(bench, [(A, "2014-06-01", None)])
    bench.desk(
        [
            {"request_id": "1", "city": A, "submitted_at": "2014-06-02 15:00", "is_test": True},
            {"request_id": "2", "city": A, "submitted_at": "2014-06-03 15:00", "duplicate_of": "9", "status": "closed"},
            {"request_id": "3", "city": A, "submitted_at": "2014-06-05 15:00"},
        ],
        *TABLES,
    )
    assert spell(bench, A) == (4, True)


def test_feeds_that_never_came(bench):
    run(bench, [(A, "2014-06-01", None)], [(A, "2014-06-10")])
    assert figure(bench)[-1] == "value"
    for service in ("engagement", "peer", "library", "any"):
        assert figure(bench, service) == (None, None, None, None, None, "not_reported")
    run(bench, [])
    rows = bench.rows("select distinct state, reason from metrics.reach_first_use")
    assert rows == [{"state": "not_reported", "reason": "no eligibility received"}]


def test_a_worked_median_with_limits(bench):
    """Ten cities from 1 June. Uses after 3, 7, 7, 20, 40 days; one leaves after 10, one after 30, three stay on."""
    cities = [f"{n:07}" for n in range(1, 11)]
    until = dict.fromkeys(cities) | {cities[5]: "2014-06-11", cities[6]: "2014-07-01"}
    asked = [(c, str(date(2014, 6, 1) + timedelta(days=n))) for c, n in zip(cities, (3, 7, 7, 20, 40), strict=False)]
    run(bench, [(c, "2014-06-01", until[c]) for c in cities], asked)
    # 9/10 after 3; x 7/9 = 0.7 after 7; six stay after 10; x 5/6 = 0.58333 after 20; four stay after 30; x 3/4 = 0.4375 after 40
    steps = [(3, 10, 1), (7, 9, 2), (20, 6, 1), (40, 4, 1)]
    s, v, low = 1.0, 0.0, None
    for day, at_risk, used in steps:
        s, v = s * (1 - used / at_risk), v + used / at_risk / (at_risk - used)
        lower = s ** exp(1.959963984540054 * sqrt(v) / -log(s))
        low = day if low is None and lower <= 0.5 else low
        upper = s ** exp(-1.959963984540054 * sqrt(v) / -log(s))
        assert upper > 0.5  # so that the upper limit is open
    assert s == pytest.approx(0.4375)
    assert figure(bench) == (40, low, None, 5, 10, "value") and low == 3


def kaplan_meier(days, used):
    """The median and its limits from the definition, day by day."""
    s, v = 1.0, 0.0
    median = low = high = None
    for day in np.unique(days):
        at_risk, events = int((days >= day).sum()), int(((days == day) & used).sum())
        s *= 1 - events / at_risk
        if at_risk > events:
            v += events / at_risk / (at_risk - events)
        median = day if median is None and s <= 0.5 + 1e-12 else median
        if 0 < s < 1:
            spread = 1.959963984540054 * sqrt(v) / -log(s)
            low = day if low is None and s ** exp(spread) <= 0.5 else low
            high = day if high is None and s ** exp(-spread) <= 0.5 else high
    return (median, low, high) if median is not None else (None, None, None)


CITY = st.tuples(st.integers(0, 60), st.one_of(st.none(), st.integers(0, 20)), st.one_of(st.none(), st.integers(0, 20)))


@settings(max_examples=15, deadline=None)
@given(cities=st.lists(CITY, min_size=1, max_size=40))
def test_the_estimate_against_the_definition(one_bench, cities):
    """Each city: since when, how long eligible, and when it asks, in days."""
    plans, asked, days, used = [], [], [], []
    for n, (since, length, wait) in enumerate(cities):
        city, start = f"{n:07}", LAUNCH + timedelta(days=since)
        end = AS_OF if length is None else start + timedelta(days=length)
        plans.append((city, str(start), None if length is None else str(end)))
        if wait is not None:
            asked.append((city, str(start + timedelta(days=wait))))
        is_used = wait is not None and start + timedelta(days=wait) <= end
        days.append(wait if is_used else (end - start).days)
        used.append(is_used)
    run(one_bench, plans, asked or [(None, "2014-06-01")], reference=False)
    value, low, high, hits, whole, _ = figure(one_bench)
    assert (hits, whole) == (sum(used), len(cities))
    assert (value, low, high) == kaplan_meier(np.array(days), np.array(used))

"""Reach and uptake: which cities are in the denominator, what is a use, and the interval over cities."""

import numpy as np
import pytest

A, B, C, D = "0100001", "0100002", "0100003", "0100004"


def run(bench, eligibility, requests=(), engagements=(), as_of="2014-09-30"):
    """engagements: (id, starts_on, completed_on, cities)."""
    bench.reference(as_of=as_of)
    bench.given("core.eligibility", eligibility)
    plans = [{"engagement_id": e, "topic": "budget", "starts_on": s, "completed_on": c} for e, s, c, _ in engagements]
    bench.given("core.engagements", plans)
    served = [{"engagement_id": e, "city_id": city} for e, _, _, cities in engagements for city in cities]
    bench.given("core.engagement_cities", served)
    bench.desk(requests, "core.period_days", "metrics.reach_cities", "metrics.reach")


def asked(city, on, **columns):
    return {"request_id": f"{city} {on}", "city": city, "topic": "budget", "submitted_at": f"{on} 15:00", **columns}


def eligible(city, since="2014-05-22", until=None):
    return {"city_id": city, "eligible_from": since, "eligible_to": until}


def figure(bench, metric, service, period, basis="then"):
    (row,) = bench.connection.execute(
        """select numerator, denominator, state from metrics.reach where metric = $metric and dimension = 'service'
        and dimension_value = $service and period = $period and basis = $basis and grain = 'network'""",
        {"metric": metric, "service": service, "period": period, "basis": basis},
    ).fetchall()
    return row


def test_reach_by_hand(bench):
    run(
        bench,
        # B leaves on 30 June; C comes on 1 August; D was never eligible
        [eligible(A), eligible(B, until="2014-06-30"), eligible(C, since="2014-08-01")],
        [
            asked(A, "2014-06-10"),
            asked(A, "2014-06-12"),
            asked(B, "2014-06-20"),
            asked(C, "2014-06-20"),
            asked(D, "2014-06-20"),
            asked(C, "2014-08-20", is_test=True),
            asked(A, "2014-08-05", duplicate_of="X"),
        ],
        [("E1", "2014-07-10", "2014-08-15", [A, C]), ("E2", "2014-09-01", None, [C])],
    )
    # June: A and B eligible and both asked
    assert figure(bench, "reach_pct", "desk", "2014-06") == (2, 2, "value")
    # now, A and C are eligible: A and C asked in June
    assert figure(bench, "reach_pct", "desk", "2014-06", "now") == (2, 2, "value")
    # July: only A is eligible; nobody asked; E1 is under way in A
    assert figure(bench, "reach_pct", "desk", "2014-07") == (0, 1, "value")
    assert figure(bench, "reach_pct", "engagement", "2014-07") == (1, 1, "value")
    # August: A and C; a test and a duplicate are no use of the desk; E1 runs in both until the 15th
    assert figure(bench, "reach_pct", "desk", "2014-08") == (0, 2, "value")
    assert figure(bench, "reach_pct", "engagement", "2014-08") == (2, 2, "value")
    # September: E1 is over, E2 runs in C
    assert figure(bench, "reach_pct", "engagement", "2014-09") == (1, 2, "value")
    # the year: three cities were eligible at some time; all asked in it (C in June, before its own days)
    assert figure(bench, "reach_pct", "desk", "FY2014") == (3, 3, "value")
    assert figure(bench, "reach_pct", "any", "FY2014Q4") == (2, 2, "value")
    # eligible city-months of the year: A 5 (May to September), B 2, C 2; with a request while eligible: A 1, B 1
    assert figure(bench, "uptake_pct", "desk", "FY2014") == (2, 9, "value")
    # with an engagement: A July and August, C August and September
    assert figure(bench, "uptake_pct", "engagement", "FY2014") == (4, 9, "value")
    assert figure(bench, "uptake_pct", "any", "FY2014") == (6, 9, "value")
    # now: A and C over all five months; requests A June, C June
    assert figure(bench, "uptake_pct", "desk", "FY2014", "now") == (2, 10, "value")


def test_overlapping_intervals_count_a_city_once(bench):
    run(
        bench,
        [eligible(A), eligible(A, since="2014-06-15")],
        [asked(A, "2014-06-10")],
        [("E", "2014-06-01", None, [B])],
    )
    assert figure(bench, "reach_pct", "desk", "2014-06") == (1, 1, "value")


def test_future_eligibility_and_nobody_eligible(bench):
    run(bench, [eligible(A, since="2014-08-01")], [asked(A, "2014-06-10")], [("E", "2014-06-01", None, [A])])
    assert figure(bench, "reach_pct", "desk", "2014-06") == (0, 0, "not_computable")
    run(
        bench,
        [eligible(A), eligible(B, since="2014-12-01")],
        [asked(A, "2014-06-10")],
        [("E", "2014-06-01", None, [A])],
    )
    assert figure(bench, "reach_pct", "desk", "to_date", "now") == (1, 1, "value")
    assert figure(bench, "reach_pct", "desk", "to_date") == (1, 1, "value")


def test_a_feed_that_never_came_is_named(bench):
    run(bench, [eligible(A)], [asked(A, "2014-06-10")])
    assert figure(bench, "reach_pct", "desk", "2014-06") == (1, 1, "value")
    for service in ("engagement", "any"):
        assert figure(bench, "reach_pct", service, "2014-06") == (None, None, "not_reported")
    assert bench.rows("select distinct reason from metrics.reach where dimension_value = 'any'") == [
        {"reason": "no engagement_cities received"}
    ]
    run(bench, [], [asked(A, "2014-06-10")])
    assert {row["reason"] for row in bench.rows("select reason from metrics.reach")} == {"no eligibility received"}
    assert bench.value("select count(value) + count(numerator) + count(ci_low) from metrics.reach") == 0


def test_interval_is_the_bootstrap_over_cities(bench):
    cities = [f"{n:07}" for n in range(1, 41)]
    used = cities[::4]
    run(bench, [eligible(c) for c in cities], [asked(c, "2014-06-10") for c in used], [("E", "2014-06-01", None, [A])])
    weights = bench.connection.execute("select replicate, slot, weight from reference.bootstrap_weights").fetchnumpy()
    table = np.zeros((400, 1200))
    table[weights["replicate"] - 1, weights["slot"] - 1] = weights["weight"]
    is_used = np.array([c in used for c in cities])
    shares = 100 * table[:, :40] @ is_used / table[:, :40].sum(axis=1)
    expected = [25.0, *np.quantile(shares, [0.025, 0.975])]
    (row,) = bench.connection.execute(
        """select value, ci_low, ci_high from metrics.reach where metric = 'reach_pct' and dimension_value = 'desk'
        and period = '2014-06' and basis = 'then'"""
    ).fetchall()
    assert list(row) == pytest.approx(expected, abs=1e-9)
    # near the normal interval 25 ± 1.96 · sqrt(25 · 75 / 40) = 25 ± 13.4
    assert row[1] == pytest.approx(11.6, abs=3) and row[2] == pytest.approx(38.4, abs=3)


def test_where_all_cities_are_alike_there_is_no_interval(bench):
    cities = [f"{n:07}" for n in range(1, 13)]
    run(
        bench, [eligible(c) for c in cities], [asked(c, "2014-06-10") for c in cities], [("E", "2014-06-01", None, [A])]
    )
    rows = bench.rows(
        "select value, ci_low, ci_high from metrics.reach where metric = 'reach_pct' and dimension_value = 'desk'"
        " and basis = 'then' and period in ('2014-06', '2014-07') order by period"
    )
    assert rows == [{"value": 100.0, "ci_low": None, "ci_high": None}, {"value": 0.0, "ci_low": None, "ci_high": None}]

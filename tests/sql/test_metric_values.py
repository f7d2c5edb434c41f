"""metric_values: percentages and Wilson limits, withholding, rounding, states, and changes between periods."""

import math
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, chi2


def figure(metric="on_time_pct", period="2014-06", **columns):
    kinds = {7: "month", 8: "quarter", 6: "fiscal_year"}
    kind = "to_date" if period == "to_date" else kinds[len(period)]
    return {"metric": metric, "grain": "network", "period_type": kind, "period": period, **columns}


def run(bench, *figures, as_of="2014-09-30"):
    bench.reference(as_of=as_of)
    bench.given("metrics.figures", figures)
    bench.run("metrics.rate_limits", "metrics.metric_values")
    return bench.rows("select * from metrics.metric_values order by metric, period")


def test_percentage_by_hand(bench):
    (row,) = run(bench, figure(numerator=2, denominator=16))
    # Wilson, z² = 3.8415: centre (2 + 1.9207) / 19.8415 = 0.19760;
    # half width sqrt(3.8415 · (2 · 14/16 + 0.96036)) / 19.8415 = sqrt(10.4118) / 19.8415 = 0.16263
    assert (row["value"], row["ci_low"], row["ci_high"]) == (12.5, 3.5, 36.0)
    assert (row["numerator"], row["denominator"], row["state"], row["unit"]) == (2, 16, "value", "percent")
    assert (row["metric_version"], row["period_start"], row["period_end"]) == ("1", date(2014, 6, 1), date(2014, 6, 30))


@settings(max_examples=60, deadline=None)
@given(counts=st.integers(10, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_agrees_with_scipy(one_bench, counts):
    k, n = counts
    one_bench.given("metrics.figures", [figure(numerator=k, denominator=n)])
    one_bench.run("metrics.rate_limits", "metrics.metric_values")
    (row,) = one_bench.rows("select * from metrics.metric_values")
    limits = binomtest(k, n).proportion_ci(0.95, "wilson")
    # published to one decimal: half of its last digit, and a hair
    assert row["value"] == pytest.approx(100 * k / n, abs=0.05 + 1e-9)
    assert row["ci_low"] == pytest.approx(100 * limits.low, abs=0.05 + 1e-9)
    assert row["ci_high"] == pytest.approx(100 * limits.high, abs=0.05 + 1e-9)
    assert 0 <= row["ci_low"] <= row["value"] <= row["ci_high"] <= 100


@pytest.mark.parametrize(
    ("given_", "state", "reason"),
    [
        ({"numerator": 9, "denominator": 9}, "withheld", "fewer than 10"),
        ({"numerator": 9, "denominator": 10}, "value", None),
        ({"numerator": 0, "denominator": 0}, "not_computable", "nothing to divide by"),
        ({}, "not_computable", "nothing to divide by"),
        ({"numerator": 0, "denominator": 0, "state": "not_due", "reason": "not yet"}, "not_due", "not yet"),
        ({"state": "not_reported", "reason": "no requests received"}, "not_reported", "no requests received"),
    ],
)
def test_states_of_a_proportion(bench, given_, state, reason):
    (row,) = run(bench, figure(**given_))
    assert (row["state"], row["reason"]) == (state, reason)
    assert (row["value"] is not None) == (row["ci_low"] is not None) == (state == "value")
    # what was counted stays to be seen
    assert (row["numerator"], row["denominator"]) == (given_.get("numerator"), given_.get("denominator"))


def test_given_figures_keep_their_interval_and_percentages_are_withheld_too(bench):
    hours = figure("response_hours_median", value=12.34, ci_low=8.06, numerator=4, denominator=5, state="value")
    reach = {"dimension": "service", "dimension_value": "desk", "basis": "then", "value": 50, "state": "value"}
    few = figure("reach_pct", numerator=4, denominator=8, ci_low=20, ci_high=80, **reach)
    rows = run(bench, hours, few)
    # a share of 8 cities is withheld; a wait in hours is not a percentage, and its upper limit stays open
    assert [row["state"] for row in rows] == ["withheld", "value"]
    assert (rows[0]["value"], rows[0]["ci_low"], rows[0]["numerator"]) == (None, None, 4)
    assert (rows[1]["value"], rows[1]["ci_low"], rows[1]["ci_high"]) == (12.3, 8.1, None)


def test_change_is_that_of_the_published_figures(bench):
    # 1/3 and 2/3 of 30: 33.3 and 66.7 to one decimal, so the change is 33.4 though the exact one is 33.33
    before, after = run(
        bench,
        figure(period="2014-06", numerator=10, denominator=30),
        figure(period="2014-07", numerator=20, denominator=30),
    )
    assert before["previous_value"] is before["change"] is None
    assert (after["previous_value"], after["value"], after["change"]) == (33.3, 66.7, 33.4)
    # Newcombe's interval from the Wilson limits of scipy
    one, two = (binomtest(k, 30).proportion_ci(0.95, "wilson") for k in (10, 20))
    low = 1 / 3 - math.hypot(2 / 3 - two.low, one.high - 1 / 3)
    high = 1 / 3 + math.hypot(two.high - 2 / 3, 1 / 3 - one.low)
    assert after["change_low"] == pytest.approx(100 * low, abs=0.05) == round(100 * low, 1)
    assert after["change_high"] == pytest.approx(100 * high, abs=0.05) == round(100 * high, 1)


def test_change_needs_the_very_period_before(bench):
    rows = run(
        bench,
        figure(period="2014-05", numerator=10, denominator=20),
        figure(period="2014-07", numerator=10, denominator=20),  # June is absent
        figure(period="2014-08", numerator=3, denominator=5),  # withheld
        figure(period="2014-09", numerator=10, denominator=20),
        figure("created", "2014-06", value=7, state="value"),
        figure("created", "2014-07", value=4, state="value"),
        figure("created", "2014-07", value=4, state="value", city_id="4748000"),  # other keys are another series
    )
    shares = [row for row in rows if row["metric"] == "on_time_pct"]
    assert [row["change"] for row in shares] == [None] * 4
    counts = [row for row in rows if row["metric"] == "created" and row["city_id"] is None]
    assert [(row["previous_value"], row["change"], row["change_low"]) for row in counts] == [
        (None, None, None),
        (7, -3, None),
    ]


@pytest.mark.parametrize(
    ("period", "as_of", "status"),
    [
        # June ends on the 30th; 45 days later is 14 August
        ("2014-06", "2014-08-13", "provisional"),
        ("2014-06", "2014-08-14", "final"),
        ("FY2014", "2014-08-14", "provisional"),
        ("to_date", "2014-08-14", "provisional"),
    ],
)
def test_final_once_the_lag_has_passed(bench, period, as_of, status):
    (row,) = run(bench, figure(period=period, numerator=10, denominator=20), as_of=as_of)
    assert row["status"] == status


def test_money_is_exact_and_has_no_value(bench):
    (row,) = run(bench, figure("sf425_10e", "FY2014Q3", amount_usd="1234567.89", state="value"))
    assert (str(row["amount_usd"]), row["value"], row["change"], row["state"]) == ("1234567.89", None, None, "value")


def test_minus_zero_and_rounding(bench):
    (row,) = run(bench, figure("response_hours_median", value=-0.01, denominator=20, state="value"))
    assert math.copysign(1, row["value"]) == 1.0 and row["value"] == 0


def test_a_metric_outside_the_catalog_is_left_for_the_checks_to_refuse(bench):
    (row,) = run(bench, figure("made_up", value=1, state="value"))
    assert row["unit"] is row["metric_version"] is None  # both are not_null in the catalog


def test_no_figures(bench):
    assert run(bench) == []


@pytest.mark.parametrize("events", [0, 1, 7, 4999, 5001, 80_000])
def test_a_rate_has_the_exact_limits_of_a_poisson_count(bench, events):
    """use_rate: per 100 eligible city-months; scipy's exact test is the other implementation."""
    bench.reference()
    bench.connection.execute(
        "update reference.metrics set interval = 'poisson', per = 100, unit = 'per_100', decimals = 12"
    )
    bench.given("metrics.figures", [figure(numerator=events, denominator=400, state="value")])
    bench.run("metrics.rate_limits", "metrics.metric_values")
    (row,) = bench.rows("select value, ci_low, ci_high, state from metrics.metric_values")
    assert row["state"] == "value" and row["value"] == events / 4
    assert row["ci_low"] == pytest.approx(chi2.ppf(0.025, 2 * events) / 2 / 4 if events else 0, rel=1e-7)
    assert row["ci_high"] == pytest.approx(chi2.ppf(0.975, 2 * events + 2) / 2 / 4, rel=1e-7)


def test_a_rate_of_nothing_is_not_zero(bench):
    bench.reference()
    bench.connection.execute("update reference.metrics set interval = 'poisson', per = 100, unit = 'per_100'")
    bench.given("metrics.figures", [figure(numerator=0, denominator=0, state="value")])
    bench.run("metrics.rate_limits", "metrics.metric_values")
    assert bench.rows("select value, state from metrics.metric_values") == [{"value": None, "state": "not_computable"}]

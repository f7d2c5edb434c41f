"""Waiting times, proportions and rates against lifelines and statsmodels, on random data with ties and much censoring."""

from datetime import date
from math import ceil

import numpy as np
import pytest
from bench import Bench
from oracles.ask import ask

SETS = 10
CITIES = [f"99{n:05}" for n in range(SETS)]
LAST_DAY = date(2014, 9, 30)
OUTCOMES = ("replied", "open", "withdrawn", "ended_unanswered")


def random_spells() -> list[dict]:
    """Ten cities of 12 to 600 waits on a grid of quarter hours or hours; 30 to 90 of 100 end without a reply."""
    rng = np.random.default_rng(20140522)
    spells = []
    for n, city in enumerate(CITIES):
        count = int(rng.integers(100, 600)) if n else 12
        replied = 0.1 + 0.6 * n / (SETS - 1)
        shares = [replied, *((1 - replied) * np.array([0.5, 0.3, 0.2]))]
        grid = (1, 4, 32)[n % 3]  # ties from some to nearly all
        step = 0.25 if n % 2 else 1.0  # the grid: in whole hours every time of its own is a point of the curve
        for _ in range(count):
            spells.append(
                {
                    "part": f"2014-0{rng.integers(7, 9)}",
                    "city_id": city,
                    "topic": "budget",
                    "outcome": str(rng.choice(OUTCOMES, p=shares)),
                    "hours": float(np.ceil(rng.weibull(0.9) * 160 / grid) * grid * step),
                }
            )
    return spells


@pytest.fixture(scope="module")
def waits():
    """(bench with response_curves and response_time over the ten cities, {city: its spells}); None is all of them."""
    one = Bench()
    one.reference(as_of=str(LAST_DAY))
    spells = random_spells()
    one.given("core.eligibility", [{"city_id": city, "eligible_from": "2014-05-22"} for city in CITIES])
    one.given("core.engagement_cities")
    one.given("core.requests", [{"request_id": "R", "city_id": CITIES[0], "topic": "budget"}])
    one.waits(spells)
    for groups in ("metrics.equity_groups", "metrics.equity_medians", "metrics.response_groups"):
        one.given(groups)
    one.run("core.day_parts", "core.period_days", "core.period_parts", "core.figure_keys")
    one.run("metrics.wait_counts", "metrics.wait_members", "metrics.response_steps", "metrics.response_cuts")
    one.run("metrics.response_quantiles", "metrics.response_curves", "metrics.response_time")
    yield one, {None: spells} | {city: [s for s in spells if s["city_id"] == city] for city in CITIES}
    one.connection.close()


@pytest.fixture(scope="module")
def told(waits):
    """What lifelines says of each set."""
    _, sets = waits
    asked = [
        {"hours": [s["hours"] for s in one], "events": [int(s["outcome"] == "replied") for s in one]}
        for one in sets.values()
    ]
    return dict(zip(sets, ask("kaplan_meier", asked), strict=True))


def the_cell(city: str | None) -> str:
    return f"""select cell from metrics.wait_counts where period = 'to_date'
        and grain = '{"city" if city else "network"}' and city_id is not distinct from {f"'{city}'" if city else "null"}"""


def test_survival_and_its_limits(waits, told):
    bench, sets = waits
    compared = limited = 0
    for city in sets:
        found = bench.connection.execute(
            f"select t, estimate, ci_low, ci_high from metrics.response_curves where cell = ({the_cell(city)}) order by 1"
        ).fetchall()
        # lifelines tells every time of its own; the curve every hour with a reply, as it stands at its end
        expected = {ceil(hours): figures for hours, *figures in told[city]["survival"]}
        replied = {ceil(s["hours"]) for s in sets[city] if s["outcome"] == "replied"}
        assert [row[0] for row in found] == sorted(replied)
        for t, estimate, low, high in found:
            survival, lower, upper = expected[t]
            assert estimate == pytest.approx(survival, abs=1e-9)
            if low is None:  # nothing has happened yet, or nobody is left
                assert high is None and survival in (0, 1)
            else:
                assert (low, high) == pytest.approx((lower, upper), abs=1e-9)
                limited += 1
            compared += 1
    assert compared > 600 and limited > 550


def test_quantiles_and_their_limits(waits, told):
    bench, sets = waits
    for city in sets:
        figures = {
            metric: (value, low, high)
            for metric, value, low, high in bench.connection.execute(
                f"""select metric, value, ci_low, ci_high from metrics.response_time where period = 'to_date'
                and grain = '{"city" if city else "network"}' and city_id is not distinct from $city""",
                {"city": city},
            ).fetchall()
        }
        for metric, expected in zip(
            ("response_hours_median", "response_hours_p90"), told[city]["quantiles"], strict=True
        ):
            # of a quantile that is not reached we publish no limits
            assert figures[metric] == (tuple(expected) if expected[0] is not None else (None, None, None))
    reached = [told[city]["quantiles"][0] for city in sets]
    assert 3 <= sum(median is not None for median, _, _ in reached) < len(reached)
    assert any(median is not None and high is None for median, _, high in reached)


def figure(metric, period, numerator, denominator, state=None):
    return {
        **{"metric": metric, "grain": "network", "period_type": "month", "period": period},
        **{"numerator": numerator, "denominator": denominator, "state": state},
    }


def test_proportions_rates_and_changes(bench):
    rng = np.random.default_rng(311)
    cases = []
    for size in (10, 11, 17, 40, 100, 1000, 12345, 2_000_000):
        for k in (0, 1, size // 3, size - 1, size, int(rng.integers(0, size + 1))):
            before = int(rng.integers(10, 5000))
            cases.append((k, size, int(rng.integers(0, before + 1)), before))
    rates = [(k, e) for k in (0, 1, 2, 9, 50, 4999, 5000, 5001, 60_000) for e in (1, 40, 300)]
    expected = ask("proportions", {"shares": cases, "rates": rates})

    bench.reference(as_of=str(LAST_DAY))
    months = [("2014-06", "2014-07")]
    rows = []
    for n, (k, size, k0, size0) in enumerate(cases):
        for period, numerator, denominator in zip(months[0], (k0, k), (size0, size), strict=True):
            rows.append(figure("on_time_pct", period, numerator, denominator) | {"city_id": str(n)})
    bench.connection.execute(
        """insert into reference.metrics (metric, version, unit, "interval", per, decimals)
        values ('test_rate', '1', 'rate', 'poisson', 100, 12)"""
    )
    bench.connection.execute("update reference.metrics set decimals = 12 where metric = 'on_time_pct'")
    rows += [figure("test_rate", "2014-07", k, e, "value") | {"city_id": str(n)} for n, (k, e) in enumerate(rates)]
    bench.given("metrics.figures", rows)
    bench.run("metrics.rate_limits", "metrics.metric_values")
    found = bench.connection.execute(
        """select metric, value, ci_low, ci_high, change, change_low, change_high from metrics.metric_values
        where period = '2014-07' order by metric, cast(city_id as bigint)"""
    ).fetchall()
    shares, counts = [row[1:] for row in found[: len(cases)]], [row[1:] for row in found[len(cases) :]]
    for ours, (k, size, k0, size0), wilson, newcombe in zip(
        shares, cases, expected["wilson"], expected["newcombe"], strict=True
    ):
        value, low, high, change, change_low, change_high = ours
        assert value == pytest.approx(100 * k / size, abs=1e-9)
        assert (low, high) == pytest.approx([100 * limit for limit in wilson], abs=1e-9)
        assert change == pytest.approx(100 * (k / size - k0 / size0), abs=1e-9)
        assert (change_low, change_high) == pytest.approx([100 * limit for limit in newcombe], abs=1e-9)
    for (value, low, high, *_), (k, e), garwood in zip(counts, rates, expected["garwood"], strict=True):
        assert value == pytest.approx(100 * k / e, rel=1e-12)
        # above 5,000 events the limits are those of Wilson and Hilferty, right to seven digits
        assert (low, high) == pytest.approx([100 * limit for limit in garwood], rel=1e-9 if k <= 5000 else 1e-7)

"""Quartiles of cities, responsiveness by quartile, and the log-rank test against scipy and a case worked by hand."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from scipy.stats import CensoredData, chi2, logrank

from assets.metrics.equity_tests import log_rank

CITIES = ("0000001", "0000002", "0000003", "0000004", "0000005")
TABLES = ("metrics.equity_waits", "metrics.equity_medians", "metrics.equity_sums", "metrics.equity_tests")
LIMITS = (1, 8, 7, None)  # of the median and of the ninth decile of ten replies, one an hour


def quartiles(bench, populations):
    bench.reference()
    cities = [f"{n:07}" for n in range(len(populations))]
    bench.given("staging.eligibility", [{"city_id": c, "eligible_from": "2014-06-01"} for c in cities])
    bench.given("core.cities", [{"city_id": c, "population": p} for c, p in zip(cities, populations, strict=True)])
    bench.given("core.indicator_values")
    bench.run("core.city_groups")
    return [r["size_quartile"] for r in bench.rows("select size_quartile from core.city_groups order by city_id")]


def test_quartiles_share_ties_and_leave_out_what_is_not_known(bench):
    assert quartiles(bench, [10, 20, 30, 40]) == ["1", "2", "3", "4"]
    assert quartiles(bench, [40, None, 10, 30, 20]) == ["4", "not_known", "1", "3", "2"]
    # a tie stands where its first does: 0/4, 0/4, 2/4, 3/4 of the way
    assert quartiles(bench, [10, 10, 30, 40]) == ["1", "1", "3", "4"]
    assert quartiles(bench, [None]) == ["not_known"]
    assert quartiles(bench, []) == []


def test_only_cities_that_were_eligible_by_then(bench):
    quartiles(bench, [10, 20])
    bench.given(
        "staging.eligibility",
        [
            {"city_id": "0000000", "eligible_from": "2014-10-01"},  # after as_of
            {"city_id": "0000001", "eligible_from": "2014-06-01", "eligible_to": "2014-07-01"},
        ],
    )
    bench.run("core.city_groups")
    assert bench.rows("select city_id, size_quartile from core.city_groups") == [
        {"city_id": "0000001", "size_quartile": "1"}
    ]


def test_of_two_surveys_that_end_together_the_longer(bench):
    quartiles(bench, [10])
    told = {"geo_id": "0000000", "city_id": "0000000", "indicator": "noncollege_poverty_pct", "is_default": True}
    years = (("2012-01-01", "2012-12-31", 30.0), ("2008-01-01", "2012-12-31", 20.0), ("2015-01-01", "2015-12-31", 9.0))
    bench.given(
        "core.indicator_values",
        [{**told, "period_start": start, "period_end": end, "value": value} for start, end, value in years],
    )
    bench.run("core.city_groups")
    assert bench.value("select noncollege_poverty_pct from core.city_groups") == 20  # 2015 is after as_of


def waits(bench, spells, groups=CITIES[:4]):
    """spells: (city, hours, outcome), all asked on 2 June 2014; the cities of `groups` are quartiles 1 and up by size."""
    bench.reference()
    bench.run("core.period_days", "core.day_parts", "core.period_parts")
    bench.given(
        "core.city_groups",
        [{"city_id": c, "size_quartile": str(n), "poverty_quartile": "not_known"} for n, c in enumerate(groups, 1)]
        + [{"city_id": CITIES[4], "size_quartile": "not_known", "poverty_quartile": "not_known"}],
    )
    asked = {"part": "2014-06", "topic": "budget"}
    bench.waits({**asked, "city_id": c, "hours": h, "outcome": o} for c, h, o in spells)
    bench.run(*TABLES)
    found = bench.rows("from metrics.equity_tests where dimension = 'size_quartile' and period = 'to_date'")
    return found[0] if found else None


def test_a_case_worked_by_hand(bench):
    # 1: replied at 1 and 3. 2: replied at 2, open at 4. At 1: 2 of 4 at risk are of 1, so 1/2 expected, variance
    # 1/2 x 1/2. At 2: 1 of 3, variance 1/3 x 2/3. At 3: 1 of 2, variance 1/4. Observed 2, expected 4/3, variance
    # 1/4 + 2/9 + 1/4 = 13/18: (2/3)^2 / (13/18) = 8/13. A city that is not known changes nothing.
    one = waits(
        bench,
        [
            *((CITIES[0], 1, "replied"), (CITIES[0], 3, "replied"), (CITIES[1], 2, "replied"), (CITIES[1], 4, "open")),
            (CITIES[4], 1, "replied"),
        ],
    )
    assert one["chi_square"] == pytest.approx(8 / 13, rel=1e-12)
    assert (one["degrees"], one["n_1"], one["n_2"], one["n_3"]) == (1, 2, 2, 0)
    assert one["expected_1"] == pytest.approx(4 / 3, rel=1e-12)
    assert one["p_value"] == pytest.approx(chi2.sf(8 / 13, 1), rel=1e-12)
    # the fiscal year holds every one of them
    years = bench.rows("select chi_square from metrics.equity_tests where period_type = 'fiscal_year'")
    assert years == [{"chi_square": one["chi_square"]}]


@pytest.mark.parametrize("seed", range(5))
def test_two_quartiles_as_scipy_has_it(bench, seed):
    chance = np.random.default_rng(seed)
    hours = chance.integers(1, 12, 60)  # many ties
    replied = chance.random(60) < 0.6
    side = chance.integers(0, 2, 60)
    one = waits(
        bench,
        [
            (CITIES[int(s)], float(h), "replied" if r else "withdrawn")
            for s, h, r in zip(side, hours, replied, strict=True)
        ],
    )
    data = [CensoredData(uncensored=hours[replied & (side == s)], right=hours[~replied & (side == s)]) for s in (0, 1)]
    told = logrank(*data)
    assert one["chi_square"] == pytest.approx(told.statistic**2, rel=1e-9)
    assert one["p_value"] == pytest.approx(told.pvalue, rel=1e-9)


def test_four_quartiles_against_the_sums_written_out(bench):
    chance = np.random.default_rng(7)
    hours, replied, side = chance.integers(1, 20, 120), chance.random(120) < 0.7, chance.integers(0, 4, 120)
    one = waits(
        bench,
        [(CITIES[int(s)], float(h), "replied" if r else "open") for s, h, r in zip(side, hours, replied, strict=True)],
    )
    difference, covariance = np.zeros(4), np.zeros((4, 4))
    for t in np.unique(hours[replied]):
        n = np.array([((side == g) & (hours >= t)).sum() for g in range(4)], float)
        d = np.array([((side == g) & (hours == t) & replied).sum() for g in range(4)], float)
        p = n / n.sum()
        difference += d - p * d.sum()
        if n.sum() > 1:
            spread = d.sum() * (n.sum() - d.sum()) / (n.sum() - 1)
            covariance += spread * (np.diag(p) - np.outer(p, p))
    statistic = difference[:3] @ np.linalg.solve(covariance[:3, :3], difference[:3])
    assert one["degrees"] == 3
    assert one["chi_square"] == pytest.approx(statistic, rel=1e-9)


def test_nothing_to_compare_says_so(bench):
    assert waits(bench, []) is None
    assert waits(bench, [(CITIES[4], 1, "replied")]) is None  # nobody's quartile is known
    alone = waits(bench, [(CITIES[0], 1, "replied"), (CITIES[0], 2, "open")])
    assert (alone["chi_square"], alone["degrees"]) == (None, 0) and alone["reason"]
    nobody = waits(bench, [(CITIES[0], 1, "open"), (CITIES[1], 2, "open")])
    assert (nobody["p_value"], nobody["degrees"]) == (None, 0)
    assert log_rank(np.array([2.0, 2.0]), np.zeros(2), np.zeros((2, 2))) == (None, 0, None)


def test_on_time_of_the_quartiles_and_the_rest_is_that_of_the_network(bench):
    bench.reference()
    for table in ("core.eligibility", "core.engagement_cities"):
        bench.given(table)
    bench.given(
        "core.city_groups",
        [{"city_id": c, "size_quartile": q, "poverty_quartile": "2"} for c, q in zip(CITIES[:3], "124", strict=True)],
    )
    monday = datetime(2014, 6, 2, 14)
    requests = [
        {"request_id": f"{n:02}", "city": CITIES[n % 4] if n % 5 else None, "caller_type": None if n % 5 else "county",
         "submitted_at": monday + timedelta(days=9 * n),
         "first_response_at": monday + timedelta(days=9 * n, hours=1 if n % 3 else 500) if n % 7 else None}
        for n in range(12)
    ]  # fmt: skip
    bench.desk(requests, "core.period_days", "core.day_parts", "core.period_parts", "core.figure_keys")
    bench.run("metrics.equity_groups", "metrics.on_time_cells", "metrics.on_time")
    for metric in ("on_time_pct", "on_time_calendar_pct", "never_answered_pct"):
        figures = {
            (r["grain"], r["city_id"], r["dimension"], r["dimension_value"]): (r["numerator"], r["denominator"])
            for r in bench.rows(
                f"from metrics.on_time where metric = '{metric}' and period = 'to_date' and topic is null"
            )
        }
        for city, quartile in zip(CITIES[:3], "124", strict=True):
            assert figures["network", None, "size_quartile", quartile] == figures["city", city, None, None]
        whole = np.sum([figures["city", c, None, None] for c in CITIES[:3]], axis=0)
        assert tuple(whole) == figures["network", None, "poverty_quartile", "2"] != figures["network", None, None, None]
    kinds = "select distinct period_type from metrics.on_time where dimension like '%quartile' order by 1"
    assert [row["period_type"] for row in bench.rows(kinds)] == ["fiscal_year", "to_date"]


def test_hours_on_the_calendar_are_those_of_the_calendar(bench):
    # asked on Friday 6 June at 10:00: 72 hours end on Monday at 10:00, 24 business hours on Wednesday
    bench.reference()
    for table in ("core.eligibility", "core.engagement_cities"):
        bench.given(table)
    bench.given("core.city_groups", [{"city_id": CITIES[0], "size_quartile": "3", "poverty_quartile": "1"}])
    asked = {"city": CITIES[0], "submitted_at": "2014-06-06 14:00"}
    replies = ("2014-06-09 14:00", "2014-06-10 14:00", "2014-06-12 14:00")
    rows = [{"request_id": str(n), "first_response_at": at} | asked for n, at in enumerate(replies)]
    bench.desk(rows, "core.period_days", "core.day_parts", "core.period_parts", "core.figure_keys")
    bench.run("metrics.equity_groups", "metrics.on_time_cells", "metrics.on_time")
    found = bench.connection.execute(
        """select metric, dimension_value, numerator, denominator from metrics.on_time
        where dimension = 'size_quartile' and period = 'FY2014' order by 1"""
    ).fetchall()
    assert found == [("never_answered_pct", "3", 0, 3), ("on_time_calendar_pct", "3", 1, 3), ("on_time_pct", "3", 2, 3)]


def test_median_and_ninth_decile_of_a_quartile_worked_by_hand(bench):
    # ten of quartile 1 reply after 1, 2, ... 10 hours: S(5) = 5/10, S(9) = 1/10. Greenwood's sum after k of ten is
    # k / (10 (10 - k)): with h = -ln S the limits of S are S^exp(+-1.96 sqrt(sum) / h).
    spells = [(CITIES[0], n, "replied") for n in range(1, 11)]
    # of quartile 2 three of four reply: S never falls to 1/10
    spells += [(CITIES[1], 1, "replied"), (CITIES[1], 2, "replied"), (CITIES[1], 3, "replied"), (CITIES[1], 9, "open")]
    waits(bench, spells)
    limits = {}
    for k in range(1, 10):
        hazard, spread = -np.log(1 - k / 10), np.sqrt(k / (10 * (10 - k)))
        limits[k] = [np.exp(-hazard * np.exp(sign * 1.959963984540054 * spread / hazard)) for sign in (1, -1)]
    found = {
        row["dimension_value"]: row
        for row in bench.rows("from metrics.equity_medians where dimension = 'size_quartile' and period = 'to_date'")
    }
    one, two = found["1"], found["2"]
    assert (one["median"], one["p90"], one["replies"], one["requests"]) == (5, 9, 10, 10)
    for name, level in (("median", 0.5), ("p90", 0.1)):
        low, high = (next((k for k, pair in limits.items() if pair[side] <= level), None) for side in (0, 1))
        assert (one[f"{name}_low"], one[f"{name}_high"]) == (low, high)
    # lower: 0.9^7.10 = 0.473 at 1, 0.3^2.20 = 0.071 at 7 (0.4^2.29 = 0.123 at 6); upper: 0.2^0.463 = 0.475 at 8 (0.3^0.456 =
    # 0.578 at 7), 0.1^0.446 = 0.358 at 9, the last: the decile has no upper limit
    assert (one["median_low"], one["median_high"], one["p90_low"], one["p90_high"]) == LIMITS
    assert (two["median"], two["p90"], two["p90_high"]) == (2, None, None)
    told(bench)


def told(bench):
    """The figures carry both, and say where one is not reached."""
    for table in ("core.eligibility", "core.engagement_cities", "metrics.response_quantiles"):
        bench.given(table)
    bench.given("core.requests", [{"request_id": "1"}])
    bench.run("core.figure_keys", "metrics.wait_counts", "metrics.equity_groups", "metrics.response_groups")
    bench.run("metrics.response_time")
    found = bench.connection.execute(
        """select dimension_value, metric, value, ci_low, ci_high, numerator, denominator, state from metrics.response_time
        where dimension = 'size_quartile' and period = 'FY2014' and metric <> 'response_competing_pct'
            and dimension_value in ('1', '2', '3') order by all"""
    ).fetchall()
    low, high, decile_low, decile_high = LIMITS
    assert found[:2] == [
        ("1", "response_hours_median", 5, low, high, 10, 10, "value"),
        ("1", "response_hours_p90", 9, decile_low, decile_high, 10, 10, "value"),
    ]
    assert found[3] == ("2", "response_hours_p90", None, None, None, 3, 4, "not_reached")
    assert [row[-1] for row in found[4:]] == ["not_computable"] * 2  # quartile 3 asked nothing

"""Partial pooling of city shares: the fitted prior against scipy's beta-binomial, its limits by simulation, the ranks."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import beta, betabinom

from assets.metrics import city_leagues as leagues


def cities(seed, mean=0.75, strength=30.0, count=60, records=40):
    """True shares from a Beta, and k of n observed, n from 1 to about twice `records`."""
    rng = np.random.default_rng(seed)
    truth = rng.beta(mean * strength, (1 - mean) * strength, count)
    n = rng.integers(1, 2 * records, count)
    return truth, rng.binomial(n, truth).astype(float), n.astype(float)


def rows(k, n, is_bad=False):
    return [
        {"metric": "on_time_pct", "period_type": "to_date", "period": "to_date", "city_id": f"{i:07}", "numerator": a,
         "denominator": b, "raw": 100 * a / b if b >= 10 else None, "is_bad": is_bad,
         "state": "not_computable" if not b else "withheld" if b < 10 else "value", "reason": None}
        for i, (a, b) in enumerate(zip(k, n, strict=True))
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("mean", "strength", "count"),
    [(0.75, 30, 60), (0.1, 20, 40), (0.5, 2, 25), (0.95, 8, 300), (0.3, 100, 120), (0.02, 40, 90)],
)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_prior_is_the_one_of_highest_beta_binomial_likelihood(mean, strength, count, seed):
    _, k, n = cities(seed, mean, strength, count)
    prior = leagues.fit(k, n)

    def unlikely(at):
        a, b = np.exp(at)
        return -betabinom.logpmf(k, n, a, b).sum()

    starts = [np.log([mean * s, (1 - mean) * s]) for s in (3, 50, 1000)]
    found = min(
        (
            minimize(unlikely, s, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-11, "maxiter": 4000})
            for s in starts
        ),
        key=lambda r: r.fun,
    )
    ours = unlikely(np.log([prior.mean * prior.strength, (1 - prior.mean) * prior.strength]))
    assert ours == pytest.approx(found.fun, abs=1e-7) and np.isfinite(prior.strength)
    a, b = np.exp(found.x)
    assert prior.mean == pytest.approx(a / (a + b), rel=1e-4)
    assert np.log(prior.strength) == pytest.approx(np.log(a + b), abs=1e-3)
    # and the likelihood is the same function, less the binomial coefficients
    difference = leagues.likelihood(k, n, 0.3, 2.0) - leagues.likelihood(k, n, -0.2, 4.0)
    p, q = 1 / (1 + np.exp(-0.3)), 1 / (1 + np.exp(0.2))
    first, second = (betabinom.logpmf(k, n, m * s, (1 - m) * s).sum() for m, s in ((p, np.exp(2)), (q, np.exp(4))))
    assert difference == pytest.approx(first - second, abs=1e-8)


def test_no_spread_is_found_where_there_is_none():
    # 30 of 40 everywhere: less spread than chance has, so one share for all
    prior = leagues.fit(np.full(20, 30.0), np.full(20, 40.0))
    assert (prior.mean, prior.strength) == (0.75, np.inf)
    # a spread beyond chance: half the cities all, half none
    prior = leagues.fit(np.repeat([0.0, 20.0], 10), np.full(20, 20.0))
    assert prior.mean == pytest.approx(0.5) and prior.strength < 0.2
    # every strength does worse than one share for all
    k, n = np.full(20, 30.0), np.full(20, 40.0)
    one = (k * np.log(0.75) + (n - k) * np.log(0.25)).sum()
    assert max(leagues.likelihood(k, n, np.log(3), np.log(s)) for s in np.geomspace(1, 1e6, 30)) < one


def test_pooled_shares_worked_out_by_hand():
    # Beta(6, 2): 4 of 4 is (6 + 4) / (8 + 4) = 10/12; 10 of 40 is 16/48; weights 8/12 and 8/48
    prior = leagues.Prior(0.75, 8.0)
    assert prior.pooled(np.array([4.0, 10.0]), np.array([4.0, 40.0])) == pytest.approx([10 / 12, 16 / 48])
    assert prior.weight(np.array([4.0, 40.0])) == pytest.approx([8 / 12, 8 / 48])
    assert leagues.Prior(0.6, np.inf).pooled(np.array([1.0]), np.array([4.0])) == 0.6


@pytest.mark.parametrize(
    ("mean", "strength", "count", "records", "low", "high"),
    [
        (0.75, 30, 60, 40, 0.92, 0.97),
        (0.1, 20, 60, 40, 0.92, 0.97),
        (0.75, 300, 60, 40, 0.91, 0.98),
        (0.75, 1e9, 60, 40, 0.95, 1),
    ],
)
def test_limits_hold_the_truth_about_as_often_as_they_say(mean, strength, count, records, low, high):
    held = total = 0
    for seed in range(60):
        truth, k, n = cities(seed, mean, strength, count, records)
        for row, true in zip(leagues.league(rows(k, n)), truth, strict=True):
            held += row["pooled_low"] <= 100 * true <= row["pooled_high"]
            total += 1
    assert low <= held / total <= high, held / total


def test_pooled_is_nearer_to_the_truth_than_raw():
    raw = pooled = 0.0
    for seed in range(20):
        truth, k, n = cities(seed)
        prior = leagues.fit(k, n)
        raw += ((k / n - truth) ** 2).mean()
        pooled += ((prior.pooled(k, n) - truth) ** 2).mean()
    assert pooled < 0.6 * raw


def test_limits_are_those_of_the_posterior_where_the_prior_is_well_known():
    _, k, n = cities(3, count=3000)
    prior = leagues.fit(k, n)
    made = leagues.league(rows(k, n))
    a, b = prior.mean * prior.strength + k, (1 - prior.mean) * prior.strength + n - k
    assert [r["pooled_low"] for r in made] == pytest.approx(100 * beta.ppf(0.025, a, b), abs=0.15)
    assert [r["pooled_high"] for r in made] == pytest.approx(100 * beta.ppf(0.975, a, b), abs=0.15)


def test_ranks_are_of_the_cities_with_ten_records():
    k, n = np.array([95.0, 90, 60, 20, 3, 0, 8]), np.array([100.0, 100, 100, 100, 3, 0, 9])
    made = leagues.league(rows(k, n))
    assert [r.get("rank") for r in made] == [1, 2, 3, 4, None, None, None]
    assert {r["ranked"] for r in made} == {4} and {r["pooling"] for r in made} == {"pooled"}
    assert [(r["rank_low"], r["rank_high"]) for r in made[:4]] == [(1, 2), (1, 2), (3, 3), (4, 4)]
    assert made[4]["raw"] is None and made[4]["pooled"] < 100  # withheld, and pooled with a wide interval
    assert made[4]["pooled_high"] - made[4]["pooled_low"] > made[0]["pooled_high"] - made[0]["pooled_low"]
    assert (
        made[5].get("pooled") is None and made[5]["state"] == "not_computable"
    )  # no records: nothing to rank or to pool
    worst = leagues.league(rows(k, n, is_bad=True))
    assert [r.get("rank") for r in worst] == [4, 3, 2, 1, None, None, None]
    assert [r["pooled"] for r in worst if "pooled" in r] == [r["pooled"] for r in made if "pooled" in r]


def test_a_rank_lies_within_its_limits():
    for seed in range(10):
        made = leagues.league(rows(*cities(seed, strength=200)[1:]))
        placed = [r for r in made if r.get("rank")]
        assert all(1 <= r["rank_low"] <= r["rank"] <= r["rank_high"] <= r["ranked"] for r in placed)


def test_equal_cities_share_a_rank():
    k, n = np.array([50.0, 50, 90, 10, 70]), np.full(5, 100.0)
    assert [r["rank"] for r in leagues.league(rows(k, n))] == [3, 3, 1, 5, 2]


def test_one_share_for_all_has_no_order():
    made = leagues.league(rows(np.full(12, 30.0), np.full(12, 40.0)))
    assert {(r["pooling"], r["rank"], r["rank_low"], r["rank_high"], r["shrinkage"]) for r in made} == {
        ("no_variation", None, 1, 12, 1.0)
    }
    assert all(r["pooled"] == 75 and r["pooled_low"] < 75 < r["pooled_high"] and r.get("prior_a") is None for r in made)


@pytest.mark.parametrize("share", [0, 1])
def test_all_or_none_everywhere(share):
    made = leagues.league(rows(np.full(12, 20.0 * share), np.full(12, 20.0)))
    for r in made:
        assert r["pooling"] == "no_variation" and r["pooled"] == 100 * share
        assert 0 <= r["pooled_low"] <= r["pooled"] <= r["pooled_high"] <= 100
        assert 0.05 < r["pooled_high"] - r["pooled_low"] < 15


def test_too_few_cities_are_not_pooled():
    made = leagues.league(rows(np.array([5.0, 8, 20, 30, 0, 0]), np.array([10.0, 20, 25, 40, 0, 0])))
    assert {(r["pooling"], r.get("pooled"), r.get("rank"), r["ranked"]) for r in made} == {
        ("too_few_cities", None, None, 0)
    }
    assert [r["raw"] for r in made[:4]] == [50, 40, 80, 75]


def test_the_order_of_cities_does_not_matter_to_what_they_are_taken_for():
    _, k, n = cities(5)
    made = leagues.league(rows(k, n))
    turned = leagues.league(rows(k[::-1], n[::-1]))[::-1]
    for one, other in zip(made, turned, strict=True):
        assert (one["pooled"], one["pooled_low"]) == pytest.approx((other["pooled"], other["pooled_low"]), abs=1e-6)
        assert one.get("rank") == other.get("rank")


def test_ranks_by_draws_agree_with_the_exact_chance_of_two():
    # two cities: the first is best in P(A > B) of draws; by numerical integration well over 97.5% or not
    grid = np.linspace(0, 1, 20001)
    for a, b, c, d in ((80, 20, 40, 60), (55, 45, 50, 50)):
        surely = np.trapezoid(beta.pdf(grid, a, b) * beta.cdf(grid, c, d), grid) > 0.975
        low, high = leagues.ranks(np.array([a, c], float), np.array([b, d], float), is_bad=False)
        assert (low[0], high[0]) == ((1, 1) if surely else (1, 2))

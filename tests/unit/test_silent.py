"""Silent cities: the fit against scipy on the same likelihood, the arithmetic by hand, and by simulation."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import nbinom, poisson

from assets.metrics import silent


def city(n, months=12.0, observed=3, **columns):
    told = {
        "population": 50_000 + 1000 * n,
        "noncollege_poverty_pct": 20.0 + n % 9,
        "wave": "pilot" if n % 3 else "second",
    }
    return {"city_id": f"{n:07}", "period_type": "to_date", "period": "to_date", "eligible_months": months,
            "observed": observed, "state": "OH" if n % 2 else "TX", **told, **columns}  # fmt: skip


def test_four_cities_by_hand():
    # 7 requests in 7 months: one a month. Pearson's 1/2 + 0 + 1/2 + 0 is below 3: Poisson.
    rows = silent.judged([city(n, m, o) for n, (m, o) in enumerate([(2, 3), (2, 2), (2, 1), (1, 1)])])
    assert [r["expected"] for r in rows] == [2, 2, 2, 1]
    assert [r["silent_requests"] for r in rows] == [0, 0, 1, 0]
    assert {r["dispersion"] for r in rows} == {0}
    assert rows[2]["p_low"] == pytest.approx(3 * np.exp(-2), rel=1e-12)  # 0 or 1 of a mean of 2
    assert (rows[2]["expected_low"], rows[2]["expected_high"]) == (0, 5)


def test_nobody_asked():
    rows = silent.judged([city(n, observed=0) for n in range(30)])
    assert {(r["expected"], r["silent_requests"], r["p_low"], r["is_silent"]) for r in rows} == {(0, 0, 1, False)}


@pytest.mark.parametrize("seed", range(3))
def test_the_fit_is_that_of_scipy(seed):
    chance = np.random.default_rng(seed)
    cities = [city(n, float(m)) for n, m in enumerate(chance.uniform(1, 36, 150))]
    observed = chance.negative_binomial(1.5, 0.15, 150).astype(float)
    columns, offset = silent.design(cities), np.log([c["eligible_months"] for c in cities])

    def loss(beta):
        linear = offset + columns @ beta
        return np.exp(linear).sum() - observed @ linear + silent.RIDGE * (beta[1:] ** 2).sum() / 2

    def slope(beta):
        mean = np.exp(offset + columns @ beta)
        return columns.T @ (mean - observed) + silent.RIDGE * np.r_[0.0, beta[1:]]

    start = np.r_[np.log(observed.sum() / np.exp(offset).sum()), np.zeros(columns.shape[1] - 1)]
    told = minimize(loss, start, jac=slope, method="BFGS", options={"gtol": 1e-8, "maxiter": 2000})
    beta = silent.fit(columns, observed, offset)
    assert columns.shape[1] >= 5
    assert np.abs(slope(beta)).max() < 1e-7
    assert beta == pytest.approx(told.x, abs=1e-6)
    assert np.exp(offset + columns @ beta).sum() == pytest.approx(observed.sum(), rel=1e-9)  # the constant sees to it


def test_a_group_in_which_nobody_asked_has_a_finite_expectation():
    rows = silent.judged([city(n, observed=0 if n % 3 else 5) for n in range(90)])
    assert all(np.isfinite(r["expected"]) and r["expected"] > 0 for r in rows)


def test_what_is_missing_is_no_zero():
    """Cities of unknown size stand apart: they change nobody else's size."""
    known = silent.design([city(n) for n in range(80)])
    some = [city(n, population=None if n < 25 else 60_000 * (1 + n % 4)) for n in range(80)]
    columns = silent.design(some)
    assert columns.shape[1] == known.shape[1] + 1
    sizes = columns[:, 1]
    assert np.allclose(sizes[:25], sizes[0]) and sizes[25:].min() < sizes[0] < sizes[25:].max()
    few = [city(n, population=None if n < 5 else 60_000 * (1 + n % 4)) for n in range(80)]
    assert silent.design(few).shape[1] == known.shape[1]  # too few for an indicator of their own


def test_dispersion_is_found_again_and_limits_hold():
    chance = np.random.default_rng(311)
    mean = chance.uniform(5, 60, 3000)
    drawn = nbinom(2.0, 1 / (1 + mean / 2)).rvs(random_state=chance).astype(float)  # a = 1/2
    extra = silent.dispersion(drawn, mean, 1)
    assert extra == pytest.approx(0.5, rel=0.1)
    low, high = silent.limits(mean, extra)
    assert 0.94 <= ((low <= drawn) & (drawn <= high)).mean() <= 0.99
    plain = poisson(mean).rvs(random_state=chance).astype(float)
    assert silent.dispersion(plain, mean, 1) < 0.01


def test_silent_cities_are_found_and_others_seldom_called_so():
    chance = np.random.default_rng(5)
    found, wrong = 0, 0
    for _ in range(20):
        observed = chance.poisson(30, 200)
        observed[:5] = 3  # planted
        rows = silent.judged([city(n, observed=int(o)) for n, o in enumerate(observed)])
        found += sum(r["is_silent"] for r in rows[:5])
        wrong += sum(r["is_silent"] for r in rows[5:])
    assert found >= 95 and wrong <= 0.1 * found


def test_false_discoveries_by_hand():
    # .05 x rank / 4: .0125 .025 .0375 .05. The third passes, and so the two before it, whatever they are.
    assert silent.discoveries(np.array([0.2, 0.03, 0.001, 0.03])).tolist() == [False, True, True, True]
    assert not silent.discoveries(np.array([0.05])).any()

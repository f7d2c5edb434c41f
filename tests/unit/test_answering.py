"""The model of who answers a survey: against scipy's optimum of the same penalized likelihood, and where it could blow up."""

from itertools import product

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.ask import ask
from scipy.optimize import minimize
from scipy.special import expit, log_expit

from assets.metrics import answering

COLUMNS = ["cell", "kind", "delivered", "answered", "satisfied"]


def optimum(x, k, n):
    """p by minimizing the negative penalized log-likelihood over surveys, not kinds, with a general optimizer."""
    rows = np.repeat(np.arange(len(n)), n.astype(int))
    y = np.concatenate([np.arange(int(t)) < a for t, a in zip(n, k, strict=True)]).astype(float)
    raw = x[rows]
    keep = raw.std(axis=0) > 1e-12
    z = (raw[:, keep] - raw[:, keep].mean(axis=0)) / raw[:, keep].std(axis=0)

    def loss(beta):
        eta = beta[0] + z @ beta[1:]
        gap = expit(eta) - y
        value = -(y * log_expit(eta) + (1 - y) * log_expit(-eta)).sum() + answering.RIDGE / 2 * (beta[1:] ** 2).sum()
        return value, np.concatenate([[gap.sum()], gap @ z + answering.RIDGE * beta[1:]])

    start = np.zeros(1 + z.shape[1])
    found = minimize(loss, start, jac=True, method="BFGS", options={"gtol": 1e-9, "maxiter": 5000})
    p = expit(found.x[0] + z @ found.x[1:])
    return p[np.unique(rows, return_index=True)[1]]


def world(seed, kinds=60):
    """Kinds with counts from a planted model: topic, channel, size, resolved, wait."""
    rng = np.random.default_rng(seed)
    choices = list(product("abcd", ["web", "phone"], ["small", "large"], (0, 1), range(0, 24, 4)))
    picked = [choices[i] for i in rng.choice(len(choices), kinds, replace=False)]
    frame = pd.DataFrame(picked, columns=["topic", "channel", "city_size", "resolved", "waited"])
    frame["delivered"] = rng.integers(1, 40, kinds)
    eta = -0.5 + (frame.topic == "a") + 0.5 * frame.resolved - 0.05 * frame.waited
    frame["answered"] = rng.binomial(frame.delivered, expit(eta.to_numpy(float)))
    return frame


def numbers(frame):
    return frame.answered.to_numpy(float), frame.delivered.to_numpy(float)


@pytest.mark.parametrize("seed", range(5))
def test_it_is_the_optimum_that_scipy_finds(seed):
    frame = world(seed)
    x, (k, n) = answering.features(frame), numbers(frame)
    p = answering.fit(x, k, n)
    assert p == pytest.approx(optimum(x, k, n), abs=1e-7)
    # the intercept is free: as many answers are expected as came
    assert (n * p).sum() == pytest.approx(k.sum(), abs=1e-6)
    # and the slope of the penalized likelihood is nothing: z'(k - np) = ridge x beta, beta from p itself
    z = answering.standardized(x, n)
    design = np.hstack([np.ones((len(n), 1)), z])
    eta = np.log(p / (1 - p))
    beta = np.linalg.lstsq(design, eta, rcond=None)[0]
    assert design @ beta == pytest.approx(eta, abs=1e-9)


def test_it_is_what_scikit_learn_fits():
    frame = world(11, kinds=40)
    x, (k, n) = answering.features(frame), numbers(frame)
    rows = np.repeat(np.arange(len(n)), n.astype(int))
    answered = np.concatenate([np.arange(int(t)) < a for t, a in zip(n, k, strict=True)])
    given = {"features": answering.standardized(x, n)[rows].tolist(), "answered": answered.astype(int).tolist()}
    told = ask("logistic", given | {"ridge": answering.RIDGE})
    assert answering.fit(x, k, n)[rows] == pytest.approx(told["probability"], abs=1e-9)


@pytest.mark.parametrize(
    "change",
    [
        lambda f: f.assign(answered=f.answered.where(f.topic != "a", 0)),  # a topic that nobody answers
        lambda f: f.assign(answered=f.answered.where(f.topic != "a", f.delivered)),  # one that all answer
        lambda f: f.assign(answered=f.delivered.where(f.waited < 12, 0)),  # the wait tells all: separation
        lambda f: f.assign(topic="a", channel="web", city_size="small", resolved=1),  # nothing but the wait varies
        lambda f: f.assign(topic=[str(i) for i in range(len(f))]),  # a topic for each
    ],
)
def test_separation_and_constant_columns_do_not_blow_up(change):
    frame = change(world(7))
    x, (k, n) = answering.features(frame), numbers(frame)
    p = answering.fit(x, k, n)
    assert np.isfinite(p).all() and (p > 0).all() and (p < 1).all()
    assert p == pytest.approx(optimum(x, k, n), abs=1e-6)


def test_all_none_one_and_nothing():
    frame = world(3)
    x, (_, n) = answering.features(frame), numbers(frame)
    assert (answering.fit(x, n, n) == 1).all()
    assert (answering.fit(x, 0 * n, n) == 0).all()
    assert answering.fit(np.zeros((0, 3)), np.zeros(0), np.zeros(0)).shape == (0,)
    assert answering.fit(np.ones((1, 2)), np.array([1.0]), np.array([1.0])).tolist() == [1]
    # nothing varies: the share answered
    assert answering.fit(np.ones((2, 3)), np.array([1.0, 2.0]), np.array([4.0, 8.0])) == pytest.approx([0.25, 0.25])


def test_the_most_frequent_levels_have_an_indicator_and_the_others_share_the_intercept():
    frame = pd.DataFrame({
        "topic": "a", "channel": [f"c{i:03}" for i in range(100)], "city_size": "small", "resolved": 1, "waited": 0,
        "delivered": np.arange(100, 0, -1),
    })  # fmt: skip
    x = answering.features(frame)
    assert x.shape == (100, 1 + answering.LEVELS + 1 + 2)
    assert x[:, 1:-3].sum(axis=1).tolist() == [1] * answering.LEVELS + [0] * (100 - answering.LEVELS)


def table(rows):
    """metrics.answering of surveys (topic 0-2, channel 0-2, size 0-5, resolved, waited, answered); channel 0 is not recorded."""
    with duckdb.connect() as connection:
        connection.execute("create schema metrics; create schema reference")
        connection.execute(
            "create table reference.topics as select chr((97 + i)::integer) as topic, i as ordinal from range(3) t (i)"
        )
        connection.execute(
            """create table metrics.satisfaction_codes as
            select 'channel' as what, 'c' || i as name, i::bigint as code, null::bigint as size from range(1, 3) t (i)"""
        )
        kinds = [(((t * 10000 + c) * 10 + z) * 200 + r * 100 + w, a) for t, c, z, r, w, a in rows]
        cells = [(n, kind, 1, a, 0) for n, (kind, a) in enumerate(kinds)]
        connection.register("cells", pd.DataFrame(cells, columns=COLUMNS, dtype="int64"))
        connection.execute("create table metrics.satisfaction_profiles as from cells")
        return answering.make(connection)


def test_a_kind_is_told_by_its_numbers():
    (row,) = table([(2, 1, 4, 1, 17, 1)]).to_pylist()
    assert [row[n] for n in ("topic", "channel", "city_size", "resolved", "waited")] == ["c", "c1", "250k_up", 1, 17]
    (row,) = table([(0, 0, 5, 0, 99, 1)]).to_pylist()
    assert [row[n] for n in ("topic", "channel", "city_size", "resolved", "waited")] == [
        "a",
        "unknown",
        "no_city",
        0,
        99,
    ]


def test_no_surveys_give_an_empty_table_of_the_same_shape():
    empty = table([])
    assert empty.num_rows == 0 and empty.schema == answering.SCHEMA == table([(0, 1, 1, 1, 0, 1)]).schema


def test_weights_are_one_over_p_clipped():
    # p is 1 in 100, so clipped at 0.05: a weight of 20
    (row,) = table([(0, 1, 1, 1, 0, int(i == 0)) for i in range(100)]).to_pylist()
    assert (row["delivered"], row["answered"], row["fitted"], row["probability"]) == (100, 1, 0.01, 0.05)
    assert (row["weight_billionths"], row["square_billionths"]) == (20 * 10**9, 400 * 10**9)
    (row,) = table([(0, 1, 1, 1, 0, 1)] * 3).to_pylist()
    assert (row["fitted"], row["probability"], row["weight_billionths"]) == (1, 1, 10**9)
    (row,) = table([(0, 1, 1, 1, 0, 0)] * 3).to_pylist()
    assert (row["fitted"], row["probability"]) == (0, 0.05)


ROW = st.tuples(
    st.integers(0, 2), st.integers(0, 2), st.integers(0, 5), st.integers(0, 1), st.integers(0, 30), st.integers(0, 1),
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(rows=st.lists(ROW, max_size=40))
def test_any_surveys_give_chances_whatever_their_order(rows):
    made = table(rows)
    assert made.equals(table(rows[::-1]))
    for row in made.to_pylist():
        assert 0 <= row["fitted"] <= 1 and answering.LOWEST <= row["probability"] <= 1
    assert sum(made["delivered"].to_pylist()) == len(rows)


def test_weighting_undoes_an_answering_that_the_model_knows_of():
    """Planted: web answers 3 in 4 and is content, phone 1 in 4 and is not. Plainly 75% content, in truth half."""
    rng = np.random.default_rng(1)
    web = rng.random(4000) < 0.5
    answered = rng.random(4000) < np.where(web, 0.75, 0.25)
    made = table([(0, 1 if w else 2, 1, 1, 0, int(y)) for w, y in zip(web, answered, strict=True)])
    weights = {row["channel"]: row["weight_billionths"] / 1e9 for row in made.to_pylist()}
    heavy = np.where(web, weights["c1"], weights["c2"])[answered]
    assert web[answered].mean() > 0.72
    assert (heavy * web[answered]).sum() / heavy.sum() == pytest.approx(web.mean(), abs=0.001)

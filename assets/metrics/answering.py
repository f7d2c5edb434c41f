"""metrics.answering: one row per kind of survey (topic, channel, size of city, resolved, waited) with its chance of an answer.

A logistic model of answering over all surveys delivered, fitted once for the network by Newton's method on the penalized
likelihood. Features are an indicator of each topic, channel and size of city, resolved, and waited, each made to have mean 0
and standard deviation 1 over the surveys; one that never varies is left out. RIDGE / 2 times the sum of squared coefficients,
the intercept left out, is taken off the log-likelihood: next to thousands of surveys it is nothing, and where a topic has
no answer at all it keeps the coefficient finite. This is scikit-learn's LogisticRegression(C=1 / RIDGE) with the number of
surveys as sample_weight.
"""

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

TABLE = "metrics.answering"
READS = {"metrics.satisfaction_profiles", "metrics.satisfaction_codes", "reference.topics"}

RIDGE = 1.0
LOWEST, HIGHEST = 0.05, 1.0  # p is clipped, so that one answer never stands for more than twenty surveys
STEPS, CLOSE = 200, 1e-11
LEVELS = 40  # of a name, the most frequent; the others, in a feed of free text, share the intercept
NAMES = ("topic", "channel", "city_size")
SIZES = ("unknown", "under_50k", "50k_100k", "100k_250k", "250k_up", "no_city")  # as numbered in satisfaction_profiles
SCHEMA = pa.schema(
    [("kind", pa.int64())]
    + [(name, pa.string()) for name in NAMES]
    + [(name, pa.int64()) for name in ("resolved", "waited", "delivered", "answered")]
    + [("fitted", pa.float64()), ("probability", pa.float64())]
    + [("weight_billionths", pa.int64()), ("square_billionths", pa.int64())]
)

Floats = npt.NDArray[np.float64]


def make(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """Each kind of survey that was delivered, with p as fitted and clipped, and 1/p and its square in billionths."""
    kinds = connection.execute(
        """select k.kind, t.topic, coalesce(c.name, 'unknown') as channel, k.kind // 200 % 10 as city_size,
            k.kind // 100 % 2 as resolved, k.kind % 100 as waited, k.delivered, k.answered
        from (
            select kind, sum(delivered)::bigint as delivered, sum(answered)::bigint as answered
            from metrics.satisfaction_profiles group by kind
        ) as k
        inner join reference.topics as t on t.ordinal = k.kind // 20000000
        left join metrics.satisfaction_codes as c on c.what = 'channel' and c.code = k.kind // 2000 % 10000
        order by topic, channel, city_size, resolved, waited"""
    ).df()
    kinds["city_size"] = [SIZES[size] for size in kinds["city_size"]]
    delivered, answered = (kinds[name].to_numpy(np.float64) for name in ("delivered", "answered"))
    # rounded, so that the last bits of another machine's arithmetic do not show
    fitted = np.round(fit(features(kinds), answered, delivered), 12)
    probability = np.clip(fitted, LOWEST, HIGHEST)
    weights = {
        f"{name}_billionths": np.round(1e9 / probability**power) for name, power in (("weight", 1), ("square", 2))
    }
    table = kinds.assign(fitted=fitted, probability=probability, **weights)
    return pa.Table.from_pandas(table, schema=SCHEMA, preserve_index=False)


def features(kinds: pd.DataFrame) -> Floats:
    """The raw features, one row per kind: indicators of the levels of each name, resolved, and waited."""
    columns, weights = [], kinds["delivered"].to_numpy(np.float64)
    for name in NAMES:
        levels, which = np.unique(kinds[name].to_numpy(str), return_inverse=True)
        frequent = np.argsort(-np.bincount(which, weights, len(levels)), kind="stable")[:LEVELS]
        columns.append((which[:, None] == np.sort(frequent)).astype(np.float64))
    numbers = [kinds[name].to_numpy(np.float64)[:, None] for name in ("resolved", "waited")]
    return np.hstack([*columns, *numbers])


def standardized(x: Floats, n: Floats) -> Floats:
    """Columns of mean 0 and standard deviation 1 over n surveys each row; those that never vary are left out."""
    if not len(x):
        return x
    centered = x - np.average(x, axis=0, weights=n)
    spread = np.sqrt(np.average(centered**2, axis=0, weights=n))
    varies = x.min(axis=0) < x.max(axis=0)
    return np.asarray(centered[:, varies] / spread[varies])


def fit(x: Floats, k: Floats, n: Floats) -> Floats:
    """The chance of an answer in each row: k of n answered, x the raw features. 1 where all answered, 0 where none did."""
    total = n.sum()
    if k.sum() in (0, total):
        return np.full(len(n), float(total > 0 and k.sum() == total))
    design = np.hstack([np.ones((len(n), 1)), standardized(x, n)])
    beta = np.zeros(design.shape[1])
    beta[0] = np.log(k.sum() / (total - k.sum()))
    penalty = np.full(len(beta), RIDGE)
    penalty[0] = 0
    best = _objective(design, k, n, beta, penalty)
    for _ in range(STEPS):
        p = _logistic(design @ beta)
        slope = design.T @ (k - n * p) - penalty * beta
        curve = design.T @ (design * (n * p * (1 - p))[:, None]) + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        size = 1.0
        while (now := _objective(design, k, n, beta + size * step, penalty)) > best + 1e-12 * abs(best) and size > 1e-9:
            size /= 2
        beta, best = beta + size * step, now
        if np.abs(step).max() < CLOSE:
            break
    return _logistic(design @ beta)


def _objective(design: Floats, k: Floats, n: Floats, beta: Floats, penalty: Floats) -> float:
    """What is made small: the negative log-likelihood and the penalty."""
    eta = design @ beta
    return float(n @ np.logaddexp(0, eta) - k @ eta + penalty @ beta**2 / 2)


def _logistic(eta: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(eta, -700, 700))))

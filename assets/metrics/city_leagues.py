"""metrics.city_leagues: one row per metric × fiscal year or to date × city: a share, and what it is taken for among the others.

Beta-binomial partial pooling. The cities' true shares are taken as drawn from one Beta(a, b), fitted by maximum marginal
likelihood over the cities with any record; a city's pooled share is the mean of its posterior Beta(a + k, b + n - k), and
shrinkage is the weight of the others in it, (a + b) / (a + b + n). Where the likelihood is highest without any spread between
cities, all have the common share. The limits allow for a and b being estimates: they are the 2.5% and 97.5% points of the Beta
whose mean is the pooled share and whose variance is that of the posterior averaged over a grid of priors, weighted by their
likelihood (the spread between cities and the mean's logit uniform beforehand). Ranks (1 is best) are of the cities with as
many records as a percentage needs: rank by the pooled share, rank_low and rank_high from DRAWS draws of these Betas.
"""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.special import betaincinv, digamma, expit, gammaln, logit

TABLE = "metrics.city_leagues"
READS = {"metrics.metric_values", "reference.metrics"}

METRICS = ("never_answered_pct", "on_time_pct", "reopened_pct", "satisfied_pct")
FEWEST = 5  # cities that a prior can be fitted to
DRAWS, SEED = 600, 20140522
SPREADS, MEANS = 16, 9  # points of the grid of priors
SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("metric", "period_type", "period", "city_id")]
    + [(name, pa.float64()) for name in ("numerator", "denominator", "raw", "pooled", "pooled_low", "pooled_high")]
    + [("shrinkage", pa.float64())]
    + [(name, pa.int64()) for name in ("rank", "rank_low", "rank_high", "ranked")]
    + [(name, pa.float64()) for name in ("prior_a", "prior_b")]
    + [(name, pa.string()) for name in ("pooling", "state", "reason")]
)

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Row = dict[str, Any]


@dataclass(frozen=True)
class Prior:
    """A Beta of this mean; strength is a + b, infinite where the cities differ no more than chance would have it."""

    mean: float
    strength: float

    def pooled(self, k: Floats, n: Floats) -> Floats:
        """Each city's posterior mean."""
        weight = self.weight(n)
        return np.asarray(weight * self.mean + (1 - weight) * k / n)

    def weight(self, n: Floats) -> Floats:
        """The weight of the prior in it."""
        return np.asarray(1 / (1 + n / self.strength))


def make(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """A league of cities for each of METRICS that the run has, by fiscal year and to date."""
    marks = ", ".join("?" for _ in METRICS)
    cursor = connection.execute(
        f"""select v.metric, v.period_type, v.period, v.city_id, v.numerator, v.denominator, v.value as raw, v.state, v.reason,
            m.direction = 'down' as is_bad
        from metrics.metric_values as v
        inner join reference.metrics as m on m.metric = v.metric
        where v.metric in ({marks}) and v.grain = 'city' and v.period_type in ('fiscal_year', 'to_date')
            and v.dimension is null
        order by v.metric, v.period_type, v.period, v.city_id""",
        list(METRICS),
    )
    names = [column[0] for column in cursor.description or []]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    out = [row for _, group in groupby(rows, _group) for row in league(list(group))]
    return pa.Table.from_pylist([{name: row.get(name) for name in SCHEMA.names} for row in out], schema=SCHEMA)


def _group(row: Row) -> tuple[str, str, str]:
    return row["metric"], row["period_type"], row["period"]


def league(rows: list[Row]) -> list[Row]:
    """The cities of one metric and period with their pooled shares, in percent, and their ranks."""
    counted = [row for row in rows if row["denominator"]]
    if len(counted) < FEWEST:
        return [row | {"pooling": "too_few_cities", "ranked": 0} for row in rows]
    k, n = (np.array([row[name] for row in counted], dtype=np.float64) for name in ("numerator", "denominator"))
    large = np.array([row["state"] == "value" for row in counted])
    prior = fit(k, n)
    pooled = prior.pooled(k, n)
    a, b = _matched(np.clip(pooled, *_inside(n)), spread(prior, k, n))
    # a Beta that is all but at 0 or 1 may have its mean outside of its own limits
    low, high = np.minimum(betaincinv(a, b, 0.025), pooled), np.maximum(betaincinv(a, b, 0.975), pooled)
    shares = np.round([100 * pooled, 100 * low, 100 * high, prior.weight(n)], 9)
    columns: dict[str, list[Any]] = dict(
        zip(("pooled", "pooled_low", "pooled_high", "shrinkage"), shares.tolist(), strict=True)
    )
    common: Row = {"pooling": "no_variation", "ranked": int(large.sum())}
    places: list[Ints | None] = [None, *np.ones((2, len(n)), dtype=np.int64)]
    if np.isfinite(prior.strength):
        known = np.round([prior.mean * prior.strength, (1 - prior.mean) * prior.strength], 6).tolist()
        common |= {"pooling": "pooled", "prior_a": known[0], "prior_b": known[1]}
        is_bad = bool(rows[0]["is_bad"])
        order = (shares[0] if is_bad else -shares[0])[large]
        place = np.searchsorted(np.sort(order), order) + 1
        best, worst = ranks(a[large], b[large], is_bad)
        places = [_spaced(p, large) for p in (place, np.minimum(best, place), np.maximum(worst, place))]
    else:
        places[2] = np.full(len(n), int(large.sum()), dtype=np.int64)
    for name, place in zip(("rank", "rank_low", "rank_high"), places, strict=True):
        columns[name] = [int(place[i]) if place is not None and large[i] else None for i in range(len(n))]
    pieces = {row["city_id"]: {name: column[i] for name, column in columns.items()} for i, row in enumerate(counted)}
    return [row | common | pieces.get(row["city_id"], {}) for row in rows]


def _spaced(places: Ints, large: npt.NDArray[np.bool_]) -> Ints:
    out = np.zeros(len(large), dtype=np.int64)
    out[large] = places
    return out


def fit(k: Floats, n: Floats) -> Prior:
    """The Beta under which k of n in each city is likeliest. Newton on the logit of its mean and the log of a + b."""
    share = float(k.sum() / n.sum())
    if share in (0, 1) or _tarone(k, n, share) <= 0:
        return Prior(share, np.inf)
    grid = np.stack([np.full(60, logit(share)), np.log(np.geomspace(0.02, 1e7, 60))])
    at: Floats = grid[:, np.argmax(likelihood(k, n, *grid))]
    for _ in range(100):
        slope = _slope(k, n, at)
        steps = 1e-4 * np.eye(2)
        curve = np.array([_slope(k, n, at + s) - _slope(k, n, at - s) for s in steps]) / 2e-4
        curve = (curve + curve.T) / 2
        # uphill even where the likelihood is not concave
        values, vectors = np.linalg.eigh(curve)
        move = vectors @ (vectors.T @ slope / np.maximum(np.abs(values), 1e-8))
        move *= min(1.0, 1.0 / max(np.abs(move).max(), 1e-300))
        was = likelihood(k, n, *at)
        while np.abs(move).max() > 1e-9 and likelihood(k, n, *(at + move)) < was:
            move = move / 2
        at = at + move
        if np.abs(move).max() < 1e-9:
            break
    return Prior(float(expit(at[0])), float(np.exp(at[1])))


def _tarone(k: Floats, n: Floats, share: float) -> float:
    """The slope of the log-likelihood in 1 / (a + b), where a + b is infinite (Tarone 1979): not above 0, no spread helps."""
    return float((k * (k - 1) / share + (n - k) * (n - k - 1) / (1 - share) - n * (n - 1)).sum() / 2)


def likelihood(k: Floats, n: Floats, middle: float | Floats, strength: float | Floats) -> Floats:
    """The marginal log-likelihood, binomial coefficients left out, at each logit of the mean and log of a + b."""
    s = np.exp(np.asarray(strength, dtype=np.float64))[..., None]
    a, b = expit(np.asarray(middle))[..., None] * s, expit(-np.asarray(middle))[..., None] * s
    parts = gammaln(a + k) - gammaln(a) + gammaln(b + n - k) - gammaln(b) - gammaln(s + n) + gammaln(s)
    return np.asarray(parts.sum(axis=-1))


def _slope(k: Floats, n: Floats, at: Floats) -> Floats:
    mean, s = expit(at[0]), np.exp(at[1])
    a, b = mean * s, (1 - mean) * s
    whole = digamma(s) - digamma(s + n)
    by_a = (digamma(a + k) - digamma(a) + whole).sum()
    by_b = (digamma(b + n - k) - digamma(b) + whole).sum()
    return np.array([(by_a - by_b) * a * (1 - mean), by_a * a + by_b * b])


def spread(prior: Prior, k: Floats, n: Floats) -> Floats:
    """Each city's mean squared distance from its pooled share, over a grid of priors weighted by their likelihood."""
    middle = float(np.clip(prior.mean, *_inside(n)))
    u = np.linspace(0.002, 0.98, 160)  # the spread between cities, as a part of the largest there can be
    seen = likelihood(k, n, np.full(len(u), logit(middle)), np.log(1 / u**2 - 1))
    near = u[seen > seen.max() - 9]
    u = np.linspace(max(near[0] - 0.006, 1e-3), min(near[-1] + 0.006, 0.99), SPREADS)
    strength = 1 / u**2 - 1
    worth = (n / (1 + (n - 1) * (u**2)[:, None])).sum(axis=1) * middle * (1 - middle)  # information on the mean's logit
    wide = 1 / np.sqrt(worth)
    z = np.linspace(-3.5, 3.5, MEANS)
    middles = logit(middle) + wide[:, None] * z
    value = likelihood(k, n, middles, np.log(strength)[:, None] + 0 * middles)
    weight = np.exp(value - value.max()) * wide[:, None]
    weight = (weight / weight.sum())[..., None]
    s = strength[:, None, None]
    mean = (expit(middles)[..., None] * s + k) / (s + n)
    about = mean * (1 - mean) / (s + n + 1) + (mean - prior.pooled(k, n)) ** 2
    return np.asarray((weight * about).sum(axis=(0, 1)))


def _inside(n: Floats) -> tuple[float, float]:
    """Where all or none did everywhere, their share is taken half a record further in: there is no Beta of mean 0 or 1."""
    return 0.5 / n.sum(), 1 - 0.5 / n.sum()


def _matched(mean: Floats, variance: Floats) -> tuple[Floats, Floats]:
    """The Beta of that mean and variance."""
    s = np.maximum(mean * (1 - mean) / variance - 1, 1e-3)
    return mean * s, (1 - mean) * s


def ranks(a: Floats, b: Floats, is_bad: bool) -> tuple[Ints, Ints]:
    """The best and worst rank of each Beta(a, b) in 95% of draws; the lowest share is the best where is_bad."""
    if not len(a):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    drawn = np.random.Generator(np.random.PCG64(SEED)).beta(a, b, size=(DRAWS, len(a)))
    order = np.argsort(drawn if is_bad else -drawn, axis=1, kind="stable")
    places = np.empty_like(order)
    np.put_along_axis(places, order, np.broadcast_to(np.arange(1, len(a) + 1), order.shape), axis=1)
    places.sort(axis=0)
    tail = DRAWS // 40
    return places[tail].astype(np.int64), places[DRAWS - 1 - tail].astype(np.int64)

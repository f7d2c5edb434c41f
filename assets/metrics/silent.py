"""metrics.silent_cities: one row per eligible city × period: requests expected of it against those it made.

Expected: a Poisson regression over the cities of the period, log(eligible months) as offset, on log population, poverty,
pilot wave and region; what is not known has an indicator of its own and is never taken as zero. Coefficients but the
constant are held back by a small ridge (RIDGE), so that a group in which nobody asked has a finite estimate. Cities vary
more than Poisson counts do: the limits and probabilities are negative-binomial, variance m + a·m², with a from Pearson's
statistic. A city is silent where so few requests have a probability below .05 after Benjamini and Hochberg's correction
over the cities of the period.
"""

from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.stats import nbinom, poisson

TABLE = "metrics.silent_cities"
READS = {"metrics.silent_exposure", "core.requests"}
RIDGE = 1.0  # times half the sum of squared coefficients, on standardized columns
ENOUGH = 20  # cities for a column to be told from the rest; a group with fewer on either side has none
STEPS, CLOSE, DIGITS = 100, 1e-12, 9
FALSE_DISCOVERIES = 0.05
REGIONS = {
    "northeast": "CT ME MA NH RI VT NJ NY PA",
    "midwest": "IL IN MI OH WI IA KS MN MO NE ND SD",
    "south": "DE FL GA MD NC SC VA DC WV AL KY MS TN AR LA OK TX",
    "west": "AZ CO ID MT NV NM UT WY AK CA HI OR WA",
}
REGION = {state: region for region, states in REGIONS.items() for state in states.split()}
SCHEMA = pa.schema(
    [
        *(("city_id", pa.string()), ("period_type", pa.string()), ("period", pa.string())),
        *(("eligible_months", pa.float64()), ("observed", pa.int64()), ("expected", pa.float64())),
        *(("expected_low", pa.float64()), ("expected_high", pa.float64()), ("silent_requests", pa.float64())),
        *(("p_low", pa.float64()), ("is_silent", pa.bool_()), ("dispersion", pa.float64()), ("cities", pa.int64())),
    ]
)
Numbers = npt.NDArray[np.float64]
City = dict[str, Any]


def make(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """The cities of every period. None where no request has arrived: silence is not a feed that is missing."""
    if not connection.execute("select count(*) from core.requests").fetchall()[0][0]:
        return SCHEMA.empty_table()
    found = connection.execute("select * from metrics.silent_exposure order by period_type, period, city_id")
    names = [column[0] for column in found.description or []]
    periods: dict[tuple[str, str], list[City]] = {}
    for row in found.fetchall():
        city = dict(zip(names, row, strict=True))
        periods.setdefault((city["period_type"], city["period"]), []).append(city)
    return pa.Table.from_pylist([row for cities in periods.values() for row in judged(cities)], schema=SCHEMA)


def judged(cities: list[City]) -> list[City]:
    """What is expected of each city of one period, and whether it is silent."""
    observed = np.array([c["observed"] for c in cities], dtype=np.float64)
    months = np.array([c["eligible_months"] for c in cities], dtype=np.float64)
    columns = design(cities)
    expected = 0 * months
    if observed.any():
        expected = months * np.exp(columns @ fit(columns, observed, np.log(months)))
        expected = np.round(expected, DIGITS)  # so that two machines agree
    extra = dispersion(observed, expected, columns.shape[1])
    low, high = limits(expected, extra)
    p_low = at_most(observed, expected, extra)
    silent = discoveries(p_low)
    return [
        {key: c[key] for key in ("city_id", "period_type", "period", "eligible_months", "observed")}
        | {"expected": float(expected[n]), "expected_low": float(low[n]), "expected_high": float(high[n])}
        | {"silent_requests": float(max(0.0, expected[n] - observed[n])), "p_low": float(p_low[n])}
        | {"is_silent": bool(silent[n]), "dispersion": extra, "cities": len(cities)}
        for n, c in enumerate(cities)
    ]


def design(cities: list[City]) -> Numbers:
    """A constant and the standardized columns that enough cities can tell apart."""
    columns: list[Numbers] = []
    for number, scale in (("population", np.log), ("noncollege_poverty_pct", np.asarray)):
        told = np.array([c[number] if c[number] else np.nan for c in cities], dtype=np.float64)
        known = ~np.isnan(told)
        value = np.zeros(len(cities))
        if known.any():
            value[known] = scale(told[known]) - scale(told[known]).mean()
        columns += [value, (~known).astype(np.float64)]
    for groups in ([c["wave"] or "" for c in cities], [REGION.get(c["state"] or "", "") for c in cities]):
        columns += [np.array([g == group for g in groups], dtype=np.float64) for group in sorted(set(groups))[1:]]
    kept = [np.ones(len(cities))]
    for column in columns:
        is_flag = set(np.unique(column)) <= {0.0, 1.0}
        fewer = min(column.sum(), len(cities) - column.sum()) if is_flag else np.count_nonzero(column)
        if fewer >= ENOUGH and column.std() > 0:
            kept.append((column - column.mean()) / column.std())
    return np.column_stack(kept)


def fit(columns: Numbers, observed: Numbers, offset: Numbers) -> Numbers:
    """Coefficients of the penalized Poisson likelihood, by iteratively reweighted least squares."""
    penalty = np.diag([0.0] + [RIDGE] * (columns.shape[1] - 1))
    beta = np.zeros(columns.shape[1])
    beta[0] = np.log(observed.sum() / np.exp(offset).sum())
    for _ in range(STEPS):
        mean = np.exp(offset + columns @ beta)
        gradient = columns.T @ (observed - mean) - penalty @ beta
        step = np.linalg.solve(columns.T @ (columns * mean[:, None]) + penalty, gradient)
        while _loss(columns, observed, offset, penalty, beta + step) > (
            _loss(columns, observed, offset, penalty, beta) + CLOSE * (1 + observed.sum())
        ):
            step /= 2
        beta = beta + step
        if np.abs(step).max() < CLOSE:
            break
    return beta


def _loss(columns: Numbers, observed: Numbers, offset: Numbers, penalty: Numbers, beta: Numbers) -> float:
    linear = offset + columns @ beta
    return float(np.exp(linear).sum() - observed @ linear + beta @ penalty @ beta / 2)


def dispersion(observed: Numbers, expected: Numbers, fitted: int) -> float:
    """a of the variance m + a·m², at which Pearson's statistic is what it should be; 0 where Poisson explains it all."""
    freedom = len(observed) - fitted
    if freedom < 1 or not expected.any():
        return 0.0

    def pearson(a: float) -> float:
        return float(((observed - expected) ** 2 / (expected + a * expected**2)).sum())

    if pearson(0.0) <= freedom:
        return 0.0
    low, high = 0.0, 1.0
    while pearson(high) > freedom:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if pearson(middle) > freedom else (low, middle)
    return (low + high) / 2


def limits(expected: Numbers, extra: float) -> tuple[Numbers, Numbers]:
    """The 95 percent prediction limits of a count, wide enough to hold its mean."""
    known = _counts(np.maximum(expected, np.finfo(np.float64).tiny), extra)
    return np.minimum(known.ppf(0.025), expected), np.maximum(known.ppf(0.975), expected)


def at_most(observed: Numbers, expected: Numbers, extra: float) -> Numbers:
    """The probability of so few requests or fewer."""
    chances: Numbers = _counts(np.maximum(expected, np.finfo(np.float64).tiny), extra).cdf(observed)
    return chances


def _counts(expected: Numbers, extra: float) -> Any:
    return nbinom(1 / extra, 1 / (1 + extra * expected)) if extra > 0 else poisson(expected)


def discoveries(p: Numbers) -> npt.NDArray[np.bool_]:
    """Which p-values stand at FALSE_DISCOVERIES (Benjamini and Hochberg 1995)."""
    order = np.argsort(p, kind="stable")
    passed = np.flatnonzero(p[order] < FALSE_DISCOVERIES * np.arange(1, len(p) + 1) / len(p))
    stands = np.zeros(len(p), dtype=np.bool_)
    if len(passed):
        stands[order[: passed[-1] + 1]] = True
    return stands

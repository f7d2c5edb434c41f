"""metrics.equity_tests: one row per breakdown × fiscal year or to_date: the log-rank test of waits for a first reply.

Whether cities of different quartiles wait alike. SQL counts (metrics.equity_sums); here the quadratic form of
observed - expected, over the quartiles that asked, and its chance under a chi-square distribution.
"""

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.stats import chi2

TABLE = "metrics.equity_tests"
READS = {"metrics.equity_sums"}
QUARTILES = (1, 2, 3, 4)
NUMBERS = tuple(f"{name}_{q}" for name in ("n", "observed", "expected") for q in QUARTILES)
SCHEMA = pa.schema(
    [("dimension", pa.string()), ("period_type", pa.string()), ("period", pa.string())]
    + [("chi_square", pa.float64()), ("degrees", pa.int64()), ("p_value", pa.float64())]
    + [(number, pa.float64()) for number in NUMBERS]
    + [("reason", pa.string())]
)


def make(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """The tests, by breakdown and period."""
    found = connection.execute(f"select * from metrics.equity_sums order by {', '.join(SCHEMA.names[:3])}")
    names = [column[0] for column in found.description or []]
    sums = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    rows = []
    for one in sums:
        chi_square, degrees, p_value = log_rank(
            np.array([one[f"n_{q}"] for q in QUARTILES]),
            np.array([one[f"observed_{q}"] - one[f"expected_{q}"] for q in QUARTILES]),
            np.array([[one[f"v_{min(q, r)}{max(q, r)}"] for r in QUARTILES] for q in QUARTILES]),
        )
        rows.append(
            {key: one[key] for key in (*SCHEMA.names[:3], *NUMBERS)}
            | {"chi_square": chi_square, "degrees": degrees, "p_value": p_value}
            | {"reason": None if degrees else "fewer than two quartiles with waits to compare"}
        )
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def log_rank(
    asked: npt.NDArray[np.float64], difference: npt.NDArray[np.float64], covariance: npt.NDArray[np.float64]
) -> tuple[float | None, int, float | None]:
    """Chi-square, degrees of freedom and p. A quartile that nobody asked from, or never with another at risk, is left out.

    Without two quartiles to compare there is no test: (None, 0, None).
    """
    told = np.flatnonzero((asked > 0) & (np.diag(covariance) > 0))
    if len(told) < 2:
        return None, 0, None
    # the differences add up to 0, so that one of them says nothing new: its eigenvalue is 0 but for rounding
    values, vectors = np.linalg.eigh(covariance[np.ix_(told, told)])
    kept = values > 1e-9 * values[-1]
    degrees = int(kept.sum())
    chi_square = float(((vectors[:, kept].T @ difference[told]) ** 2 / values[kept]).sum())
    return chi_square, degrees, float(chi2.sf(chi_square, degrees))

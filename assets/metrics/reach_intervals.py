"""One row per metric × service × topic × basis × period: the bootstrap 95% limits over cities of reach, uptake, concentration.

A draw weighs each city by reference.bootstrap_weights. In SQL that is a join of every city and period with 400 draws; as a
product of matrices it takes a tenth of the time. A city drawn twice is two cities, also among the top five. Without limits
(null) where all draws agree: then they say nothing of the spread.
"""

from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

TABLE = "metrics.reach_intervals"
READS = ["metrics.reach_cities", "metrics.reach_topics", "reference.bootstrap_weights", "reference.periods"]

TOP = 5
LEADING = 30  # five of a draw lie among the first thirty cities, but for one draw in 10^8: then all are looked at
SERVICES = ("desk", "engagement", "peer", "library", "any")
BASES = ("then", "now")
SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("metric", "service", "topic", "basis", "period_type", "period")]
    + [(name, pa.float64()) for name in ("ci_low", "ci_high")]
)

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def make(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """The limits of every share that has any."""
    periods = connection.execute("select period_type, period from reference.periods order by all").fetchall()
    topics = [t for (t,) in connection.execute("select distinct topic from metrics.reach_topics order by 1").fetchall()]
    cities = _cells(connection, "metrics.reach_cities", "service", SERVICES, "months, used, used_months, uses")
    asked = _cells(connection, "metrics.reach_topics", "topic", topics, "1 as used, used_months")
    weights = _weights(connection, cities["slot"])
    count = len(weights[0]) if len(cities["slot"]) else 0
    if not count:
        return pa.table({name: [] for name in SCHEMA.names}, schema=SCHEMA)

    groups = len(BASES) * len(periods)

    def spread(values: Floats, at: dict[str, Any], kinds: int) -> Floats:
        """A matrix of cities by (group, kind), a group being a basis and a period."""
        matrix = np.zeros((count, groups * kinds))
        matrix[at["slot"], at["span"] * kinds + at["kind"]] = values
        return matrix

    desk = cities["kind"] == 0
    eligible = {key: cities[key][desk] for key in ("slot", "span", "kind")}
    known, months = spread(np.ones(desk.sum()), eligible, 1), spread(cities["months"][desk], eligible, 1)
    kinds = len(SERVICES)
    uses = spread(cities["uses"], cities, kinds)
    found: list[tuple[str, str, str | None, int, Floats]] = []
    for metric, values, whole in (("reach_pct", cities["used"], known), ("uptake_pct", cities["used_months"], months)):
        shares = _shares(weights @ spread(values, cities, kinds), weights @ whole)
        found += [(metric, SERVICES[n % kinds], None, n // kinds, shares[:, n]) for n in range(groups * kinds)]
    then = range(len(periods) * kinds)
    found += [("concentration_pct", SERVICES[n % kinds], None, n // kinds, _top(weights, uses[:, n])) for n in then]
    for metric, values, whole in (("reach_pct", asked["used"], known), ("uptake_pct", asked["used_months"], months)):
        shares = _shares(weights @ spread(values, asked, len(topics)), weights @ whole)
        found += [
            (metric, "desk", topics[n % len(topics)], n // len(topics), shares[:, n])
            for n in range(groups * len(topics))
        ]

    limits = _limits(np.column_stack([draws for *_, draws in found]))
    rows = []
    for (metric, service, topic, group, _), low, high in zip(found, *limits.tolist(), strict=True):
        if low < high:
            basis, span = divmod(group, len(periods))
            of = None if metric == "concentration_pct" else BASES[basis]
            rows.append((metric, service, topic, of, *periods[span], low, high))
    columns = zip(*rows, strict=True) if rows else ([] for _ in SCHEMA.names)
    return pa.table(dict(zip(SCHEMA.names, map(list, columns), strict=True)), schema=SCHEMA)


def _cells(
    connection: duckdb.DuckDBPyConnection, table: str, kind: str, kinds: tuple[str, ...] | list[str], columns: str
) -> dict[str, Any]:
    """Rows of a table as arrays: slot (of the city), span (basis and period, numbered), kind (numbered), and columns."""
    names = ", ".join(f"'{k}'" for k in kinds)
    return connection.execute(
        f"""with spans as (
            select period_type, period, row_number() over (order by period_type, period) - 1 as span,
                count(*) over () as spans
            from reference.periods
        )
        select t.city_rank - 1 as slot, s.span + case t.basis when 'then' then 0 else s.spans end as span,
            list_position([{names}]::varchar[], t.{kind}) - 1 as kind, {columns}
        from {table} as t inner join spans as s on s.period_type = t.period_type and s.period = t.period"""
    ).fetchnumpy()


def _weights(connection: duckdb.DuckDBPyConnection, slots: Ints) -> Floats:
    """Draws by cities. A city beyond the last slot shares one with a city far from it in the order."""
    drawn: dict[str, Any] = connection.execute(
        "select replicate, slot, weight from reference.bootstrap_weights"
    ).fetchnumpy()
    table = np.zeros((drawn["replicate"].max(), drawn["slot"].max()))
    table[drawn["replicate"] - 1, drawn["slot"] - 1] = drawn["weight"]
    cities = np.arange(slots.max() + 1 if len(slots) else 0)
    weights: Floats = table[:, cities % table.shape[1]]
    return weights


def _shares(parts: Floats, wholes: Floats) -> Floats:
    """Percentages; nothing (nan) where a draw has no whole."""
    wholes = np.repeat(wholes, parts.shape[1] // wholes.shape[1], axis=1)
    return np.divide(100 * parts, wholes, out=np.full_like(parts, np.nan), where=wholes > 0)


def _top(weights: Floats, uses: Floats) -> Floats:
    """The share of uses by the top five cities of each draw."""
    order = np.argsort(-uses, kind="stable")
    for first in (LEADING, len(uses)):
        leading = order[:first]
        drawn = weights[:, leading]
        before = np.cumsum(drawn, axis=1) - drawn
        if first >= len(uses) or bool((before[:, -1] >= TOP).all()):
            break
    top = np.clip(TOP - before, 0, drawn) @ uses[leading]
    return _shares(top[:, None], (weights @ uses)[:, None])[:, 0]


def _limits(draws: Floats) -> Floats:
    """Two rows, the 2.5% and 97.5% quantiles of each column (linear between draws, as quantile_cont), nan left out."""
    ordered = np.sort(draws, axis=0)  # nan last
    last = np.maximum((~np.isnan(draws)).sum(axis=0) - 1, 0)
    column = np.arange(draws.shape[1])

    def quantile(share: float) -> Floats:
        at = share * last
        below = np.floor(at).astype(np.int64)
        low = ordered[below, column]
        above: Floats = low + (at - below) * (ordered[np.minimum(below + 1, last), column] - low)
        return above

    return np.stack([quantile(0.025), quantile(0.975)])

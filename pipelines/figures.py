"""Figures from a release, for the command line."""

from pathlib import Path
from typing import Any

import duckdb

from assets.raw import casts
from assets.releases import publish

COLUMNS = (
    "grain, city_id, topic, dimension, dimension_value, basis, period, value, amount_usd, numerator, denominator,"
    " ci_low, ci_high, unit, state, status, reason"
)


class Unknown(Exception):
    """No such metric, release or key; the message says which there are."""


def show(
    releases: Path, metric: str, city: str | None, topic: str | None, period: str, release: str | None
) -> list[dict[str, Any]]:
    """The figure of `metric_values`, or one for each service where the metric is only told so. Raises Unknown."""
    release = release or publish.current(releases)
    if release is None or not (releases / release / publish.MANIFEST).exists():
        raise Unknown(f"no release {release or ''}; there are: {', '.join(publish.listing(releases)) or 'none yet'}")
    values = f"read_parquet({casts.file(releases / release / 'metric_values.parquet')})"
    with duckdb.connect() as connection:
        known = [m for (m,) in connection.execute(f"select distinct metric from {values} order by 1").fetchall()]
        if metric not in known:
            raise Unknown(f"no metric {metric!r} in release {release}; there are: {', '.join(known)}")
        found = connection.execute(
            f"select {COLUMNS} from {values} where metric = ? and period = ?"
            " and city_id is not distinct from ? and topic is not distinct from ? and engagement_id is null order by all",
            [metric, period, city, topic],
        )
        names = [d[0] for d in found.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    if not rows:
        raise Unknown(
            f"{metric} has no figure for period {period}, city {city or 'any'}, topic {topic or 'any'} in {release}"
        )
    whole = [row for row in rows if row["dimension"] is None]
    rows = whole or rows  # a breakdown is told only where there is no figure of the whole
    used = [n for n in names if any(row[n] is not None for row in rows)]
    return [{"release": release, "metric": metric, **{n: row[n] for n in used}} for row in rows]

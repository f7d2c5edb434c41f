"""Figures from a release, for the command line."""

from pathlib import Path
from typing import Any

from pipelines import released
from pipelines.released import Unknown

COLUMNS = (
    *("grain", "city_id", "topic", "engagement_id", "dimension", "dimension_value", "basis", "period", "value"),
    *("amount_usd", "numerator", "denominator", "ci_low", "ci_high", "unit", "state", "status", "reason"),
)
KEYS = {
    "period": "period",
    "city": "city_id",
    "topic": "topic",
    "engagement": "engagement_id",
    "breakdown": "dimension",
    "value": "dimension_value",
    "basis": "basis",
}
NAMED = 30  # of what there is, so that a message stays readable


def show(
    releases: Path,
    metric: str,
    city: str | None,
    topic: str | None,
    period: str,
    release: str | None,
    *,
    engagement: str | None = None,
    by: str | None = None,
) -> list[dict[str, Any]]:
    """The figure of `metric_values`; one for each value of the breakdown `by`. Raises Unknown.

    Without `by`: the whole, or the breakdowns where the metric is told only so.
    """
    release = released.named(releases, release)
    rows = find(published(releases, release), release, metric, period, city, topic, engagement=engagement, by=by)
    return shown(rows, release, metric)


def shown(rows: list[dict[str, Any]], release: str, metric: str) -> list[dict[str, Any]]:
    """Of these figures the columns that any of them has."""
    used = [name for name in COLUMNS if any(row[name] is not None for row in rows)]
    return [{"release": release, "metric": metric, **{name: row[name] for name in used}} for row in rows]


def published(releases: Path, release: str) -> str:
    """The figures of a release, as SQL reads them. Raises Unknown where it holds none."""
    values = released.table(releases, release, "metric_values")
    if values is None:
        raise Unknown(f"release {release} holds no figures")
    return values


def find(
    values: str,
    release: str,
    metric: str,
    period: str,
    city: str | None = None,
    topic: str | None = None,
    *,
    engagement: str | None = None,
    by: str | None = None,
    value: str | None = None,
    basis: str | None = None,
) -> list[dict[str, Any]]:
    """The rows of `values` (metric_values as SQL reads them) that fit, whole; what is null among by, value and basis is free.

    Of a metric that has a figure of the whole, breakdowns come only when by or value asks for them. release: what the figures
    are called. Raises Unknown.
    """
    known = [row["metric"] for row in released.rows(f"select distinct metric from {values} order by 1")]
    if metric not in known:
        raise Unknown(f"no metric {metric!r} in release {release}; there are: {', '.join(known)}")
    wanted = {"period": period, "city": city, "topic": topic, "engagement": engagement}
    free = {"breakdown": by, "value": value, "basis": basis}
    where = [f"{KEYS[key]} is not distinct from ?" for key in wanted]
    where += [f"{KEYS[key]} = ?" for key, asked in free.items() if asked is not None]
    given = [*wanted.values(), *(asked for asked in free.values() if asked is not None)]
    rows = released.rows(
        f"select * from {values} where metric = ? and {' and '.join(where)} order by {', '.join(COLUMNS)}",
        [metric, *given],
    )
    if not rows:
        raise Unknown(_missing(values, metric, wanted | free, release))
    whole = [row for row in rows if row["dimension"] is None]
    return whole or rows


def _missing(values: str, metric: str, wanted: dict[str, str | None], release: str) -> str:
    """Why there is no figure: the first key that the metric does not have, with those it has, or that they do not meet."""
    for key, value in wanted.items():
        if value is None:
            continue
        column, by = KEYS[key], wanted["breakdown"] if key == "value" else None
        found = released.rows(
            f"select distinct {column} as name from {values} where metric = ? and {column} is not null"
            " and coalesce(dimension = ?, true) order by 1",
            [metric, by],
        )
        names = [row["name"] for row in found]
        if value not in names:
            there = ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED:,} more" if len(names) > NAMED else "")
            return f"{metric} has no figure for {key} {value} in {release}; there are: {there or 'none'}"
    asked = ", ".join(f"{key} {value or 'any'}" for key, value in wanted.items() if value or key in ("city", "topic"))
    return f"{metric} has no figure for {asked} in {release}, though it has each of them apart"

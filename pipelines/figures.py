"""Figures from a release, for the command line."""

from pathlib import Path
from typing import Any

from pipelines import released
from pipelines.released import Unknown

COLUMNS = (
    "grain, city_id, topic, engagement_id, dimension, dimension_value, basis, period, value, amount_usd, numerator,"
    " denominator, ci_low, ci_high, unit, state, status, reason"
)
KEYS = {
    "period": "period",
    "city": "city_id",
    "topic": "topic",
    "engagement": "engagement_id",
    "breakdown": "dimension",
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
    values = released.table(releases, release, "metric_values")
    if values is None:
        raise Unknown(f"release {release} holds no figures")
    return find(values, release, metric, city, topic, period, engagement=engagement, by=by)


def find(
    values: str,
    release: str,
    metric: str,
    city: str | None,
    topic: str | None,
    period: str,
    *,
    engagement: str | None = None,
    by: str | None = None,
) -> list[dict[str, Any]]:
    """As `show`, from figures as SQL reads them; release: what they are called. Raises Unknown."""
    known = [row["metric"] for row in released.rows(f"select distinct metric from {values} order by 1")]
    if metric not in known:
        raise Unknown(f"no metric {metric!r} in release {release}; there are: {', '.join(known)}")
    wanted = {"period": period, "city": city, "topic": topic, "engagement": engagement}
    where = " and ".join(f"{KEYS[key]} is not distinct from ?" for key in wanted)
    split = "coalesce(dimension = ?, true)" if by is None else "dimension = ?"
    rows = released.rows(
        f"select {COLUMNS} from {values} where metric = ? and {where} and {split} order by all",
        [metric, *wanted.values(), by],
    )
    if not rows:
        raise Unknown(_missing(values, metric, wanted | {"breakdown": by}, release))
    whole = [row for row in rows if row["dimension"] is None]
    rows = whole or rows  # a breakdown that nobody asked for is told only where there is no figure of the whole
    used = [name for name in rows[0] if any(row[name] is not None for row in rows)]
    return [{"release": release, "metric": metric, **{name: row[name] for name in used}} for row in rows]


def _missing(values: str, metric: str, wanted: dict[str, str | None], release: str) -> str:
    """Why there is no figure: the first key that the metric does not have, with those it has, or that they do not meet."""
    for key, value in wanted.items():
        if value is None:
            continue
        column = KEYS[key]
        found = released.rows(
            f"select distinct {column} as name from {values} where metric = ? and {column} is not null order by 1",
            [metric],
        )
        names = [row["name"] for row in found]
        if value not in names:
            there = ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED:,} more" if len(names) > NAMED else "")
            return f"{metric} has no figure for {key} {value} in {release}; there are: {there or 'none'}"
    asked = ", ".join(f"{key} {value or 'any'}" for key, value in wanted.items() if value or key in ("city", "topic"))
    return f"{metric} has no figure for {asked} in {release}, though it has each of them apart"

"""The only opener of a release: what stands in HOME/releases, read with DuckDB in memory, never written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import streamlit as st

from assets.releases import seal
from pipelines.settings import home

Rows = list[dict[str, Any]]
METRIC_KEYS = ("city_id", "topic", "engagement_id", "dimension", "dimension_value", "basis")


class NoRelease(Exception):
    """There is no release to read; the message says why."""


class Damaged(NoRelease):
    """The release is not as it was published; files says of each what is wrong with it."""

    def __init__(self, release_id: str, files: list[str]) -> None:
        super().__init__(f"Release {release_id} is not as it was published, so nothing of it is shown.")
        self.release_id, self.files = release_id, files


@dataclass(frozen=True)
class Release:
    """A published release: its directory and its manifest. Immutable, so whatever is read from it may be kept."""

    id: str
    path: str
    manifest: Mapping[str, Any] = field(hash=False, compare=False)

    @property
    def as_of(self) -> date:
        return date.fromisoformat(str(self.manifest["as_of"])[:10])

    @property
    def synthetic(self) -> bool:
        return bool(self.manifest.get("synthetic"))

    def has(self, table: str) -> bool:
        """Whether the release carries `table`."""
        return _file(self.path, table).is_file()


def current_id() -> str:
    """The release that CURRENT names. Raises NoRelease where nothing was published yet."""
    pointer = home() / "releases" / "CURRENT"
    try:
        named = pointer.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise NoRelease("No release has been published yet.") from None
    if not named:
        raise NoRelease("The file that names the current release is empty.")
    return named


def release_ids() -> list[str]:
    """Every complete release, newest as-of first."""
    found = [path.parent.name for path in (home() / "releases").glob("[!.]*/manifest.json")]
    return sorted(found, key=_order, reverse=True)


def _order(release_id: str) -> tuple[str, int]:
    as_of, _, number = release_id.rpartition("-r")
    return as_of, int(number) if number.isdigit() else 0


def open_release(release_id: str) -> Release:
    """The release of that id, every file of which was found as published. Raises Damaged, else NoRelease."""
    path = home() / "releases" / release_id
    try:
        return Release(release_id, str(path), _verified(str(path)))
    except seal.Altered as altered:
        raise Damaged(release_id, altered.files) from None
    except OSError:
        raise NoRelease(f"Release {release_id} is named but cannot be read.") from None


@st.cache_data(show_spinner="Checking the release …", max_entries=16)
def _verified(path: str) -> dict[str, Any]:
    """Hashed once in the life of the server: what is read from a release is kept, too."""
    return seal.verified(Path(path))


def _file(path: str, table: str) -> Path:
    return Path(path) / f"{table}.parquet"


def _run(path: str, table: str, sql: str, values: tuple[Any, ...] = ()) -> pa.Table:
    with duckdb.connect(":memory:", config={"threads": 2}) as connection:
        connection.execute("set timezone = 'UTC'")
        source = str(_file(path, table)).replace("'", "''")
        return connection.sql(sql.format(source=f"read_parquet('{source}')"), params=values).to_arrow_table()


@st.cache_data(show_spinner=False, max_entries=16)
def columns(path: str, table: str) -> list[str]:
    """The columns of a table of the release at `path`."""
    return list(_run(path, table, "select * from {source} limit 0").column_names)


def _where(known: list[str], conditions: Mapping[str, Any]) -> tuple[str, tuple[Any, ...]]:
    """`conditions` (column -> value, None for null, a list for any of) as SQL; a column the table lacks is no row."""
    parts: list[str] = ["true"]
    values: list[Any] = []
    for column, wanted in conditions.items():
        if column not in known:
            return "false", ()
        if wanted is None:
            parts.append(f'"{column}" is null')
        elif isinstance(wanted, list | tuple):
            parts.append(f'"{column}" in ({", ".join("?" * len(wanted))})' if wanted else "false")
            values += wanted
        else:
            parts.append(f'"{column}" = ?')
            values.append(wanted)
    return " and ".join(parts), tuple(values)


@st.cache_data(show_spinner=False, max_entries=512)
def _select(path: str, table: str, conditions: dict[str, Any], order: str, limit: int | None) -> pa.Table:
    where, values = _where(columns(path, table), conditions)
    asked = [term.partition(" ") for term in order.split(", ")]
    terms = [f'"{column}"{space}{way}' for column, space, way in asked if column in columns(path, table)]
    tail = f" order by {', '.join(terms)}" if terms else ""
    tail += f" limit {limit}" if limit is not None else ""
    return _run(path, table, f"select * from {{source}} where {where}{tail}", values)


def table(release: Release, name: str, order: str = "", limit: int | None = None, **conditions: Any) -> pa.Table | None:
    """The rows of a table that meet `conditions`, typed (money stays decimal); None if the release lacks the table."""
    return _select(release.path, name, conditions, order, limit) if release.has(name) else None


def rows(release: Release, name: str, order: str = "", limit: int | None = None, **conditions: Any) -> Rows:
    """As `table`, as dicts with None for what is missing; empty if the release lacks the table."""
    found = table(release, name, order, limit, **conditions)
    return [] if found is None else found.to_pylist()


@st.cache_data(show_spinner=False, max_entries=512)
def _count(path: str, name: str, conditions: dict[str, Any]) -> int:
    where, values = _where(columns(path, name), conditions)
    return int(_run(path, name, f"select count(*) as n from {{source}} where {where}", values)["n"][0].as_py())


def count(release: Release, name: str, **conditions: Any) -> int | None:
    """How many rows of a table meet `conditions`; None if the release lacks the table."""
    return _count(release.path, name, conditions) if release.has(name) else None


@st.cache_data(show_spinner=False, max_entries=8)
def _periods(path: str) -> Rows:
    sql = """select distinct period_type, period, period_start, period_end from {source}
             order by period_type, period_start"""
    return list(_run(path, "metric_values", sql).to_pylist())


def periods(release: Release) -> Rows:
    """Every period that has a figure, by type and time: period_type, period, period_start, period_end."""
    return _periods(release.path) if release.has("metric_values") else []


def curve(release: Release, metric: str, period: Mapping[str, Any] | None, **keys: Any) -> tuple[Rows, dict[str, Any]]:
    """A survival curve for the period, else for the fiscal year around it, else to date; and the period that it is of."""
    known = [p for p in periods(release) if p["period_type"] in ("fiscal_year", "to_date")]
    around = [p for p in known if period and p["period_start"] <= period["period_end"] <= p["period_end"]]
    around.sort(key=lambda p: (p["period_type"] != (period or {}).get("period_type"), p["period_type"] == "to_date"))
    for each in around or known:
        of = {"period_type": each["period_type"], "period": each["period"], "dimension": None}
        found = rows(release, "survival_curves", "cause, t", metric=metric, **of, **keys)
        if found:
            return found, each
    return [], {}


@st.cache_data(show_spinner=False, max_entries=64)
def _tally(path: str, name: str, by: str, day: str, since: date, until: date, conditions: dict[str, Any]) -> Rows:
    known = columns(path, name)
    where, values = _where(known, conditions)
    if not {by, day} <= set(known):
        return []
    sql = f"""select "{by}", count(*) as records from {{source}} where {where} and "{day}" between ? and ?
              group by all order by records desc, "{by}" """
    return list(_run(path, name, sql, (*values, since, until)).to_pylist())


def tally(release: Release, name: str, by: str, day: str, period: Mapping[str, Any] | None, **conditions: Any) -> Rows:
    """How many rows of a table whose `day` lies in the period there are for each `by`, most first."""
    if period is None or not release.has(name):
        return []
    return _tally(release.path, name, by, day, period["period_start"], period["period_end"], conditions)


@st.cache_data(show_spinner=False, max_entries=16)
def _restated(path: str) -> Rows:
    keys = ", ".join(("metric", "grain", *METRIC_KEYS, "period_type", "period"))
    sql = f"""select old_release as old, count(distinct ({keys})) as figures from {{source}}
              where is_material group by old_release"""
    return list(_run(path, "restatements", sql).to_pylist())


def restated(release: Release) -> tuple[str, int] | None:
    """The release that this one restates materially, and how many of its final figures; None where it restates none."""
    if not release.has("restatements") or "is_material" not in columns(release.path, "restatements"):
        return None
    found = _restated(release.path)
    return (found[0]["old"], found[0]["figures"]) if found else None


def figures(release: Release, metric: str | list[str], grain: str, order: str = "period_start", **keys: Any) -> Rows:
    """The rows of `metric_values` of a metric and grain, each with its release. Keys left out are free, but for
    `basis` and `dimension`, which are null.
    """
    conditions = {"metric": metric, "grain": grain, "dimension": None, "basis": None} | keys
    return [row | {"release": release.id} for row in rows(release, "metric_values", order, **conditions)]


def dictionary(release: Release) -> dict[str, dict[str, Any]]:
    """The metric catalog of the release, by metric id."""
    return {row["metric"]: row for row in rows(release, "metrics")}

"""The whole passport of one published figure, told from its release alone: for the command `explain` and for its page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from assets import catalog
from assets.catalog import Metric
from assets.releases import passport
from assets.releases.passport import FORMULA as FORMULA
from assets.releases.passport import KEYS as KEYS
from assets.releases.passport import NoPassport
from assets.releases.passport import plain_text as plain_text

NOT_TOLD = "the records behind this metric are not told yet"
INTERVALS = {  # by `interval` of the metric
    "wilson": "Wilson's interval of a proportion, from the two counts",
    "poisson": "the exact interval of a Poisson count, over the same denominator",
    "given": "estimated with the figure itself; the limits and docs/methods.md say how",
    "none": "none: it is worked out from what is on record, not estimated",
}
FACTS = ("release", "program", "as_of", "known_on", "created_at", "code_version", "catalog_version", "synthetic")
FILE = ("source", "name", "sha256", "received", "accepted", "quarantined", "repeats")


@dataclass(frozen=True)
class Passport:
    """figure: its row of metric_values; metric: its definition, as the release has it; facts: of the manifest.

    files: those received of its feeds; absent: feeds of which nothing came; sql: what makes the figure and tells the records.
    counted: how many records count, None where they are not told; left_out: how many do not, by reason; again: numerator,
    denominator and value as the records give them; same: whether that is the figure, None where nothing was compared;
    why: why the records are not told or not compared.
    """

    facts: dict[str, Any]
    figure: dict[str, Any]
    metric: dict[str, Any]
    city: str | None
    files: list[dict[str, Any]]
    absent: list[str]
    sql: list[str]
    counted: int | None = None
    left_out: dict[str, int] = field(default_factory=dict)
    again: dict[str, Any] | None = None
    same: bool | None = None
    why: str = ""

    @property
    def synthetic(self) -> bool:
        return bool(self.facts["synthetic"])

    @property
    def interval(self) -> str:
        """How the interval of the figure comes about, in words."""
        return INTERVALS.get(self.metric.get("interval", ""), "")


def of(connection: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any], keys: Mapping[str, Any]) -> Passport:
    """The passport of the figure with these keys (passport.KEYS). Raises NoPassport where there is no such figure.

    connection: of passport.connect; asked.rows and asked.records are there afterwards where the records are told.
    """
    row = _figure(connection, keys)
    definition = _first(connection, "metrics", "metric", row["metric"])
    entry = catalog.load().metrics.get(row["metric"])
    city = _first(connection, "cities", "city_id", row["city_id"]) if row["city_id"] else {}
    feeds = [feed for feed in str(definition.get("feeds") or "").split(", ") if feed]
    files = [{key: each.get(key) for key in FILE} for each in manifest.get("sources", []) if each["source"] in feeds]
    told: dict[str, Any] = {
        "facts": {key: manifest.get(key) for key in FACTS},
        "figure": row,
        "metric": definition,
        "city": f"{city['name']}, {city['state']}" if city else None,
        "files": sorted(files, key=lambda each: (each["source"], each["name"])),
        "absent": sorted(set(feeds) - {each["source"] for each in files}),
        "sql": [text for text in [definition.get("source")] if text],
    }
    try:
        metric = _told(entry, row)
        told["sql"] += [f"sql/rows/{metric.rows}.sql"]
        passport.ask(connection, keys)
        passport.behind(connection, metric)
    except NoPassport as none:
        return Passport(**told, why=str(none))
    except duckdb.Error as error:
        lacks = str(error).splitlines()[0]
        return Passport(**told, why=f"the release lacks what {told['sql'][-1]} reads; publish it again ({lacks})")
    told |= {"counted": _count(connection), "left_out": passport.left_out(connection)}
    try:
        again = passport.recomputed(connection, metric, catalog.load())
    except duckdb.Error as error:
        return Passport(**told, why=f"the records could not be put together again ({str(error).splitlines()[0]})")
    same = agrees(row, again, metric.decimals)
    why = "" if same is not None else "the figure has no count and no value to compare with"
    found = dict(zip(("numerator", "denominator", "value"), again, strict=True))
    return Passport(**told, again=found, same=same, why=why)


def agrees(figure: Mapping[str, Any], again: tuple[Any, Any, Any], decimals: int) -> bool | None:
    """Whether records give the published figure: counts and money exactly, a value to its published decimals.

    None where there is nothing to compare.
    """
    numerator, denominator, value = again
    checks = []
    for published, found in ((figure["numerator"], numerator), (figure["denominator"], denominator)):
        if published is not None and (found is not None or published == 0):
            checks.append(float(found or 0) == published)
    if figure["state"] == "value":
        amount = figure["amount_usd"]
        if amount is not None:
            checks.append(value is not None and Decimal(value).quantize(amount) == amount)
        else:
            slack = 0.5 * 10**-decimals + 1e-9 * max(1.0, abs(figure["value"]))
            checks.append(value is not None and abs(float(value) - figure["value"]) <= slack)
    return all(checks) if checks else None


def command(connection: duckdb.DuckDBPyConnection, told: Passport, path: Path) -> str:
    """The line that works the figure out again from its exported records; empty where there is no figure to give again."""
    if told.same is None:
        return ""
    entries = catalog.load()
    return passport.command(connection, entries.metrics[told.figure["metric"]], entries, path)


@dataclass(frozen=True)
class Opened:
    """A passport with its records: those that count, as they are exported, and those left out, each with its reason.

    None where they are not told. line: works the figure out again from the file of those that count.
    """

    told: Passport
    rows: pa.Table | None = None
    out: pa.Table | None = None
    line: str = ""


def opened(folder: Path, manifest: Mapping[str, Any], keys: Mapping[str, Any], file: str) -> Opened:
    """The passport of a figure of the release in `folder`, with its records; `file` is the name they will have.

    Raises NoPassport where there is no such figure.
    """
    with passport.connect(folder) as connection:
        told = of(connection, manifest, keys)
        if told.counted is None:
            return Opened(told)
        out = connection.sql("select * from asked.records where left_out is not null").to_arrow_table()
        line = command(connection, told, Path(file))
        return Opened(told, passport.counting(connection, told.synthetic), out, line)


def _told(entry: Metric | None, row: Mapping[str, Any]) -> Metric:
    """The metric as this program knows it. Raises NoPassport where it cannot tell the records of the figure."""
    if entry is None:
        raise NoPassport("this program no longer knows the metric; the version that published the release does")
    if str(row.get("metric_version")) != str(entry.version):
        raise NoPassport(
            f"the figure was published with version {row.get('metric_version')} of the metric, and this program knows "
            f"version {entry.version}"
        )
    if not entry.rows:
        raise NoPassport(NOT_TOLD)
    return entry


def _figure(connection: duckdb.DuckDBPyConnection, keys: Mapping[str, Any]) -> dict[str, Any]:
    """The row of metric_values with these keys. Raises NoPassport."""
    where = " and ".join(f"{key} is not distinct from ?" for key in KEYS)
    try:
        query = f"select * from published.metric_values where {where}"
        found = connection.sql(query, params=[keys.get(k) for k in KEYS]).to_arrow_table().to_pylist()
    except duckdb.CatalogException as error:
        raise NoPassport("the release holds no figures") from error
    if len(found) != 1:
        raise NoPassport(f"no figure has {', '.join(f'{k} {v}' for k, v in keys.items() if v is not None)}")
    return dict(found[0])


def _first(connection: duckdb.DuckDBPyConnection, table: str, column: str, value: str) -> dict[str, Any]:
    """The row of a table of the release that has this key; empty where there is none."""
    try:
        query = f"select * from published.{table} where {column} = ?"
        found = connection.sql(query, params=[value]).to_arrow_table().to_pylist()
    except duckdb.CatalogException:
        return {}
    return found[0] if found else {}


def _count(connection: duckdb.DuckDBPyConnection) -> int:
    return int(connection.execute("select count(*) from asked.rows").fetchall()[0][0])

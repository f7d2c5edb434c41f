"""Passports: what stands behind one published figure, worked out from the tables of its own release and nothing else.

sql/rows/<family>.sql gives the records behind a figure of its metrics. It reads `published.<table>`, the files of the
release, and `asked.figure`, one row: the figure's row of metric_values with the instants of its period. Each of its rows is
a record: feed, record_id, left_out (null where it counts, else the first reason why it does not), then whatever the
figure is worked out from. assets/catalog/recompute.yml says how.
"""

import json
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from assets.catalog import Catalog, Metric
from assets.models import FOLDER
from assets.raw.casts import file, name, quote
from assets.whole import whole

KEYS = (
    *("metric", "grain", "city_id", "topic", "engagement_id", "dimension", "dimension_value", "basis"),
    *("period_type", "period"),
)
ASKED = """
    create or replace table asked.figure as
    select v.*, p.starts_at, p.ends_at, p.closes_at, p.ordinal, a.* exclude (time_zone, calendar)
    from published.metric_values as v
    inner join published.periods as p on p.period_type = v.period_type and p.period = v.period
    cross join published.params as a
    where {where}
"""
FORMULA = "^([=+@\t\r\n\uff1d\uff0b\uff0d\uff20-])"  # and their full-width forms
SYNTHETIC = "synthetic"  # in column `data` of every row of a file, where the release is made up


class NoPassport(Exception):
    """There is nothing to show; the message says why and what to do."""


def connect(folder: Path) -> duckdb.DuckDBPyConnection:
    """The tables of a release, as schema `published` in memory."""
    connection = duckdb.connect(":memory:", config={"threads": 2})
    connection.execute("set timezone = 'UTC'")
    connection.execute("create schema published")
    connection.execute("create schema asked")
    for path in sorted(folder.glob("*.parquet")):
        connection.execute(f"create view published.{name(path.stem)} as select * from read_parquet({file(path)})")
    return connection


def ask(connection: duckdb.DuckDBPyConnection, keys: Mapping[str, Any]) -> dict[str, Any]:
    """The one figure with these keys (KEYS; one that is absent is null). Raises NoPassport where there is none."""
    missing = [t for t in ("metric_values", "periods", "params") if not _has(connection, t)]
    if missing:
        raise NoPassport(
            f"the release has no table {', '.join(missing)}: it was published before figures had passports; "
            "publish the period again with `cities311 run --as-of`"
        )
    where = " and ".join(f"v.{key} is not distinct from ?" for key in KEYS)
    connection.execute(ASKED.format(where=where), [keys.get(key) for key in KEYS])
    found = connection.sql("select * from asked.figure").to_arrow_table().to_pylist()
    if len(found) != 1:
        told = ", ".join(f"{key} {value}" for key, value in keys.items() if value is not None)
        raise NoPassport(f"no figure has {told}")
    return dict(found[0])


def behind(connection: duckdb.DuckDBPyConnection, metric: Metric) -> None:
    """Makes the tables asked.records (every row of sql/rows) and asked.rows (those that count) of the figure asked for."""
    connection.execute(f"create or replace table asked.records as\n{text(metric)}")
    connection.execute(
        "create or replace table asked.rows as select * exclude (left_out) from asked.records where left_out is null"
    )


def left_out(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many records of the figure's scope do not count, by reason."""
    query = "select left_out, count(*) from asked.records where left_out is not null group by all order by 2 desc, 1"
    return dict(connection.execute(query).fetchall())


def recomputed(
    connection: duckdb.DuckDBPyConnection, metric: Metric, entries: Catalog, rows: str = "asked.rows"
) -> tuple[Any, Any, Any]:
    """Numerator, denominator and value before rounding, from the rows behind the figure (or from a file of them)."""
    found = connection.execute(formula(metric, entries, rows)).fetchall()
    (answer,) = found
    return answer


def formula(metric: Metric, entries: Catalog, rows: str) -> str:
    """The select that works a metric out again from `rows`."""
    method, _, argument = metric.recompute.partition("(")
    return re.sub(
        r"\bfrom rows\b", f"from {rows}", entries.recompute[method].replace("{1}", argument.rstrip(")")).strip()
    )


def counting(connection: duckdb.DuckDBPyConnection, synthetic: bool) -> pa.Table:
    """The records that count, as they are exported; each says so where the release is synthetic."""
    rows = connection.sql("select * from asked.rows").to_arrow_table()
    return rows.append_column("data", pa.array([SYNTHETIC] * rows.num_rows, pa.string())) if synthetic else rows


def export(connection: duckdb.DuckDBPyConnection, path: Path, synthetic: bool) -> None:
    """Writes the records that count to a .csv or .parquet file. Raises OSError."""
    rows = counting(connection, synthetic)
    with whole(path) as part:
        if path.suffix == ".parquet":
            pq.write_table(rows, part)
        else:
            pyarrow.csv.write_csv(plain_text(rows), part)


def plain_text(data: pa.Table) -> pa.Table:
    """A table whose text no spreadsheet takes for a formula: an apostrophe before what begins like one; numbers stay.

    Which first characters: OWASP, CSV Injection.
    """
    for place, field in enumerate(data.schema):
        if pa.types.is_dictionary(field.type) or pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
            text = pc.replace_substring_regex(data.column(place).cast(pa.string()), FORMULA, r"'\1")
            data = data.set_column(place, field.name, text)
    return data


def command(connection: duckdb.DuckDBPyConnection, metric: Metric, entries: Catalog, path: Path) -> str:
    """One line that works the figure out again from the exported file alone.

    A CSV does not say of which type its columns are, and one without rows not even a guess: the line says it.
    """
    text = re.sub(r"([*?\[])", r"[\1]", str(path))
    source = quote(text) if "$" in text else f"$${text}$$"
    reader = f"read_parquet({source})"
    if path.suffix != ".parquet":
        used = set(re.findall(r"\w+", formula(metric, entries, "rows")))
        types = {c: kind for c, kind, *_ in connection.execute("describe asked.rows").fetchall() if c in used}
        told = ", ".join(f"{column}: $${kind}$$" for column, kind in types.items())
        reader = f"read_csv({source}, types = {{{told}}})" if told else f"read_csv({source})"
    query = " ".join(formula(metric, entries, reader).split())
    script = f"import duckdb; print(*duckdb.execute({json.dumps(query, ensure_ascii=False)}).fetchall())"
    return "python -c " + shlex.quote(script)


def text(metric: Metric) -> str:
    """The select of sql/rows that gives the records behind a metric."""
    return (FOLDER / "rows" / f"{metric.rows}.sql").read_text(encoding="utf-8")


def _has(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    query = "select count(*) from duckdb_views() where schema_name = 'published' and view_name = ?"
    return bool(connection.execute(query, [table]).fetchall()[0][0])

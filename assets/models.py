"""`sql/<layer>/<table>.sql` as tables: what each reads, in which order they are made, and whether one must be made again.

What SQL cannot state is made by a function of assets/metrics, in the same order and by the same rules.
Keep this small. The day it wants macros, packages or a command line of its own, take a library instead.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa
import sqlglot
from sqlglot import exp

from assets.catalog import Pieces
from assets.metrics import Computed, computed
from assets.pieces import Follower

FOLDER = Path(__file__).parents[1] / "sql"
READS = {  # a layer reads these and no other
    "staging": {"raw", "staging", "reference"},
    "core": {"staging", "core", "reference"},
    "metrics": {"core", "metrics", "reference"},
    "published": {"core", "metrics", "published", "reference"},
}
REFERENCE = (
    "params", "knowledge", "periods", "hours", "business_days", "topics", "metrics", "places", "place_names", "place_aliases",
    "county_systems",
    "bootstrap_weights", "poisson_limits", "rules", "topic_words", "decided_duplicates", "locked_periods", "receipts",
    "due_days",
)  # fmt: skip


class ModelError(Exception):
    """A SQL file that does not fit in; the message begins with its name."""


@dataclass(frozen=True)
class Model:
    """One SQL file. table: `<layer>.<name>`; reads: the tables it selects from; description: its first comment lines.

    make: gives the rows of a table that is made in Python; sql is then the text of its module.
    """

    table: str
    layer: str
    path: Path
    sql: str
    reads: frozenset[str]
    description: str
    make: Callable[[duckdb.DuckDBPyConnection], pa.Table] | None = None


class Stood(NamedTuple):
    """A table that stands. fingerprint: of its text and inputs; version: the fingerprint by which its rows last changed."""

    fingerprint: str
    rows: int
    version: str


@dataclass(frozen=True)
class Made:
    """What became of one table in a build: its rows, the seconds it took, and whether it was made (else it stood)."""

    table: str
    rows: int
    seconds: float
    made: bool


def load(sources: Iterable[str], folder: Path = FOLDER) -> dict[str, Model]:
    """Every model, each after those it reads. `sources`: the names of the raw tables.

    Raises ModelError for a file that does not parse, reads a table that is not there, skips a layer, or is in a cycle.
    """
    models = {m.table: m for path in sorted(folder.glob("*/*.sql")) if (m := _read(path)).layer in READS}
    models |= {c.table: _computed(c) for c in computed()} if folder == FOLDER else {}
    known = set(models) | {f"raw.{s}" for s in sources} | {f"reference.{t}" for t in REFERENCE}
    for model in models.values():
        for table in sorted(model.reads):
            if table not in known:
                raise ModelError(f"{_where(model.path)}: reads {table}, which no file and no source makes")
            if table.split(".")[0] not in READS[model.layer]:
                allowed = ", ".join(sorted(READS[model.layer]))
                raise ModelError(f"{_where(model.path)}: {model.layer} reads {table}; it may read only {allowed}")
    graph = {table: sorted(model.reads & set(models)) for table, model in models.items()}
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = error.args[1]
        raise ModelError(f"{_where(models[circle[0]].path)}: a cycle: {' -> '.join(reversed(circle))}") from error
    return {table: models[table] for table in order}


def build(
    connection: duckdb.DuckDBPyConnection,
    models: Mapping[str, Model],
    inputs: Mapping[str, str],
    report: Callable[[Made], None] = lambda made: None,
    pieces: Mapping[str, Pieces] | None = None,
) -> dict[str, Made]:
    """Makes, in order, the tables whose text or inputs changed. `inputs`: a fingerprint of each raw and reference table.

    pieces: the tables of which only the pieces that changed are made again. Where none did, the table stands as it is.
    A table and its fingerprint are written in one transaction, so that a killed run leaves only whole tables.
    """
    stood = prepare(connection)
    follower = Follower(connection)
    versions = dict(inputs)
    result = {}
    for table, model in models.items():
        parts = [model.sql, duckdb.__version__, *(f"{read}={versions[read]}" for read in sorted(model.reads))]
        fingerprint = hashlib.sha256("\n".join(parts).encode()).hexdigest()
        started = time.perf_counter()
        one = stood.get(table)
        made = one is None or one.fingerprint != fingerprint
        if one is None or made:
            one, made = _make(connection, model, fingerprint, one, (pieces or {}).get(table), follower)
        versions[table] = one.version
        result[table] = Made(table, one.rows, time.perf_counter() - started, made)
        report(result[table])
    return result


def prepare(connection: duckdb.DuckDBPyConnection) -> dict[str, Stood]:
    """The schemas, and what is known of each table that stands."""
    for schema in (*READS, "meta"):
        connection.execute(f"create schema if not exists {schema}")
    connection.execute(
        "create table if not exists meta.tables (name varchar primary key, fingerprint varchar, rows bigint, version varchar)"
    )
    connection.execute("alter table meta.tables add column if not exists version varchar")
    connection.execute("create table if not exists meta.checked (name varchar primary key, fingerprint varchar)")
    connection.execute(
        'create table if not exists meta.checks (name varchar, "table" varchar, severity varchar, passed boolean,'
        " failed_rows bigint, detail varchar)"
    )
    found = connection.execute("select name, fingerprint, rows, coalesce(version, fingerprint) from meta.tables")
    return {name: Stood(*told) for name, *told in found.fetchall()}


def _make(
    connection: duckdb.DuckDBPyConnection,
    model: Model,
    fingerprint: str,
    stood: Stood | None,
    pieces: Pieces | None,
    follower: Follower,
) -> tuple[Stood, bool]:
    """Makes a table, or the pieces of it that changed. False where none did: then it keeps its version."""
    connection.execute("begin")
    try:
        now = follower.prints(model.sql, model.reads, pieces) if pieces else {}
        before = follower.stood(model.table, pieces.by) if pieces and stood else {}
        stale = {piece for piece in now.keys() | before.keys() if now.get(piece) != before.get(piece)}
        changed = not before or bool(stale)
        if pieces and before.keys() - stale:
            if stale:
                follower.remake(model.table, model.sql, model.reads, pieces, stale)
        elif changed:
            _make_whole(connection, model)
        if pieces:
            follower.made(model.table, now, pieces.by)
        else:
            follower.forget(model.table)
        (rows,) = connection.execute(f"select count(*) from {model.table}").fetchall()[0]
        version = fingerprint if changed or stood is None else stood.version
        one = Stood(fingerprint, rows, version)
        connection.execute("insert or replace into meta.tables values (?, ?, ?, ?)", [model.table, *one])
        connection.execute("commit")
    except Exception as error:
        connection.execute("rollback")
        raise ModelError(f"{_where(model.path)}: {error}") from error
    return one, changed


def _make_whole(connection: duckdb.DuckDBPyConnection, model: Model) -> None:
    if model.make:
        connection.register("computed", model.make(connection))
        connection.execute(f"create or replace table {model.table} as select * from computed")
        connection.unregister("computed")
    else:
        connection.execute(f"create or replace table {model.table} as\n{model.sql}")


def _read(path: Path) -> Model:
    sql = path.read_text(encoding="utf-8")
    try:
        statements = [s for s in sqlglot.parse(sql, read="duckdb") if s is not None]
    except sqlglot.errors.ParseError as error:
        raise ModelError(f"{_where(path)}: {error}") from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise ModelError(f"{_where(path)}: expected one select, found {len(statements)} statements")
    within = {cte.alias_or_name for cte in statements[0].find_all(exp.CTE)}
    reads = {f"{t.db}.{t.name}" if t.db else t.name for t in statements[0].find_all(exp.Table) if t.name} - within
    comments = [line[2:].strip() for line in sql.splitlines() if line.startswith("--")]
    return Model(f"{path.parent.name}.{path.stem}", path.parent.name, path, sql, frozenset(reads), "\n".join(comments))


def _computed(one: Computed) -> Model:
    layer, name = one.table.split(".")
    path = FOLDER.parent / "assets" / layer / f"{name}.py"
    return Model(one.table, layer, path, one.source, one.reads, one.description, one.make)


def _where(path: Path) -> str:
    return f"{'sql' if path.suffix == '.sql' else 'assets'}/{path.parent.name}/{path.name}"

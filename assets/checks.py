"""Checks made from the catalog: key, nulls, accepted values, ranges, references, row counts and each table's own.

One outcome per rule; a rule that fails with severity `fail` keeps the release back.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from assets.catalog import Severity, Source, Table
from assets.raw import corrections
from assets.raw.casts import name, quote
from assets.raw.reading import Unreadable
from assets.raw.receipts import Receipt

SHOWN = 5  # keys of failing rows that a message names


@dataclass(frozen=True)
class Outcome:
    """One rule on one table. detail names the keys of the first failing rows (keys are never personal)."""

    name: str
    table: str
    severity: Severity
    passed: bool
    failed_rows: int = 0
    detail: str = ""


def check_table(connection: duckdb.DuckDBPyConnection, table: Table) -> list[Outcome]:
    """Every rule of one warehouse table."""
    outcomes = [_key(connection, table), _rows(connection, table.table, table)]
    outcomes += [_rule(connection, table, *rule) for rule in _rules(table)]
    for c in table.checks:
        failing, expected = f"not coalesce({c.test}, true)", c.description or c.test
        outcomes.append(_rule(connection, table, c.name, failing, c.severity, expected, c.shows))
    return outcomes


def check_source(connection: duckdb.DuckDBPyConnection, source: Source, receipts: Iterable[Receipt]) -> list[Outcome]:
    """Of one raw table: nothing lost in any of its files, and a plausible number of rows."""
    files = [r for r in receipts if r.table == source.source]
    if not files:
        return []
    raw = f"raw.{source.source}"
    lost = [r.name for r in files if r.received != r.accepted + r.quarantined + r.repeats]
    counted = {
        (n, s): c
        for n, s, c in connection.execute(f"select _file, _sha256, count(*) from {raw} group by all").fetchall()
    }
    lost += [r.name for r in files if r.status == "accepted" and counted.get((r.name, r.sha256), 0) != r.accepted]
    conserved = Outcome("nothing_lost", raw, "fail", not lost, len(lost), ", ".join(lost[:SHOWN]))
    return [conserved, _rows(connection, raw, source)]


def check_corrections(landing: Path, sources: Iterable[Source], receipts: Iterable[Receipt]) -> list[Outcome]:
    """Of each corrections.yml: whether its corrections still mend what they were made for. receipts: oldest first."""
    accepted, outcomes = [r for r in receipts if r.status == "accepted"], []
    every = list(sources)
    for path in sorted(landing.glob(f"*/**/{corrections.NAME}")):
        folder = path.parent.relative_to(landing)
        tables = [s for s in every if s.landing_folder == folder.parts[0]]
        try:
            told = corrections.load(path.parent, tables)
        except Unreadable:  # its files say so
            continue
        here = [r for r in accepted if r.name.startswith(f"{folder.as_posix()}/")]
        if tables and told.corrections:
            found = [why for c in told.corrections if (why := corrections.outstanding(c, here))]
            wanted = told.corrections[0].columns()
            table = next(f"raw.{s.source}" for s in tables if wanted <= set(s.columns))
            outcomes.append(
                Outcome(f"corrections_of_{folder.as_posix()}", table, "fail", not found, len(found), "; ".join(found))
            )
    return outcomes


def _rules(table: Table) -> list[tuple[str, str, Severity, str]]:
    """(name, SQL that is true of a failing row, severity, what was expected)."""
    rules: list[tuple[str, str, Severity, str]] = []
    for column, spec in table.columns.items():
        c, add = name(column), rules.append
        if spec.not_null:
            add((f"{column}_not_null", f"{c} is null", spec.severity, "a value"))
        if spec.accepted is not None:
            values = ", ".join(map(quote, spec.accepted))
            add((f"{column}_accepted", f"{c} not in ({values})", spec.severity, f"one of {', '.join(spec.accepted)}"))
        if spec.min is not None:
            add((f"{column}_min", f"{c} < {spec.min:g}", spec.severity, f"at least {spec.min:g}"))
        if spec.max is not None:
            add((f"{column}_max", f"{c} > {spec.max:g}", spec.severity, f"at most {spec.max:g}"))
        if spec.references:
            parent, _, key = spec.references.rpartition(".")
            test = f"{c} is not null and {c} not in (select {name(key)} from {parent} where {name(key)} is not null)"
            add((f"{column}_references", test, spec.severity, f"a row of {parent}"))
    return rules


def _rule(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    rule: str,
    failing: str,
    severity: Severity,
    expected: str,
    shows: Iterable[str] = (),
) -> Outcome:
    told = [*table.key, *shows]
    (count,) = connection.execute(f"select count(*) from {table.table} where {failing}").fetchall()[0]
    if not count:
        return Outcome(rule, table.table, severity, True)
    columns = ", ".join(map(name, told))
    rows = connection.execute(
        f"select {columns} from {table.table} where {failing} order by all limit {SHOWN}"
    ).fetchall()
    return Outcome(rule, table.table, severity, False, count, f"expected {expected}; {_named(told, rows)}")


def _key(connection: duckdb.DuckDBPyConnection, table: Table) -> Outcome:
    keys = ", ".join(name(k) for k in table.key)
    rows = connection.execute(
        f"select {keys}, count(*) as n from {table.table} group by {keys} having count(*) > 1 order by all"
    ).fetchall()
    named = _named(table.key, [row[:-1] for row in rows[:SHOWN]])
    detail = f"expected one row per {', '.join(table.key)}; {named}" if rows else ""
    return Outcome("key_unique", table.table, "fail", not rows, len(rows), detail)


def _rows(connection: duckdb.DuckDBPyConnection, table: str, spec: Table | Source) -> Outcome:
    (count,) = connection.execute(f"select count(*) from {table}").fetchall()[0]
    low, high = spec.rows.min, spec.rows.max
    passed = count >= low and (high is None or count <= high)
    expected = f"at least {low:,}" if high is None else f"{low:,} to {high:,}"
    return Outcome(
        "row_count",
        table,
        spec.rows.severity,
        passed,
        0,
        "" if passed else f"expected {expected} rows, found {count:,}",
    )


def _named(key: list[str], rows: list[tuple[object, ...]]) -> str:
    return "rows " + "; ".join(", ".join(f"{k} {v}" for k, v in zip(key, row, strict=True)) for row in rows)

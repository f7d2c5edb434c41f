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
    outcomes = [*([_key(connection, table)] if table.key else []), _rows(connection, table.table, table)]
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
    rows = connection.execute(f"select _file, _order, count(*) from {raw} group by all").fetchall()
    counted = {(name, order): count for name, order, count in rows}
    lost += [r.name for r in files if r.status == "accepted" and counted.get((r.name, r.order), 0) != r.accepted]
    conserved = Outcome("nothing_lost", raw, "fail", not lost, len(lost), ", ".join(lost[:SHOWN]))
    return [conserved, _rows(connection, raw, source)]


def check_readings(landing: Path, receipts: Iterable[Receipt]) -> list[Outcome]:
    """Of each table that a mapping may speak of: whether files that are no longer in landing were read by the rule for keys
    that the mapping now has. Read by two rules, one record would be two."""
    outcomes = []
    known = [r for r in receipts if r.status == "accepted" and r.key_rule]
    for table in sorted({r.table for r in known}):
        files = [r for r in known if r.table == table]
        last = {r.name: r for r in sorted(files, key=lambda r: r.order)}
        found = [
            f"{r.name} ({r.sha256[:12]})"
            for r in files
            if (r is not last[r.name] and r.key_rule != last[r.name].key_rule)
            or (
                not (landing / r.name).exists()
                and any(o.sha256 == r.sha256 and o.key_rule != r.key_rule for o in files)
            )
        ]
        told = (
            f"read by another rule for keys than now, and no longer in landing: {', '.join(sorted(set(found))[:SHOWN])}"
        )
        detail = f"{told}; land them again, or withdraw them in corrections.yml by their sha256" if found else ""
        outcomes.append(Outcome("keys_read_by_one_rule", f"raw.{table}", "fail", not found, len(found), detail))
    return outcomes


def check_corrections(landing: Path, sources: Iterable[Source], receipts: Iterable[Receipt]) -> list[Outcome]:
    """Of each corrections.yml: whether its corrections still mend what they were made for.

    receipts: all that ever came, oldest first.
    """
    every_file, outcomes = list(receipts), []
    accepted = [r for r in every_file if r.status == "accepted"]
    every = list(sources)
    for path in sorted(landing.glob(f"*/**/{corrections.NAME}")):
        folder = path.parent.relative_to(landing)
        tables = [s for s in every if s.landing_folder == folder.parts[0]]
        tables.sort(key=lambda s: s.source != folder.parts[0])  # the one that is called so goes first
        try:
            told = corrections.load(path.parent, tables)
        except Unreadable:  # its files say so
            continue
        within = f"{folder.as_posix()}/"
        here = {r.name.removeprefix(within): r for r in accepted if r.name.startswith(within)}
        if tables and (told.corrections or told.withdrawn):
            found = [why for c in told.corrections if (why := corrections.outstanding(c, here))]
            names = [r.name.removeprefix(within) for r in every_file if r.name.startswith(within)]
            found += [
                f"no file {w.file} has arrived to be withdrawn" for w in told.withdrawn if not any(map(w.names, names))
            ]
            wanted = told.corrections[0].columns() if told.corrections else set()
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

"""The rows of a file that do not count: cells that do not fit, and rows that repeat an earlier one."""

import os
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from assets.catalog import Source
from assets.raw import places
from assets.raw.casts import Cast, name, quote
from assets.raw.reading import Fault

SET_ASIDE = pa.schema(
    [
        ("index", pa.int64()),  # position among the rows written, null for a row that never was one
        ("row", pa.int64()),
        ("state", pa.string()),  # quarantined, repeat
        ("column", pa.string()),
        ("found", pa.string()),
        ("expected", pa.string()),
    ]
)
WITHHELD = "(personal, not shown)"
EMPTY = "a value; the column must not be empty"
SHOWN = 80  # characters of a cell quoted in a reason


def explain(
    connection: duckdb.DuckDBPyConnection, part: Path, spec: Source, cells: dict[str, Cast], row: str
) -> list[dict[str, object]]:
    """Every cell that does not fit, of every row set aside."""
    texts = {c: f"_sent ->> {quote('$.' + name(c))}" for c in spec.columns}
    connection.execute(f"""
        create or replace temp table misfits as
        select file_row_number as index, {row} as row, {", ".join(f"{t} as {name(c)}" for c, t in texts.items())}
        from read_parquet({quote(str(part))}, file_row_number = true) where _sent is not null
    """)
    values = ", ".join(
        f"({cells[c].value})::{t} as {name(c)}" for c, t in list(spec.raw_columns().items()) if c in cells
    )
    connection.execute(f"create or replace temp table judged as select t as s, {values} from misfits as t")
    arms = [(c, cells[c].misfit, cells[c].expected) for c in spec.columns if cells[c].misfit]
    rules = [(rule.column, f"not ({rule.test})", rule.expected) for rule in spec.rules]
    faults: list[dict[str, object]] = []
    told: set[tuple[int, str]] = set()
    for column, test, expected in arms + rules:
        found = connection.execute(
            f"select s.index, s.row, s.{name(column)} from judged where {test} order by 1"
        ).fetchall()
        for index, line, text in found:
            if (index, column) in told:  # one reason a cell: a value that could not be read breaks rules as well
                continue
            told.add((index, column))
            words = expected if text is not None or (column, test, expected) in rules else EMPTY
            shown = _shown(text, spec.columns[column].personal)
            faults.append(_fault(index, line, column, shown, words))
    return faults


def unknown_places(
    connection: duckdb.DuckDBPyConnection, part: Path, dictionary: Path, cities: list[str], row: str
) -> list[dict[str, object]]:
    """Every city that the gazetteer does not know, or that means more than one place."""
    faults = []
    hints: dict[str, str] = {}
    for column in cities:
        found = connection.execute(f"""
            select file_row_number, {row}, {name(column)} from read_parquet({quote(str(part))}, file_row_number = true)
            where {name(column)} in (select text from read_parquet({quote(str(dictionary))}) where geoid is null)
            order by 1
        """).fetchall()
        for index, line, text in found:
            if text not in hints:
                hints[text] = places.hint(connection, text)
            faults.append(_fault(index, line, column, _shown(text, False), hints[text]))
    return faults


def _fault(index: int | None, row: int, column: str | None, found: str, expected: str) -> dict[str, object]:
    return {
        "index": index,
        "row": row,
        "state": "quarantined",
        "column": column,
        "found": found,
        "expected": expected,
    }


def _shown(text: str | None, personal: bool) -> str:
    """A cell as a reason may quote it. An address in the wrong column is personal all the same."""
    if text is None:
        return "nothing"
    return WITHHELD if personal or "@" in text else text[:SHOWN]


def repeats(connection: duckdb.DuckDBPyConnection, part: Path, spec: Source, row: str) -> list[dict[str, object]]:
    """Rows equal, cell by cell, to an earlier row of this file: found by hash, confirmed on the values."""
    cells = ", ".join(name(c) for c, _ in list(spec.raw_columns().items()))
    found = connection.execute(f"""
        with fitting as (select * from read_parquet({quote(str(part))}, file_row_number = true) where _sent is null),
        twice as (select _hash from fitting group by _hash having count(*) > 1),
        ranked as (
            select file_row_number as index, {row} as row, row_number() over same as nth, first_value({row}) over same as original
            from fitting where _hash in (select _hash from twice)
            window same as (partition by _hash, {cells} order by file_row_number)
        )
        select index, row, original from ranked where nth > 1 order by index
    """).fetchall()
    return [
        {
            "index": index,
            "row": line,
            "state": "repeat",
            "column": None,
            "found": None,
            "expected": f"exact repeat of row {original}",
        }
        for index, line, original in found
    ]


def write(
    aside: Path, rejects: list[Fault], faults: list[dict[str, object]], repeated: list[dict[str, object]]
) -> None:
    rows = [_fault(None, r.row, r.column, r.found, r.expected) for r in rejects]
    rows = sorted([*rows, *faults, *repeated], key=lambda r: (str(r["row"]).zfill(12), str(r["column"] or "")))
    if not rows:
        aside.unlink(missing_ok=True)
        return
    part = aside.with_suffix(".part")
    pq.write_table(pa.Table.from_pylist(rows, SET_ASIDE), part)
    os.replace(part, aside)

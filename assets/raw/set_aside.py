"""The rows of a file that do not count: cells that do not fit, and rows that repeat an earlier one.

All of it in SQL, for a file whose every row is wrong (a date order that nobody declared) must not fill the memory.
"""

import os
import re
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from assets.catalog import Source
from assets.raw import places
from assets.raw.casts import Cast, file, name, quote
from assets.raw.reading import Fault

WITHHELD = "(personal, not shown)"
EMPTY = "a value; the column must not be empty"
SHOWN = 80  # characters of a cell quoted in a reason
TELEPHONE = r"(^|[^0-9T:-])([(][0-9]{3}[)][-. /]*|[0-9]{3}[-. /]+)[0-9]{3}[-. /]+[0-9]{4}($|[^0-9])"
DIGITS = r"^[+]?1?[0-9]{10}$"  # a telephone number, where no code of ten digits is expected
WORDS = r"\pL{2,}\PL+(.*\PL)?\pL{2,}"  # two words and more: a name or a sentence
STATES = r"\pL{3,}\PL+(.*\PL)?\pL{3,}"  # in a column of a vocabulary: somebody must see `On Hold` to map it
# SQL: whether a cell holds words as a person writes them, a name or a sentence.
WORDY = f"""not why.named and (regexp_matches(why.text, '{DIGITS}')
    or case when why.listed then regexp_matches(why.text, '{STATES}') else regexp_matches(why.text, '{WORDS}') end)"""
HINTED = 1000  # spellings of unknown places for which the nearest are looked up


def begin(connection: duckdb.DuckDBPyConnection, rejects: Sequence[Fault]) -> None:
    """An empty list for one file, but for the rows that could not be split into columns.

    index: position among the rows written, null for a row that never was one; state: quarantined or repeat.
    """
    connection.execute("""
        create or replace temp table aside
        (index bigint, "row" bigint, state varchar, "column" varchar, found varchar, expected varchar)
    """)
    rows = pa.table(
        {
            "row": pa.array((r.row for r in rejects), pa.int64()),
            "column": pa.array((r.column for r in rejects), pa.string()),
            "found": pa.array((r.found for r in rejects), pa.string()),
            "expected": pa.array((r.expected for r in rejects), pa.string()),
        }
    )
    connection.register("rejected", rows)
    connection.execute(
        """insert into aside select null, "row", 'quarantined', "column", found, expected from rejected"""
    )
    connection.unregister("rejected")


def misfits(connection: duckdb.DuckDBPyConnection, part: Path, spec: Source, cells: dict[str, Cast], row: str) -> None:
    """Adds every cell that does not fit, of every row that kept its text."""
    texts = ", ".join(f"_sent ->> {quote('$.' + name(c))} as {name(c)}" for c in spec.columns)
    connection.execute(f"""
        create or replace temp table sent as
        select file_row_number as index, {row} as row, {texts}
        from read_parquet({file(part)}, file_row_number = true) where _sent is not null
    """)
    if not connection.execute("select count(*) from sent").fetchall()[0][0]:
        return  # a wide table has a question for each of its columns
    values = ", ".join(f"({cells[c].value})::{t} as {name(c)}" for c, t in spec.raw_columns().items() if c in cells)
    connection.execute(f"create or replace temp table judged as select t as s, {values} from sent as t")
    reasons = []
    for column, cell in cells.items():
        if cell.misfit:
            expected = f"case when s.{name(column)} is null then {quote(EMPTY)} else {quote(cell.expected)} end"
            reasons.append(_reason(column, cell.misfit, expected, spec))
    reasons += [_reason(rule.column, f"not ({rule.test})", quote(rule.expected), spec) for rule in spec.rules]
    # One reason a cell, the first: a value that could not be read breaks rules as well. What may be shown of a cell is
    # decided once for all columns: these patterns take longer to compile than a few thousand cells to look through.
    connection.execute(f"""
        insert into aside
        with reasons as (select s.index as index, s.row as row, [{", ".join(reasons)}] as each from judged),
        reason as (select index, row, unnest(each) as why, generate_subscripts(each, 1) as nth from reasons)
        select index, row, 'quarantined', why.cell,
            case when why.text is null then 'nothing' when why.personal then {quote(WITHHELD)}
                else {shown("why.text", WORDY)} end,
            why.expected
        from reason where why is not null
        qualify row_number() over (partition by index, why.cell order by nth) = 1
    """)


def _reason(column: str, test: str, expected: str, spec: Source) -> str:
    """SQL: what a row has in a cell, what may be told of it and what would have fitted; null where the cell fits.

    listed: the column has a vocabulary; named: the cell is the name of a place, or begins with a word of the vocabulary
    (`Closed (Duplicate)`), which somebody must see to map it.
    """
    about, text = spec.columns[column], f"s.{name(column)}"
    known = "|".join(re.escape(v) for v in about.values or [])
    named = f"regexp_matches(lower({text}), {quote(rf'^({known})([^a-z]|$)')})" if known else str(about.type == "city")
    told = f"personal: {about.personal}, listed: {bool(known)}, named: coalesce({named}, false)"
    return f"case when {test} then {{cell: {quote(column)}, text: {text}, {told}, expected: {expected}}} end"


def unknown_places(
    connection: duckdb.DuckDBPyConnection, part: Path, dictionary: Path, cities: list[str], row: str
) -> None:
    """Adds every city that the gazetteer does not know, or that means more than one place."""
    spellings = connection.execute(
        f"select text from read_parquet({file(dictionary)}) where geoid is null order by text limit {HINTED}"
    ).fetchall()
    connection.execute("create or replace temp table hints (text varchar, hint varchar)")
    if spellings:
        hints = [[text, places.hint(connection, text)] for (text,) in spellings]
        connection.executemany("insert into hints values (?, ?)", hints)
    for column in cities:
        text = f"p.{name(column)}"
        connection.execute(f"""
            insert into aside
            select p.file_row_number, {row}, 'quarantined', {quote(column)}, {shown(text)},
                coalesce(h.hint, {quote(places.UNKNOWN)})
            from read_parquet({file(part)}, file_row_number = true) as p left join hints as h on h.text = {text}
            where {text} in (select text from read_parquet({file(dictionary)}) where geoid is null)
        """)


def shown(text: str, wordy: str = "false") -> str:
    """SQL of a cell as a reason may quote it. An address or a telephone number in the wrong column is personal all the same."""
    private = f"contains({text}, '@') or regexp_matches({text}, '{TELEPHONE}') or {wordy}"
    return f"case when {private} then {quote(WITHHELD)} else left({text}, {SHOWN}) end"


def repeats(connection: duckdb.DuckDBPyConnection, part: Path, spec: Source, row: str) -> None:
    """Adds rows equal, cell by cell, to an earlier row of this file: found by hash, confirmed on the values."""
    cells = ", ".join(name(c) for c in spec.raw_columns())
    rows = f"read_parquet({file(part)}, file_row_number = true)"
    alike = connection.execute(f"""
        with twice as (select _hash from {rows} where _sent is null group by _hash having count(*) > 1)
        select file_row_number from {rows} where _hash in (select _hash from twice) order by 1
    """).fetchall()
    if not alike:
        return
    candidates = ", ".join(str(index) for (index,) in alike)  # a list of numbers lets Parquet skip the rest
    connection.execute(f"""
        insert into aside
        with ranked as (
            select file_row_number as index, {row} as row, row_number() over same as nth, first_value({row}) over same as original
            from {rows} where file_row_number in ({candidates})
            window same as (partition by _hash, {cells} order by file_row_number)
        )
        select index, row, 'repeat', null, null, 'exact repeat of row ' || original from ranked
        where nth > 1 and index not in (select index from aside where index is not null)
    """)


def end(connection: duckdb.DuckDBPyConnection, aside: Path) -> tuple[int, int]:
    """Writes the list, where it has any rows; returns how many rows of the file are quarantined and how many repeats."""
    (quarantined, repeated) = connection.execute("""
        select count(distinct coalesce('i' || index, 'r' || "row")) filter (state = 'quarantined'),
            count(*) filter (state = 'repeat')
        from aside
    """).fetchall()[0]
    if quarantined or repeated:
        part = aside.with_suffix(".part")
        connection.execute(f'copy (from aside order by "row", "column") to {quote(str(part))} (format parquet)')
        os.replace(part, aside)
    else:
        aside.unlink(missing_ok=True)
    for table in ("aside", "sent", "judged"):
        connection.execute(f"drop table if exists temp.{table}")
    return int(quarantined), int(repeated)

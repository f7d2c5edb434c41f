"""Tables that are not delimited text (JSON array, JSON lines, Excel, Parquet) as rows of text.

The bytes say which it is; the file's extension is ignored. Delimited text is `delimited.py`'s.
"""

import gzip
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from assets.raw import json_rows, limits, workbook
from assets.raw.delimited import plain
from assets.raw.reading import Fault, Landed, Parsed, Unreadable
from assets.raw.workbook import CENTS_KEPT

HEAD_BYTES = 1 << 16
BATCH_ROWS = 4096
TIMESTAMP = "replace(strftime({}, '%Y-%m-%dT%H:%M:%S.%f'), '.000000', '')"


def read(landed: Landed, connection: duckdb.DuckDBPyConnection, table: str) -> Parsed | None:
    """The rows of a JSON, Excel or Parquet file, gzipped or not; None when the bytes are none of these.

    `_row` is the sheet's row, the line of JSON lines, or the position (from 1) in a JSON array or Parquet file.
    A broken line or element becomes a reject that shows nothing of its content.
    Raises Unreadable for a file that is empty, breaks off, needs a password or holds no table.
    """
    start = head(landed.path)
    if start.startswith((workbook.ZIP_MAGIC, workbook.OLE_MAGIC)):
        return _workbook(workbook.sheets(plain(landed.path)), connection, table)
    if start.startswith(b"PAR1"):
        return Parsed(table, _parquet(plain(landed.path), connection), first_row=1)
    if start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"[", b"{"):
        encoding = str(landed.options.get("encoding") or "utf-8")
        rows, rejects = json_rows.read(plain(landed.path), encoding)
        refuse_repeated(name for name in rows.column_names if name != "_row")
        return Parsed(table, connection.from_arrow(rows), first_row=1, rejects=rejects)
    return None


def head(path: Path) -> bytes:
    """The first bytes of a file, unpacked where it is gzipped. Raises Unreadable when there are none."""
    with path.open("rb") as file:
        start = file.read(HEAD_BYTES)
    if start.startswith(b"\x1f\x8b"):
        try:
            with gzip.open(path, "rb") as file:
                start = file.read(HEAD_BYTES)
        except (EOFError, OSError, zlib.error):
            start = plain(path).read_bytes()  # says what is wrong
    if not start:
        raise Unreadable("the file is empty (0 bytes); expected a table with a header; ask the sender to send it again")
    return start


def relation(
    connection: duckdb.DuckDBPyConnection,
    names: Sequence[str],
    rows: Sequence[Sequence[str | None]],
    numbers: Sequence[int],
) -> duckdb.DuckDBPyRelation:
    """Rows of text as a relation of varchar columns `names` and `_row`; rows are as long as names."""
    refuse_repeated(names)
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    arrays = {name: pa.array(column, pa.string()) for name, column in zip(names, columns, strict=True)}
    return connection.from_arrow(pa.table(arrays | {"_row": pa.array(numbers, pa.int64())}))


def refuse_repeated(names: Iterable[str]) -> None:
    """Raises Unreadable where two columns have the same name (in any case), or one is called `_row`."""
    seen = {"_row"}
    names = list(names)
    limits.columns(len(names))
    for name in names:
        if name.lower() in seen:
            raise Unreadable(f"the header names column {name!r} twice; expected each once; rename or drop one")
        seen.add(name.lower())


def _workbook(sheets: list[workbook.Sheet], connection: duckdb.DuckDBPyConnection, table: str) -> Parsed:
    """The first sheet with a header: its first row with two filled cells (a title fills one)."""
    for width in (2, 1):
        for sheet in sheets:
            for at, cells in enumerate(sheet.rows):
                if sum(cell is not None for cell in cells) >= width:
                    return _sheet(sheet, at, [s for s in sheets if s is not sheet and s.rows], connection, table)
    raise Unreadable("the workbook has no filled cell; expected a header row; ask the sender to export again")


def _sheet(
    sheet: workbook.Sheet, at: int, others: list[workbook.Sheet], connection: duckdb.DuckDBPyConnection, table: str
) -> Parsed:
    """One sheet is read; a further one with the same header is set aside with its rows, for they are meant as well."""
    header = sheet.rows[at]
    body = [(n, row) for n, row in enumerate(sheet.rows[at + 1 :], start=at + 2) if any(c is not None for c in row)]
    used = [i for i, name in enumerate(header) if name or any(row[i] is not None for _, row in body)]
    names = [header[i] or f"column {i + 1}" for i in used]
    rows = relation(connection, names, [[row[i] for i in used] for _, row in body], [n for n, _ in body])
    facts = {"sheet": sheet.name} | ({"sheets_not_read": ", ".join(s.name for s in others)} if others else {})
    alike = [s for s in others if header in s.rows]
    rejects = [
        Fault(
            len(sheet.rows) + number,
            None,
            f"a further sheet with {len(s.rows) - s.rows.index(header) - 1:,} rows",
            "all rows on one sheet; save each sheet as a file of its own",
        )
        for number, s in enumerate(alike, start=1)
    ]
    return Parsed(table, rows, first_row=at + 2, rejects=rejects, facts=facts)


def _parquet(path: Path, connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
    try:
        stored = _whole(pq.ParquetFile(path))  # at once: a damaged page shows here, not later inside a query
    except (pa.ArrowException, OSError, ValueError) as error:
        raise Unreadable(
            "the Parquet file breaks off or is damaged; expected it whole; ask the sender to send it again"
        ) from error
    refuse_repeated(stored.column_names)
    for i, kind in enumerate(stored.schema.types):
        if pa.types.is_timestamp(kind) and kind.unit == "ns":  # a data frame's default; DuckDB formats microseconds
            stored = stored.set_column(
                i, stored.column_names[i], stored[i].cast(pa.timestamp("us", kind.tz), safe=False)
            )
    try:
        positions = pa.array(range(1, stored.num_rows + 1), pa.int64())
        numbered = connection.from_arrow(stored.append_column("_row", positions))
    except duckdb.Error as error:
        raise Unreadable(
            "the Parquet file has a column of a type that cannot be read; expected text, numbers, dates and times; "
            "ask the sender to write such columns as text"
        ) from error
    columns = zip(numbered.columns[:-1], numbered.types[:-1], strict=True)
    return numbered.project(", ".join([*(f"{_as_text(name, str(kind))}" for name, kind in columns), "_row"]))


def _whole(file: pq.ParquetFile) -> pa.Table:
    """All rows, batch by batch: a long value that is stored once and repeated in every row counts as often."""
    limits.table(file.metadata.num_rows, len(file.schema_arrow.names))
    batches, size = [], 0
    for batch in file.iter_batches(BATCH_ROWS):
        batches.append(batch)
        size += batch.nbytes
        if size > limits.TABLE_BYTES:
            raise Unreadable(
                f"the Parquet file needs more than {limits.told(size)} of memory; send it in several files"
            )
    return pa.Table.from_batches(batches, file.schema_arrow)


def _digits(column: str, kind: str) -> str:
    """The digits of a binary number: as a workbook shows them, and all of them where fewer would change the cents."""
    if kind == "FLOAT":  # from 2^17 on its steps are wider than a cent
        return f"case when abs({column}) < 131072 then cast({column} as varchar) else cast({column}::double as varchar) end"
    return f"case when abs({column}) < {CENTS_KEPT:.0f} then format('{{:.15g}}', {column}) else cast({column} as varchar) end"


def _as_text(name: str, kind: str) -> str:
    """SQL that gives a column of a Parquet file as text: ISO 8601 times (Z for an instant), exact decimals."""
    column = '"' + name.replace('"', '""') + '"'
    if kind == "TIMESTAMP WITH TIME ZONE":
        sql = TIMESTAMP.format(f"make_timestamp(epoch_us({column}))") + " || 'Z'"
    elif kind.startswith("TIMESTAMP"):
        sql = TIMESTAMP.format(f"cast({column} as timestamp)")
    elif kind in ("FLOAT", "DOUBLE"):  # NaN is how a data frame writes "no value"
        sql = rf"case when not isnan({column}) then regexp_replace({_digits(column, kind)}, '\.0$', '') end"
    elif kind == "BLOB":  # text that its writer did not mark as such
        sql = f"coalesce(try(decode({column})), cast({column} as varchar))"
    elif kind.startswith(("STRUCT", "MAP")) or kind.endswith("]"):
        sql = f"cast(to_json({column}) as varchar)"
    else:
        sql = f"cast({column} as varchar)"
    return f"nullif(trim({sql}), '') as {column}"

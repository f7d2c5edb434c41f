"""Delimited text (comma, tab, pipe or semicolon; gzipped or not) as rows of text, read by DuckDB at its full speed."""

import csv
import io
import itertools
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import duckdb

from assets.raw import limits
from assets.raw.casts import file as file_named
from assets.raw.casts import name as column
from assets.raw.casts import quote
from assets.raw.copies import HEAD_BYTES, as_utf_8, has_blank_or_unpaired, look_through, one_line_end, without_long_rows
from assets.raw.copies import plain as plain
from assets.raw.limits import LINE_BYTES, told
from assets.raw.reading import Landed, Looked, Parsed, Unreadable

DELIMITERS = ",\t|;"
FIELD_BYTES = 16 * LINE_BYTES  # of a cell that goes over many lines: most likely a quote that was never closed
_serial = itertools.count(1)


def read(
    landed: Landed,
    connection: duckdb.DuckDBPyConnection,
    table: str,
    *,
    encodings: tuple[str, ...] = ("utf-8",),
    delimiter: str | None = None,
    trim: bool = True,
) -> Parsed:
    """Rows of a delimited file with one header line; every column varchar, named as the header says.

    encodings: the first that fits the bytes is used; with only UTF-8, a row of other bytes becomes a reject.
    trim: strip the padding of fixed-width publishers and turn empty cells into null.
    Raises Unreadable for an empty file, a broken gzip, or a header that names a column twice.
    """
    csv.field_size_limit(FIELD_BYTES)
    path = plain(landed.path)
    encoding = landed.options.get("encoding") or _encoding(path, encodings)
    if encoding.startswith("utf-16") or encoding == "cp1252":
        path, encoding = as_utf_8(path, encoding), "utf-8"
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    looked = landed.looked if path == landed.path else None
    if (
        looked is None or b"\r" in head
    ):  # else whoever looks through the file tells of late returns, and it is read again
        path = one_line_end(path)
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    text = head.decode("utf-8-sig" if encoding == "utf-8" else encoding, errors="replace")
    if not text.strip():
        raise Unreadable("the file is empty; expected a header line with column names; ask the sender to export again")
    lines = re.split("\r\n|\r|\n", text)
    skipped = next(i for i, line in enumerate(lines) if line.strip())
    if skipped == len(lines) - 1 and path.stat().st_size > HEAD_BYTES:
        raise Unreadable(
            f"the first line has no end within {told(HEAD_BYTES)}; expected a header line; is this a table?"
        )
    path, rejects = without_long_rows(path)
    delimiter = delimiter or max(DELIMITERS, key=lines[skipped].count)
    records = csv.reader(io.StringIO("\n".join(lines[skipped:])), delimiter=delimiter)
    header = [name.strip() for name in next(records)]
    first = next(records, [])
    while header and not header[-1]:  # a stray delimiter at the end of the header line
        header.pop()
    if not header:
        raise Unreadable("the first line names no column; expected a header line; ask the sender to export again")
    header = [name or f"column {at}" for at, name in enumerate(header, 1)]
    names = header + [f"_blank{i}" for i in range(len(header), len(first)) if not first[i].strip()]
    limits.columns(len(header))
    _refuse_repeated(header)
    rejects_table = f"rejects_{next(_serial)}"
    connection.execute(f"drop table if exists {rejects_table}")
    columns = "{" + ", ".join(f"{quote(name)}: 'VARCHAR'" for name in names) + "}"
    source = (
        f"read_csv({file_named(path)}, auto_detect=false, header=false, skip={skipped + 1}, delim={quote(delimiter)}, "
        f"quote='\"', escape='\"', columns={columns}, store_rejects=true, rejects_limit=0, "
        f"rejects_table='{rejects_table}', rejects_scan='{rejects_table}_scan', strict_mode=true, "
        f"encoding='{encoding}', compression='none')"
    )
    select = ", ".join(f"nullif(trim({column(n)}), '') as {column(n)}" if trim else column(n) for n in header)
    rows = connection.sql(f"select {select} from {source}")
    look = looked if looked and path == landed.path else partial(look_through, path)
    blank = partial(_blank_rows, path, encoding, delimiter, skipped, look, len(rejects))
    return Parsed(table, rows, first_row=skipped + 2, rejects=rejects, blank_rows=blank, rejects_table=rejects_table)


def _blank_rows(
    path: Path,
    encoding: str,
    delimiter: str,
    skipped: int,
    look: Callable[[], Looked],
    dropped: int,
    records: int,
    rejected: int,
) -> list[int]:
    """Rows with nothing in them, which DuckDB passes over; `dropped` of the records are not in the file at `path`.

    Few files have any, so the ends of lines are counted first: where there is one for each record, none is blank; nor is
    one where more lines are cells with line ends, which shows in the bytes.
    Raises Unreadable where DuckDB passed over more than that: rows that a quote without its second has swallowed.
    """
    if look().lines == skipped + 1 + records or not (rejected or dropped or has_blank_or_unpaired(path)):
        return []
    with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, errors="replace", newline="") as text:
        for _ in range(skipped):
            next(text)
        reader, blank, number, start, end = csv.reader(text, delimiter=delimiter), [], skipped, 0, 0
        try:
            for number, record in enumerate(reader, skipped + 1):
                start, end = end, reader.line_num
                if not record:
                    blank.append(number)
        except csv.Error as error:
            raise _unclosed(number + 1, None) from error
    if end - start > 1 and _ends_in_quotes(path, skipped + start):
        raise _unclosed(number, end - start - 1)
    filled = number - skipped - len(blank) + dropped
    if filled - 1 > records:
        raise Unreadable(
            f"{filled - 1 - records:,} rows cannot be told apart; expected rows of at most {LINE_BYTES:,} bytes, lines that "
            "end in one way, and quotes in pairs; ask the sender to export again"
        )
    return blank


def _ends_in_quotes(path: Path, line: int) -> bool:
    """Whether the record that begins on this line (from 0) is still within quotes at the end of the file."""
    with path.open(encoding="latin-1", newline="") as text:
        return sum(part.count('"') for part in itertools.islice(text, line, None)) % 2 == 1


def _unclosed(row: int, lines: int | None) -> Unreadable:
    swallowed = f"the {lines:,} lines after it" if lines else "what follows"
    return Unreadable(
        f"row {row:,} opens a quote that is never closed, which makes {swallowed} one cell; expected a closing quote, and "
        "quotes inside a cell doubled; mend the row or ask the sender to export again"
    )


def _encoding(path: Path, encodings: tuple[str, ...]) -> str:
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):  # without its mark: every second byte of text is zero
        if head[first::2].count(0) > len(head) // 4:
            return encoding
    if len(encodings) == 1:
        return encodings[0]
    content = path.read_bytes()
    for encoding in encodings:
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return encodings[-1]


def _refuse_repeated(header: list[str]) -> None:
    seen: dict[str, int] = {}
    for at, name in enumerate(header, 1):
        if name.lower() in seen:  # not quoted: without a header line, these are somebody's data
            raise Unreadable(
                f"columns {seen[name.lower()]} and {at} have the same name in the header line; expected each once; "
                "rename or drop one, or add the header line if it is missing"
            )
        seen[name.lower()] = at

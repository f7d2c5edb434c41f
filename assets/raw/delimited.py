"""Delimited text (comma, tab, pipe or semicolon; gzipped or not) as rows of text, read by DuckDB at its full speed."""

import csv
import gzip
import hashlib
import io
import itertools
import sys
import tempfile
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import BinaryIO

import duckdb

from assets.raw.casts import file as file_named
from assets.raw.casts import name as column
from assets.raw.casts import quote
from assets.raw.reading import Landed, Parsed, Unreadable

DELIMITERS = ",\t|;"
HEAD_BYTES = 1 << 20
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
    csv.field_size_limit(sys.maxsize)  # a long cell is a cell
    path = _one_line_end(plain(landed.path))
    encoding = landed.options.get("encoding") or _encoding(path, encodings)
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    text = head.decode("utf-8-sig" if encoding == "utf-8" else encoding, errors="replace")
    if not text.strip():
        raise Unreadable("the file is empty; expected a header line with column names; ask the sender to export again")
    lines = text.splitlines()
    skipped = next(i for i, line in enumerate(lines) if line.strip())
    delimiter = delimiter or max(DELIMITERS, key=lines[skipped].count)
    records = csv.reader(io.StringIO("\n".join(lines[skipped:])), delimiter=delimiter)
    header = [name.strip() for name in next(records)]
    first = next(records, [])
    while header and not header[-1]:  # a stray delimiter at the end of the header line
        header.pop()
    header = [name or f"column {at}" for at, name in enumerate(header, 1)]
    names = header + [f"_blank{i}" for i in range(len(header), len(first)) if not first[i].strip()]
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
    count = landed.lines if landed.lines and path == landed.path else partial(_lines, path)
    blank = partial(_blank_rows, path, encoding, delimiter, skipped, count)
    return Parsed(table, rows, first_row=skipped + 2, blank_rows=blank, rejects_table=rejects_table)


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return looked_through(file)[1]


def looked_through(file: BinaryIO) -> tuple[str, int]:
    """SHA-256 of a file and the number of its lines, in one reading."""
    digest, lines, last = hashlib.sha256(), 0, b"\n"
    while chunk := file.read(HEAD_BYTES):
        digest.update(chunk)
        lines += chunk.count(b"\n")
        last = chunk[-1:]
    return digest.hexdigest(), lines + (last != b"\n")


def _blank_rows(
    path: Path, encoding: str, delimiter: str, skipped: int, lines: Callable[[], int], records: int
) -> list[int]:
    """Rows with nothing in them, which DuckDB passes over.

    Few files have any, so the ends of lines are counted first: where there is one for each record, none is blank.
    """
    if lines() == skipped + 1 + records:
        return []
    with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, errors="replace", newline="") as text:
        for _ in range(skipped):
            next(text)
        rows = enumerate(csv.reader(text, delimiter=delimiter), skipped + 1)
        return [number for number, record in rows if not record]


def plain(path: Path) -> Path:
    """The file itself, or its unpacked copy in a temporary folder where it is gzipped (which verifies its checksum)."""
    with path.open("rb") as file:
        if file.read(2) != b"\x1f\x8b":
            return path
    unpacked = Path(tempfile.mkdtemp(prefix="cities311-")) / "unpacked"
    try:
        with gzip.open(path, "rb") as packed, unpacked.open("wb") as out:
            while chunk := packed.read(1 << 20):
                out.write(chunk)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        unpacked.unlink()
        raise Unreadable(
            f"the gzip stream ends early or is damaged ({error}); expected a whole .gz; ask the sender to send it again"
        ) from error
    return unpacked


def _one_line_end(path: Path) -> Path:
    """The file itself, or a copy with one kind of line end where the head has two (files pasted together)."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        if head.count(b"\r\n") in (0, head.count(b"\n")) or head[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return path
        copy = Path(tempfile.mkdtemp(prefix="cities311-")) / "unpacked"
        with copy.open("wb") as out:
            rest = head
            while rest:
                rest += file.read(1) if rest.endswith(b"\r") else b""  # never part a pair
                out.write(rest.replace(b"\r\n", b"\n"))
                rest = file.read(HEAD_BYTES)
    return copy


def _encoding(path: Path, encodings: tuple[str, ...]) -> str:
    if path.open("rb").read(2) in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
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

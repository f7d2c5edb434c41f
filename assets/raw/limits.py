"""How much one file may ask of the machine: what unpacks without end, or has no end of line, is refused by its size."""

import gzip
import shutil
import tempfile
import zipfile
from functools import cache
from pathlib import Path

from assets.raw.reading import Unreadable

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
COLUMNS = 16_384  # as many as a spreadsheet has
LINE_BYTES = 2_000_000  # longer lines DuckDB sets aside, and beyond 16 times as much passes over
UNPACKED_BYTES = 20 * GIB
FREE_BYTES = GIB  # of disk that unpacking leaves to others
RATIO = 1_000  # no table shrinks to a thousandth; a run of one byte does
RATIO_FROM = 64 * MIB  # below this a ratio harms nobody
ARCHIVE_BYTES = GIB  # the parts of a workbook, unpacked
ARCHIVE_PARTS = 10_000
TABLE_ROWS = 50_000_000  # of a Parquet file, which is read whole
TABLE_BYTES = 8 * GIB  # of it in memory
AGAIN = "ask the sender for the data itself, in a smaller file"


def columns(count: int) -> None:
    """Raises Unreadable for a table with more columns than any spreadsheet."""
    if count > COLUMNS:
        raise Unreadable(
            f"the header has {count:,} columns; expected at most {COLUMNS:,}; check the delimiter, or send one row a record"
        )


def table(rows: int, width: int) -> None:
    """Raises Unreadable for a table that declares too many columns or more than TABLE_ROWS."""
    columns(width)
    if rows > TABLE_ROWS:
        raise Unreadable(f"the file declares {rows:,} rows; expected at most {TABLE_ROWS:,}; send it in several files")


def scratch() -> Path:
    """A new folder for a copy of a file, among the system's temporary ones; it is removed when this process ends."""
    return Path(tempfile.mkdtemp(dir=_scratches().name))


@cache
def _scratches() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="cities311-")


def unpack(packed: gzip.GzipFile, out: Path, size: int) -> None:
    """Writes what `packed` unpacks to; size: of the packed file, in bytes.

    Raises Unreadable where it unpacks to more than UNPACKED_BYTES, a RATIO of its size, or the disk holds.
    """
    written = 0
    with out.open("wb") as file:
        while chunk := packed.read(MIB):
            written += len(chunk)
            if written > UNPACKED_BYTES or (written > RATIO_FROM and written > RATIO * size):
                raise Unreadable(f"{told(size)} unpack to more than {told(written)}; {AGAIN}")
            if written % RATIO_FROM < len(chunk) and shutil.disk_usage(out.parent).free < FREE_BYTES:
                raise Unreadable(f"unpacking it would fill the disk (after {told(written)}); free some space")
            file.write(chunk)


def archive(members: list[zipfile.ZipInfo], size: int) -> None:
    """Raises Unreadable for an archive of `size` bytes that declares more than ARCHIVE_PARTS or ARCHIVE_BYTES.

    One that lies meets the limits of the process that reads it (cells.py).
    """
    if len(members) > ARCHIVE_PARTS:
        raise Unreadable(f"the workbook has {len(members):,} parts; expected at most {ARCHIVE_PARTS:,}; {AGAIN}")
    declared = sum(member.file_size for member in members)
    if declared > ARCHIVE_BYTES:
        raise Unreadable(f"the workbook's {told(size)} unpack to {told(declared)}; {AGAIN}")


def told(count: int) -> str:
    """A number of bytes in words."""
    for unit, name in ((GIB, "GiB"), (MIB, "MiB"), (KIB, "KiB")):
        if count >= unit:
            return f"{count / unit:,.1f} {name}"
    return f"{count} bytes"

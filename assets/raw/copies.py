"""The bytes of delimited text as DuckDB can read them: unpacked, UTF-8, one kind of line end, no row longer than it holds.

Each function gives the file itself where nothing is to be done, which is nearly always.
"""

import gzip
import hashlib
import itertools
import re
import zlib
from functools import partial
from pathlib import Path
from typing import BinaryIO

import numpy as np

from assets.raw import limits
from assets.raw.limits import LINE_BYTES, scratch, told
from assets.raw.reading import Fault, Looked, Unreadable

HEAD_BYTES = 1 << 20
LINE_FEED, CARRIAGE_RETURN = b"\n\r"
LINE_END = re.compile(rb"[\r\n]")


def plain(path: Path) -> Path:
    """The file itself, or its unpacked copy in a temporary folder where it is gzipped (which verifies its checksum)."""
    with path.open("rb") as file:
        if file.read(2) != b"\x1f\x8b":
            return path
    unpacked = scratch() / "unpacked"
    try:
        with gzip.open(path, "rb") as packed:
            limits.unpack(packed, unpacked, path.stat().st_size)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        unpacked.unlink()
        raise Unreadable(
            f"the gzip stream ends early or is damaged ({error}); expected a whole .gz; ask the sender to send it again"
        ) from error
    except Unreadable:
        unpacked.unlink()
        raise
    return unpacked


def without_long_rows(path: Path) -> tuple[Path, list[Fault]]:
    """The file itself, or where a line is longer than LINE_BYTES a copy without that row, and the rows left out.

    A longer line has no end within one of the steps of half that length, so that a look at each is enough.
    """
    step = LINE_BYTES // 2
    with path.open("rb") as file:
        for at in range(0, path.stat().st_size - step, step):
            file.seek(at)
            if not LINE_END.search(file.read(4096)) and not LINE_END.search(file.read(step - 4096)):
                break
        else:
            return path, []
    copy, faults = scratch() / "unpacked", []
    with path.open("rb") as file, copy.open("wb") as out:
        for row in itertools.count(1):
            record, length = _record(file)
            if not length:
                break
            out.write(record)
            if length > LINE_BYTES:
                faults.append(Fault(row, None, f"a row of {told(length)}", f"at most {LINE_BYTES:,} bytes a row"))
    return copy, faults


def _record(file: BinaryIO) -> tuple[bytes, int]:
    """The next row, over as many lines as its quotes span, and its length; of a long one only its end."""
    kept, length, quotes = bytearray(), 0, 0
    while part := file.readline(LINE_BYTES):
        length += len(part)
        quotes += part.count(b'"')
        if length <= LINE_BYTES:
            kept += part
        if part.endswith(b"\n") and quotes % 2 == 0:
            break
    return (bytes(kept) if length <= LINE_BYTES else b"\n"), length


def as_utf_8(path: Path, encoding: str) -> Path:
    """A copy of text in another encoding."""
    copy = scratch() / "unpacked"
    try:
        with path.open(encoding=encoding, newline="") as text, copy.open("w", encoding="utf-8", newline="") as out:
            while chunk := text.read(HEAD_BYTES):
                out.write(chunk)
    except UnicodeError as error:
        raise Unreadable(
            f"the file breaks off, or is not {encoding} text throughout; expected it whole; ask the sender to send it again"
        ) from error
    return copy


def look_through(path: Path) -> Looked:
    """SHA-256, lines and carriage returns of a file, in one reading."""
    digest, lines, returns, late, last = hashlib.sha256(), 0, False, False, LINE_FEED
    buffer = np.empty(HEAD_BYTES, np.uint8)
    with path.open("rb", buffering=0) as file:
        while size := file.readinto(buffer.data):
            part = buffer[:size]
            digest.update(part.data)
            lines += int(np.count_nonzero(part == LINE_FEED))  # half the time of counting in bytes
            if not returns and CARRIAGE_RETURN in part:
                returns, late = True, file.tell() > HEAD_BYTES
            last = int(part[-1])
    return Looked(digest.hexdigest(), lines + (last != LINE_FEED), late)


def one_line_end(path: Path) -> Path:
    """The file itself, or where lines end in several ways (files pasted together) a copy in which all end in one.

    A carriage return by itself ends a line, as it does in a spreadsheet, but within quotes.
    """
    if not _mixed(path):
        return path
    copy, quoted = scratch() / "unpacked", False
    with path.open("rb") as file, copy.open("wb") as out:
        while chunk := file.read(HEAD_BYTES):
            chunk += file.read(1) if chunk.endswith(b"\r") else b""  # never part a pair
            for at, part in enumerate(chunk.replace(b"\r\n", b"\n").split(b'"')):
                quoted = quoted != bool(at)
                out.write(b'"' * bool(at) + (part if quoted else part.replace(b"\r", b"\n")))
    return copy


def has_blank_or_unpaired(path: Path) -> bool:
    """Whether a line is empty (or looks so, within quotes), or the number of quotes is odd."""
    quotes, last = 0, b"\n"
    with path.open("rb") as file:
        for chunk in iter(partial(file.read, HEAD_BYTES), b""):
            joined = last + chunk
            if b"\n\n" in joined or b"\n\r\n" in joined:
                return True
            quotes += chunk.count(b'"')
            last = chunk[-2:]
    return quotes % 2 == 1


def _mixed(path: Path) -> bool:
    with path.open("rb") as file:
        if not any(b"\r" in chunk for chunk in iter(partial(file.read, HEAD_BYTES), b"")):
            return False
        file.seek(0)
        returns = feeds = pairs = 0
        last = b""
        for chunk in iter(partial(file.read, HEAD_BYTES), b""):
            returns += chunk.count(b"\r")
            feeds += chunk.count(b"\n")
            pairs += chunk.count(b"\r\n") + (last == b"\r" and chunk[:1] == b"\n")
            last = chunk[-1:]
    return not (returns == pairs == feeds or feeds == 0)

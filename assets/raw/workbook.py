"""Excel workbooks (XLSX, XLSB, XLS) as grids of text: what the sheet shows, at the row where the sender sees it."""

import datetime
import io
import pickle
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from assets.raw import cells, limits
from assets.raw.reading import Unreadable

CENTS_KEPT = 1e13  # above, the 15 digits that a spreadsheet shows leave out cents
Row = list[str | None]
OLE_MAGIC = b"\xd0\xcf\x11\xe0"
ZIP_MAGIC = b"PK\x03\x04"
AGAIN = "ask the sender to save it again as .xlsx or .csv"
REFUSED = {  # by what cells.py answers
    "password": "the workbook is protected by a password; expected one that opens without; ask the sender to remove it",
    "unreadable": f"the workbook cannot be opened; expected a whole Excel file; {AGAIN}",
    "damaged": f"the workbook is damaged; expected a whole Excel file; {AGAIN}",
    "large": f"the workbook has more than {cells.CELLS:,} cells from its first to its last filled one, or needs more than "
    f"{limits.told(cells.MEMORY_BYTES)} of memory; remove stray cells far below or beside the table; {AGAIN}",
}


@dataclass(frozen=True)
class Sheet:
    """One sheet: rows[0] is row 1 of the sheet, empty cells are None; wholly empty rows stand as they do there."""

    name: str
    rows: list[Row]


def sheets(path: Path) -> list[Sheet]:
    """The sheets of a workbook, in its order, every cell as text (see `text`).

    A cell with an error (#N/A, #DIV/0!) is empty. Digits that only the display adds, such as leading zeros of a number
    format, are not in the file's values: the catalog's `width` restores them.
    Raises Unreadable for a password, a damaged file, one that would fill the memory, or an archive or document that is no
    workbook.
    """
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise Unreadable(REFUSED["password"])
    if content.startswith(ZIP_MAGIC):
        _refuse_other_archives(content)
    done = subprocess.run([sys.executable, "-I", cells.__file__, str(path)], capture_output=True, check=False)
    if done.returncode:  # stopped by the system: at its limit of memory or time, or by what the file does to the parser
        raise Unreadable(REFUSED["large" if b"memory allocation" in done.stderr else "damaged"])
    answer = pickle.loads(done.stdout)
    if "refused" in answer:
        raise Unreadable(REFUSED[answer["refused"]])
    return [Sheet(name, [[text(cell) for cell in row] for row in grid]) for name, grid in answer["sheets"]]


def text(cell: object) -> str | None:
    """A cell's value as text, None when empty.

    Dates and times in ISO 8601 (a date alone at midnight), durations as hours:mm:ss, booleans true and false, whole
    numbers without a fraction, others to the 15 digits a spreadsheet shows, larger ones with all theirs; text without
    surrounding blanks.
    """
    match cell:
        case str():
            return cell.strip() or None
        case bool():
            return "true" if cell else "false"
        case float():
            if cell.is_integer() and abs(cell) < 1e21:
                return str(int(cell))
            return format(cell, ".15g") if abs(cell) < CENTS_KEPT else repr(cell)
        case datetime.datetime() | datetime.time():
            return cell.isoformat(timespec="milliseconds" if cell.microsecond else "seconds")
        case datetime.date():
            return cell.isoformat()
        case datetime.timedelta():
            minutes, seconds = divmod(round(cell.total_seconds()), 60)
            return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
        case None:
            return None
    return str(cell)


def _refuse_other_archives(content: bytes) -> None:
    try:
        members = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Unreadable(
            "the file begins as a workbook or zip archive and breaks off or is damaged; expected it whole; "
            "ask the sender to send it again"
        ) from error
    limits.archive(members, len(content))
    if not any(member.filename.startswith("xl/") for member in members):
        raise Unreadable("the file is a zip archive without a workbook in it; unpack it and land the files inside")

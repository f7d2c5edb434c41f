"""BLS Local Area Unemployment Statistics: county annual tables (fixed width or workbook) and the flat files la.*."""

import re
from collections.abc import Iterable
from pathlib import Path

import duckdb

from assets.raw import delimited, tabular, workbook
from assets.raw.reading import Fault, Landed, NotNeeded, Parsed, Unreadable

COUNTY_COLUMNS = (
    *("area_code", "state_fips", "county_fips", "area_name", "year"),
    *("labor_force", "employed", "unemployed", "unemployment_rate"),
)
FLAT_TABLES = (  # the header names that tell one flat file from another
    ("bls_laus_data", {"series_id", "year", "period", "value"}),
    ("bls_laus_series", {"series_id", "area_code", "measure_code"}),
    ("bls_laus_area", {"area_type_code", "area_code", "area_text"}),
    ("bls_laus_footnote", {"footnote_code", "footnote_text"}),
)
NOT_NEEDED = re.compile(
    r"(area_type_code|measure_code|period|region_code|seasonal_code|seasonal|srd_code|state_region_division_code)\s"
)
DOCUMENTS = re.compile(r"la\.(txt|contacts|readme)(\.gz)?", re.IGNORECASE)
CODE = re.compile(r"\s*[A-Z]{2}\d{4}")  # how the LAUS code of a county line begins, whole or cut off
COUNTY_LINE = re.compile(
    r"\s*([A-Z]{2}\d{6,13})\s+(\d{1,2})\s+(\d{1,3})\s+(\S.*?)\s+(\d{4})" + 4 * r"\s+([\d,.]+|\(?N\.?A\.?\)?|-)" + r"\s*"
)
MONTH_LINE = re.compile(
    r"\s*CN\d{6,13}\D.*\b([A-Z][a-z]{2}-\d\d|\d{4}-\d\d-01T00:00:00)\b"
)  # the month in place of the year
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
RELEASED = re.compile(r"\b([A-Z][a-z]{2,8})\.? +(\d{1,2}), *((?:19|20)\d\d)\b")


def read(landed: Landed, connection: duckdb.DuckDBPyConnection) -> Parsed:
    """The rows of any LAUS file that a figure needs, told apart by their content.

    A county table's release date becomes the fact `vintage` (none where the footer is missing). Raises NotNeeded for
    the publisher's other lookup files and documents, Unreadable for anything else.
    """
    start = tabular.head(landed.path)
    if start.startswith((workbook.ZIP_MAGIC, workbook.OLE_MAGIC)):
        sheets = workbook.sheets(delimited.plain(landed.path))
        return _county([_line(row) for row in sheets[0].rows] if sheets else [], connection)
    if DOCUMENTS.fullmatch(Path(landed.name).name):
        raise NotNeeded("documentation of the LAUS files")
    text = start.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
    header = next((line for line in text.splitlines() if line.strip()), "").lower()
    names = {name.strip() for name in header.split("\t")}
    for table, needed in FLAT_TABLES:
        if needed <= names:
            return delimited.read(landed, connection, table, encodings=("utf-8", "latin-1"), delimiter="\t")
    if NOT_NEEDED.match(header):
        raise NotNeeded("a LAUS lookup file that no figure uses")
    if "\t" not in header:
        return _county(_text(delimited.plain(landed.path)).split("\n"), connection)
    raise _unknown()


def _county(lines: list[str], connection: duckdb.DuckDBPyConnection) -> Parsed:
    """Lines from the header to the last one with a LAUS code are rows or rejects; what follows is the footer."""
    coded = [i for i, line in enumerate(lines) if CODE.match(line)]
    if not any(COUNTY_LINE.fullmatch(lines[i]) for i in coded):
        if any(MONTH_LINE.match(lines[i]) for i in coded):
            raise NotNeeded(
                "the county table of the last 14 months, which the publisher replaces every month; the flat files "
                "(la.data) have its figures of every month"
            )
        raise _unknown()
    titles = [i for i, line in enumerate(lines[: coded[0]]) if "laus code" in line.lower()]
    first, last = (titles[-1] + 1 if titles else coded[0]), coded[-1]
    rows, numbers, rejects = [], [], []
    for number, line in enumerate(lines[first : last + 1], start=first + 1):
        if match := COUNTY_LINE.fullmatch(line):
            rows.append(match.groups())
            numbers.append(number)
        elif line.strip():
            expected = "a LAUS code, state and county codes, a name, a year and four figures or N.A."
            rejects.append(Fault(number, None, line.strip()[:80], expected))
    footer = [line.strip() for line in lines[last + 1 :] if line.strip()]
    known = [line for line in footer if RELEASED.search(line) or line.upper().startswith("SOURCE")]
    facts = {"notes": f"{len(footer) - len(known)} lines: {_start(footer, known)}"} if len(footer) > len(known) else {}
    if vintage := _released(footer):
        facts["vintage"] = vintage
    table = tabular.relation(connection, COUNTY_COLUMNS, rows, numbers)
    return Parsed("bls_laus_county", table, first_row=first + 1, rejects=rejects, facts=facts)


def _released(footer: Iterable[str]) -> str | None:
    """The last date of the footer as YYYY-MM-DD; None where there is none."""
    found = None
    for line in footer:
        for month, day, year in RELEASED.findall(line):
            if month[:3].lower() in MONTHS and 1 <= int(day) <= 31:
                found = f"{year}-{MONTHS.index(month[:3].lower()) + 1:02d}-{int(day):02d}"
    return found


def _start(footer: list[str], known: list[str]) -> str:
    return next(line for line in footer if line not in known)[:120]


def _line(row: workbook.Row) -> str:
    """A sheet's row as a line of the fixed-width table."""
    return "  ".join(cell for cell in row if cell is not None)


def _text(path: Path) -> str:
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _unknown() -> Unreadable:
    return Unreadable(
        "no LAUS table was recognized; expected a county annual table (laucntyYY) or a flat file la.data.*, la.area, "
        "la.series or la.footnote with its header line"
    )

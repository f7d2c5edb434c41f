"""Census population estimates: SUB-EST files of any decade, and the workbook of incorporated places."""

import re

import duckdb

from assets.raw import delimited, tabular, workbook
from assets.raw.reading import Fault, Landed, Parsed, Unreadable

ESTIMATE = re.compile(r"popestimate_?((?:19|20)\d\d)", re.IGNORECASE)
YEAR = re.compile(r"(?:19|20)\d\d")
HEADER_ROWS = 20  # the workbook's years stand within its first rows
VINTAGE = re.compile(r"Vintage ((?:19|20)\d\d)")


def read(landed: Landed, connection: duckdb.DuckDBPyConnection) -> Parsed:
    """Rows of `census_population` (SUB-EST) or `census_population_places` (workbook), told apart by their content.

    The fact `vintage` is the year of the last estimate, or the one that the file names. Raises Unreadable for a file of
    another product.
    """
    start = tabular.head(landed.path)
    if start.startswith((workbook.ZIP_MAGIC, workbook.OLE_MAGIC)):
        sheets = workbook.sheets(delimited.plain(landed.path))
        if any(len(_years(row)) >= 2 for sheet in sheets for row in sheet.rows[:HEADER_ROWS]):
            return _places(sheets, connection)
    parsed = tabular.read(landed, connection, "census_population") or delimited.read(
        landed, connection, "census_population", encodings=("utf-8", "latin-1")
    )
    years = [match[1] for name in parsed.rows.columns if (match := ESTIMATE.fullmatch(name))]
    if not years or not {"state", "place"} <= {name.lower() for name in parsed.rows.columns}:
        raise Unreadable(
            "the header is not that of a SUB-EST file or of the workbook of incorporated places; expected SUMLEV, STATE, "
            "PLACE, NAME and POPESTIMATE columns, or a header with one column a year"
        )
    parsed.facts["vintage"] = max(years)
    return parsed


def _places(sheets: list[workbook.Sheet], connection: duckdb.DuckDBPyConnection) -> Parsed:
    """Rows between the header's line of years and the notes. A line amid them without any figure is a reject."""
    rows, at = next((s.rows, at) for s in sheets for at, row in enumerate(s.rows) if len(_years(row)) >= 2)
    columns = _columns(rows[: at + 1])
    last = max((i for i in range(at + 1, len(rows)) if any(rows[i][c] is not None for c in columns)), default=at)
    places, numbers, rejects = [], [], []
    for i in range(at + 1, last + 1):
        name = rows[i][0]
        if any(rows[i][c] is not None for c in columns):
            places.append([name.lstrip(". ") if name else None, *(rows[i][c] for c in columns)])
            numbers.append(i + 1)
        elif name:
            rejects.append(Fault(i + 1, "place", name[:80], "a place with its population figures"))
    notes = [cell for row in rows[last + 1 :] for cell in row[:1] if cell]
    facts = {"vintage": _vintage(notes, columns)}
    if notes:
        facts["notes"] = f"{len(notes)} lines below the rows: {notes[0][:120]}"
    table = tabular.relation(connection, ["place", *columns.values()], places, numbers)
    return Parsed("census_population_places", table, first_row=at + 2, rejects=rejects, facts=facts)


def _years(row: workbook.Row) -> list[int]:
    """Columns of a header line that hold consecutive years; none in other lines, where a population may look like one."""
    found = {i: int(cell) for i, cell in enumerate(row) if i and cell and YEAR.fullmatch(cell)}
    years = list(found.values())
    return list(found) if years and years == list(range(years[0], years[0] + len(years))) else []


def _columns(header: list[workbook.Row]) -> dict[int, str]:
    """Catalog names by column: years are estimates; what stands before them is told by the words above it.

    A label over merged cells stands in the first of them only, so it counts for the unlabeled ones to its right.
    """
    years = _years(header[-1])
    labels: dict[int, str] = {}
    for row in header:
        over = ""
        for i in range(1, years[0]):
            over = row[i] or over
            labels[i] = f"{labels.get(i, '')} {over}".lower()
    names = {i: f"popestimate_{header[-1][i]}" for i in years}
    for i, label in labels.items():
        base = next(iter(YEAR.findall(label)), header[-1][years[0]])
        if "base" in label:
            names[i] = f"estimatesbase{base}"
        elif "census" in label:
            names[i] = f"census{base}pop"
    return dict(sorted(names.items()))


def _vintage(notes: list[str], columns: dict[int, str]) -> str:
    named = [match[1] for note in notes if (match := VINTAGE.search(note))]
    return named[0] if named else max(name for name in columns.values() if ESTIMATE.fullmatch(name))[-4:]

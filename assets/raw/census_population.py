"""Census population estimates: SUB-EST and CO-EST files of any decade, the workbook of incorporated places, and exports of
American FactFinder (PEPANNRES).
"""

import re
import sys
from collections.abc import Iterable

import duckdb

from assets.raw import delimited, tabular, workbook
from assets.raw.casts import name as column
from assets.raw.reading import Fault, Landed, Parsed, Unreadable

PLACES, COUNTIES = "census_population", "census_population_counties"
ESTIMATE = re.compile(r"pop(?:estimate)?_?((?:19|20)\d\d)", re.IGNORECASE)  # POP_2000 up to Vintage 2009
COUNT = re.compile(r"(?:census_?((?:19|20)\d\d)_?pop|popcensus_?((?:19|20)\d\d))", re.IGNORECASE)
YEAR = re.compile(r"(?:19|20)\d\d")
HEADER_ROWS = 20  # the workbook's years stand within its first rows
VINTAGE = re.compile(r"Vintage ((?:19|20)\d\d)")
# When the Census Bureau released its estimates between two counts: those of 2000 to 2010 in September 2011 for counties
# and in October 2012 for places, those of 2010 to 2020 in November 2024.
RELEASED = {(COUNTIES, 2000): 2011, (PLACES, 2000): 2012, (COUNTIES, 2010): 2024, (PLACES, 2010): 2024}
BETWEEN_COUNTS = re.compile(r"est(?:20)?[02]0int", re.IGNORECASE)
FACT_FINDER = re.compile(r"(rescen4|resbase4|respop7)((?:19|20)\d\d)")  # the digit is the month: April, July
FACT_FINDER_WORDS = {"rescen4": "census{}pop", "resbase4": "estimatesbase{}", "respop7": "popestimate_{}"}
ALTERNATIVE = re.compile(r"est2010-alt", re.IGNORECASE)  # another series of the same years as SUB-EST00INT


def read(landed: Landed, connection: duckdb.DuckDBPyConnection) -> Parsed:
    """Rows of `census_population` (SUB-EST), `census_population_counties` (CO-EST) or `census_population_places`
    (workbook), told apart by their content.

    The fact `vintage` is the year of the last estimate, or the one that the file names. Estimates between two counts are
    a vintage of the year of their release, as in "2012 intercensal". Raises Unreadable for a file of another product.
    """
    start = tabular.head(landed.path)
    if start.startswith((workbook.ZIP_MAGIC, workbook.OLE_MAGIC)):
        sheets = workbook.sheets(delimited.plain(landed.path))
        if any(len(_years(row)) >= 2 for sheet in sheets for row in sheet.rows[:HEADER_ROWS]):
            return _workbook(sheets, landed, connection)
    parsed = tabular.read(landed, connection, PLACES) or delimited.read(
        landed, connection, PLACES, encodings=("utf-8", "latin-1")
    )
    if any(map(FACT_FINDER.fullmatch, parsed.rows.columns)):
        parsed = _fact_finder(parsed)
    names = {name.lower() for name in parsed.rows.columns}
    if not {"place", "ctyname"} & names or "state" not in names or not any(map(ESTIMATE.fullmatch, names)):
        raise Unreadable(
            "the header is not that of a SUB-EST or CO-EST file or of the workbook of incorporated places; expected "
            "SUMLEV, STATE, PLACE, NAME and POPESTIMATE columns (for counties COUNTY and CTYNAME), or a header with one "
            "column a year"
        )
    parsed.table = PLACES if "place" in names else COUNTIES
    parsed.facts["vintage"] = _vintage(names, parsed.table, landed.name)
    return parsed


def _fact_finder(parsed: Parsed) -> Parsed:
    """An export of American FactFinder (PEP_2016_PEPANNRES_with_ann.csv) under the names of SUB-EST or, without a place in
    it, of CO-EST; its second line describes the columns and is no row. GEO.id tells level and codes: 1620000US4804000.
    """
    headers = parsed.rows.columns
    key = next((header for header in headers if header.lower() == "geo.id"), None)
    label = next((header for header in headers if header.lower() == "geo.display-label"), None)
    if not key or not label:
        raise Unreadable(
            "the columns are those of American FactFinder and GEO.id or GEO.display-label is missing; expected both; take "
            "the file as it was downloaded, PEP_2016_PEPANNRES_with_ann.csv"
        )
    described = len(parsed.rows.limit(1).filter(f"lower({column(key)}) = 'id'").fetchall())
    rows = parsed.rows.limit(sys.maxsize, offset=described)
    code, level = f"split_part({column(key)}, 'US', 2)", f"left({column(key)}, 3)"
    place = f"regexp_full_match({column(key)}, '16[02]0000US[0-9]{{7}}')"
    known = f"({place} or regexp_full_match({column(key)}, '0400000US[0-9]{{2}}|0500000US[0-9]{{5}}'))"
    counties = not rows.filter(place).limit(1).fetchall()
    select = [
        f"case when {place} then '162' else {level} end as sumlev",
        f"case when {known} then left({code}, 2) end as state",
        f"case when {level} = '050' then substr({code}, 3) else '000' end as county",
        *([] if counties else [f"case when {place} then substr({code}, 3) else '00000' end as place"]),
        f"regexp_replace({column(label)}, ', [^,]+$', '') as {'ctyname' if counties else 'name'}",
        f"nullif(regexp_extract({column(label)}, ', ([^,]+)$', 1), '') as stname",
    ]
    for header in headers:
        if match := FACT_FINDER.fullmatch(header):
            select.append(f"{column(header)} as {FACT_FINDER_WORDS[match[1]].format(match[2])}")
        elif header == "_row":
            select.append("_row")
    return parsed.with_rows(rows.project(", ".join(select)), described)


def _vintage(names: Iterable[str], table: str, file: str) -> str:
    """The year of the last estimate; where a count comes after the first one, the year of release.

    Only estimates between two counts know the later of them; the file's own name (sub-est2020int.csv) tells as well.
    """
    names = list(names)
    estimates = [int(match[1]) for name in names if (match := ESTIMATE.fullmatch(name))]
    counts = [int(match[1] or match[2]) for name in names if (match := COUNT.fullmatch(name))]
    if ALTERNATIVE.search(file):
        return "2010 alternative"
    decade = min(estimates) // 10 * 10
    if (max(counts, default=0) > min(estimates) or BETWEEN_COUNTS.search(file)) and (table, decade) in RELEASED:
        return f"{RELEASED[table, decade]} intercensal"
    return str(max(estimates))


def _workbook(sheets: list[workbook.Sheet], landed: Landed, connection: duckdb.DuckDBPyConnection) -> Parsed:
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
    if places and places[0][0] == "United States":
        raise Unreadable(
            "the workbook is one of the nation, states or counties; expected that of incorporated places (SUB-IP-EST); "
            "for counties land the CSV co-estYYYY-alldata"
        )
    notes = [cell for row in rows[last + 1 :] for cell in row[:1] if cell]
    named = [match[1] for note in notes if (match := VINTAGE.search(note))]
    facts = {"vintage": _vintage(columns.values(), PLACES, landed.name)}
    if named and facts["vintage"].isdigit():
        facts["vintage"] = named[0]
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
    """Catalog names by column: years are estimates; what stands before and after them is told by the words above it.

    A label over merged cells stands in the first of them only, so it counts for the unlabeled ones to its right.
    """
    years = _years(header[-1])
    labels: dict[int, str] = {}
    for row in header:
        over = ""
        for i in range(1, len(row)):
            over = row[i] or over
            if i not in years:
                labels[i] = f"{labels.get(i, '')} {over}".lower()
    names = {i: f"popestimate_{header[-1][i]}" for i in years}
    for i, label in labels.items():
        base = next(iter(YEAR.findall(label)), header[-1][years[0]])
        if "base" in label:
            names[i] = f"estimatesbase{base}"
        elif "census" in label:
            names[i] = f"census{base}pop"
    return dict(sorted(names.items()))

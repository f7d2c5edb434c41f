"""Census SAIPE: poverty and income of states and counties, as workbook, fixed-width text or an answer of the API."""

import csv
import re
from collections.abc import Sequence
from itertools import takewhile

import duckdb

from assets.raw import delimited, tabular, workbook
from assets.raw.casts import name as quoted
from assets.raw.reading import Fault, Landed, Parsed, Unreadable

TABLE = "census_saipe"
INCOME = "median_household_income_usd"
MEASURES = (  # in the publisher's order; the last two stand in rows of states only
    *("poverty_persons", "poverty_pct", "poverty_under_18_persons", "poverty_under_18_pct"),
    *("poverty_5_17_persons", "poverty_5_17_pct", INCOME, "poverty_under_5_persons", "poverty_under_5_pct"),
)
FIGURES = [measure + part for measure in MEASURES for part in ("", "_lower", "_upper")]
COUNTED = (21, 27)  # figures in a fixed-width row: without and with the age group under 5
AGES = {
    "all ages": "",
    r"\b0-4\b|under (age )?5\b": "under_5_",
    r"\b5-17\b": "5_17_",
    r"\b0-17\b|under (age )?18\b": "under_18_",
}
STATE, COUNTY = r"(?=.*state)(?=.*fips)", r"(?=.*county)(?=.*fips)"
PLACES = {STATE: "state", COUNTY: "county", ".*postal": "postal", r".*\bname\b": "name"}
ROW = re.compile(r"\s*(\d{1,2})\s+(\d{1,3})\s+(\S.*)")
FIGURE = re.compile(r"[\d,]+(\.\d*)?|\.")
TAIL = re.compile(r"(?P<name>.*?)\s+(?P<postal>[A-Z]{2})(?:\s+(?P<tail>(?:est|[\d.])\S*.*))?")
TAG = re.compile(r"\best(\d\d)\w*\.\w+\s+(\d{1,2})([A-Za-z]{3})(\d{4})\b")
NAMED = re.compile(r"\best(\d\d)(?!\d)", re.IGNORECASE)  # est19all.xls, est19_al.txt, and the sheet est19ALL
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
RELEASED = re.compile(r"release date:?\s*([a-z]{3})[a-z]*\.?\s+(?:(\d{1,2}),\s*)?(\d{4})", re.IGNORECASE)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
Cells = Sequence[str | None]


def read(landed: Landed, connection: duckdb.DuckDBPyConnection) -> Parsed:
    """One row per state or county and year, columns as in the catalog.

    Facts: `year` of the estimates (declared, else from the title, the sheet, the rows or the file's name) and `vintage`,
    the release or making that the file tells, else the year; an answer of the API has both in its rows. Raises
    Unreadable where the year cannot be known, or for another product.
    """
    start = tabular.head(landed.path)
    if start.startswith((workbook.ZIP_MAGIC, workbook.OLE_MAGIC)):
        for sheet in workbook.sheets(delimited.plain(landed.path)):
            if (at := _header(sheet.rows)) is not None:
                return _grid(landed, connection, sheet.rows, at, sheet.name)
        raise _unknown()
    if parsed := tabular.read(landed, connection, TABLE):
        return _api(landed, parsed)
    text = _text(landed)
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    if "saepov" in first.lower() or "saemhi" in first.lower():
        return _api(landed, delimited.read(landed, connection, TABLE, encodings=("utf-8", "latin-1")))
    rows = [next(csv.reader([line]), []) for line in lines]
    if (at := _header(rows)) is not None:
        return _grid(landed, connection, [[cell.strip() or None for cell in row] for row in rows], at, "")
    return _fixed(landed, connection, lines)


def _api(landed: Landed, parsed: Parsed) -> Parsed:
    """An answer of timeseries/poverty/saipe: every row tells its year, which is its vintage too."""
    names = {name.lower(): name for name in parsed.rows.columns}
    if not any(name.startswith(("saepov", "saemhi")) for name in names):
        raise _unknown()
    told = names.get("time") or names.get("year")
    if told is None:
        parsed.facts |= _dated(landed, None, None)
    elif "vintage" not in names:
        parsed.rows = parsed.rows.project(f"*, {quoted(told)} as vintage")
    return parsed


def _header(rows: Sequence[Cells]) -> int | None:
    """The row that names the columns: the first with codes of states and of counties."""
    for at, row in enumerate(rows):
        labels = [_label(cell) for cell in row]
        if all(any(re.match(code, label) for label in labels) for code in (STATE, COUNTY)):
            return at
    return None


def _grid(landed: Landed, connection: duckdb.DuckDBPyConnection, rows: Sequence[Cells], at: int, sheet: str) -> Parsed:
    """Rows between the header and the notes; amid them, a line without a state's code is a reject."""
    columns = _columns(rows[at])
    if "state" not in columns or not set(MEASURES) & set(columns):
        raise _unknown()
    state = columns["state"]
    coded = [i for i in range(at + 1, len(rows)) if re.fullmatch(r"\d{1,2}", _cell(rows[i], state) or "")]
    last = coded[-1] if coded else at
    filled = [i for i in range(at + 1, last + 1) if any(rows[i])]
    expected = "a row with the codes of a state and a county"
    rejects = [Fault(i + 1, "state", "no state code", expected) for i in filled if i not in set(coded)]
    notes = [cell for row in rows[last + 1 :] for cell in row[:1] if cell]
    above = [line for row in rows[:at] for cell in row if cell for line in cell.splitlines()]
    title = " ".join(line for line in above if "release date" not in line.lower())
    years = set(YEAR.findall(title)) or set(YEAR.findall(" ".join(cell or "" for cell in rows[at])))
    told = years.pop() if len(years) == 1 else _named(sheet)
    facts = _dated(landed, told, _released(" ".join(above)))
    if notes:
        facts["notes"] = f"{len(notes)} lines below the rows: {notes[0][:120]}"
    table = [[_cell(rows[i], column) for column in columns.values()] for i in coded]
    return _parsed(connection, list(columns), table, [i + 1 for i in coded], at + 2, rejects, facts)


def _columns(header: Cells) -> dict[str, int]:
    """Catalog names and where they stand. A bound belongs to the estimate to its left; the first of a name counts."""
    found: dict[str, int] = {}
    measure = None
    for i, cell in enumerate(header):
        label = _label(cell)
        bound = next((part for part in ("_lower", "_upper") if part[1:] in label), "")
        if label and not bound:
            measure = _measure(label)
        column = measure + bound if measure else None
        if not bound and not measure:
            column = next((place for words, place in PLACES.items() if re.match(words, label)), None)
        if column:
            found.setdefault(column, i)
    return found


def _measure(label: str) -> str | None:
    if "median household income" in label:
        return INCOME
    unit = "pct" if "percent" in label else "persons" if re.search("estimate|number", label) else None
    age = next((age for words, age in AGES.items() if re.search(words, label)), None)
    return None if unit is None or age is None else f"poverty_{age}{unit}"


def _fixed(landed: Landed, connection: duckdb.DuckDBPyConnection, lines: Sequence[str]) -> Parsed:
    """Fixed-width rows: two codes, the figures, a name, a postal code; later years end with file name and date.

    Figures are counted from the left: every field has a blank before it, and a missing one is a period.
    """
    coded = [i for i, line in enumerate(lines) if ROW.fullmatch(line)]
    table, numbers, rejects, tags = [], [], [], []
    for i in range(coded[0], coded[-1] + 1) if coded else ():
        match = ROW.fullmatch(lines[i])
        figures = list(takewhile(FIGURE.fullmatch, match[3].split())) if match else []
        if match and len(figures) in COUNTED:
            rest = re.sub(rf"^(\S+\s+){{{len(figures)}}}", "", f"{match[3]} ").strip()
            words = TAIL.fullmatch(rest)
            words_of = [words["name"], words["postal"], words["tail"]] if words else [rest, None, None]
            table.append([match[1], match[2], *figures, *[None] * (len(FIGURES) - len(figures)), *words_of])
            numbers.append(i + 1)
            tags += TAG.findall(lines[i])
        elif lines[i].strip():
            expected = "codes of a state and a county and 21 figures, or 27 with those of the age group under 5"
            rejects.append(Fault(i + 1, None, f"{len(figures)} figures", expected))
    if not table:
        raise _unknown()
    if len({year for year, *_ in tags}) > 1:
        raise Unreadable("the rows name files of several years; expected one; land the files one by one")
    made = [f"{y}-{MONTHS.index(m.lower()) + 1:02d}-{int(d):02d}" for _, d, m, y in tags if m.lower() in MONTHS]
    facts = _dated(landed, _century(tags[0][0]) if tags else None, max(made, default=None))
    columns = ["state", "county", *FIGURES, "name", "postal", "tail"]
    return _parsed(connection, columns, table, numbers, coded[0] + 1, rejects, facts)


def _parsed(
    connection: duckdb.DuckDBPyConnection,
    columns: list[str],
    table: list[list[str | None]],
    numbers: list[int],
    first_row: int,
    rejects: list[Fault],
    facts: dict[str, str],
) -> Parsed:
    county = columns.index("county")
    whole = sum(not (row[county] or "").strip("0") for row in table)
    if whole:
        facts["not_used"] = f"{whole} rows of a state or the United States: no county's figure"
    rows = tabular.relation(connection, columns, table, numbers)
    return Parsed(TABLE, rows, first_row=first_row, rejects=rejects, facts=facts)


def _dated(landed: Landed, told: str | None, released: str | None) -> dict[str, str]:
    """The facts year and vintage. Raises Unreadable where no year is known."""
    name = landed.name.rpartition("/")[2]
    year = str(landed.options.get("year") or "") or told or _named(name)
    if not year:
        raise Unreadable(
            "the year of the estimates is neither in the title, nor in the sheet's or the file's name (estYYall); "
            "declare it in mapping.yml: `files: {<this file>: {year: 2019}}`"
        )
    return {"year": year, "vintage": released or year}


def _named(name: str) -> str | None:
    match = NAMED.search(name)
    return _century(match[1]) if match else None


def _century(digits: str) -> str:
    """SAIPE begins with 1989."""
    return ("19" if digits >= "89" else "20") + digits


def _released(text: str) -> str | None:
    """YYYY-MM or YYYY-MM-DD, as far as the file tells it."""
    match = RELEASED.search(text)
    if not match or match[1].lower() not in MONTHS:
        return None
    month = f"{match[3]}-{MONTHS.index(match[1].lower()) + 1:02d}"
    return f"{month}-{int(match[2]):02d}" if match[2] else month


def _label(cell: str | None) -> str:
    words = " ".join((cell or "").lower().replace("–", "-").split())
    return re.sub(r"(\d) ?(?:to|-) ?(\d)", r"\1-\2", words)


def _cell(row: Cells, column: int) -> str | None:
    cell = row[column] if column < len(row) else None
    return cell.removeprefix("$").strip() or None if cell else None


def _text(landed: Landed) -> str:
    content = delimited.plain(landed.path).read_bytes()
    try:
        return content.decode(landed.options.get("encoding") or "utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _unknown() -> Unreadable:
    return Unreadable(
        "no SAIPE table of states and counties was recognized; expected estYYall as workbook or fixed-width text, or an "
        "answer of the API timeseries/poverty/saipe (SAEPOV…, SAEMHI…) with its names first"
    )

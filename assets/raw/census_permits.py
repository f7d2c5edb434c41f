"""Census Building Permits Survey: files of permit-issuing places, annual and monthly, of every layout since 1980."""

import csv
import re
from calendar import monthrange
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from assets.raw import delimited, tabular, workbook
from assets.raw.reading import Fault, Landed, Parsed, Unreadable

TABLE = "census_permits"
SIZES = ("1", "2", "3_4", "5_up")  # housing units in a building
COUNTS = [f"{what}_{size}" for size in SIZES for what in ("buildings", "units", "value_usd")]
REPORTED = [f"{column}_reported" for column in COUNTS]
LABELS = {  # of the upper header line; layouts since 1980 differ in what they have and where
    "survey": "survey_date",
    "state": "state",
    "6-digit": "office_id",
    "county": "county",
    "place": "census_place",
    "census place": "census_place",
    "fips place": "place",
    "fips mcd": "mcd",
    "pop": "population",
    "csa": "csa",
    "cbsa": "cbsa",
    "msa/": "msa_cmsa",
    "pmsa": "pmsa",
    "footnote": "footnote",
    "central": "central_city",
    "ccity": "central_city",
    "zip": "zip",
    "region": "region",
    "division": "division",
    "number of": "months_reported",
    "source": "source_code",
    "": "",
}
SINCE_2007 = (  # annual and year-to-date; a file of single months has the source code in place of the months reported
    *("survey_date", "state", "office_id", "county", "census_place", "place", "mcd", "population", "csa", "cbsa"),
    *("footnote", "central_city", "zip", "region", "division", "months_reported", "name"),
)
SHAPE = {"state": r"\d{1,2}", "office_id": r"\d{6}", "county": r"\d{3}", "place": r"(\d{5})?", "mcd": r"(\d{5})?"}
NAMED = re.compile(r"(?<![a-z0-9])(?:ne|mw|so|we)(\d{4}[acyr])(?![a-z0-9])")
NO_PLACE = {"99990": "a county's remainder (99990)", "00000": "no place code (00000)", "": "no place code (blank)"}
WHOLE = re.compile(r"\d+")


@dataclass(frozen=True)
class Layout:
    """The columns of a line in their order, "" for one that the header does not name. The name stands before the counts."""

    leading: list[str]
    counts: list[str]

    @property
    def columns(self) -> list[str]:
        return [*self.leading, *self.counts]

    @property
    def width(self) -> int:
        return len(self.leading) + len(self.counts)


def read(landed: Landed, connection: duckdb.DuckDBPyConnection) -> Parsed:
    """One row per permit office and period. period_start and period_end are worked out of the survey date.

    Facts: `vintage` where the file's name is the publisher's and agrees with the survey dates inside (so2024a.txt: `2024
    annual`); `not_used`, rows without a place code. Raises Unreadable for a file of another product.
    """
    lines = _lines(landed)
    data = [i for i, cells in enumerate(lines) if WHOLE.fullmatch(_stripped(cells, 0))]
    if not data:
        raise _unknown()
    layout = _layout(lines[: data[0]], lines[data[0]])
    last = max(i for i, cells in enumerate(lines) if len(cells) > 1 and any(map(str.strip, cells)))
    rows, numbers, rejects = [], [], []
    for i in range(data[0], last + 1):
        cells = _fitted(lines[i], layout)
        if cells is not None:
            rows.append(cells)
            numbers.append(i + 1)
        elif any(map(str.strip, lines[i])):
            expected = f"{layout.width} fields, as in the layout of the file; quote a name that holds a comma"
            rejects.append(Fault(i + 1, None, f"{len(lines[i])} fields", expected))
    date = layout.leading.index("survey_date")
    kind, facts = _edition(landed.name, layout, {row[date] for row in rows})
    kept = [i for i, column in enumerate(layout.columns) if column]
    table = [[row[i] or None for i in kept] + _period(row[date], kind) for row in rows]
    facts |= _unused(rows, layout)
    notes = [" ".join(cells) for cells in lines[last + 1 :] if any(map(str.strip, cells))]
    if notes:
        facts["notes"] = f"{len(notes)} lines below the rows: {notes[0][:120]}"
    names = [*(layout.columns[i] for i in kept), "period_start", "period_end"]
    relation = tabular.relation(connection, names, table, numbers)
    return Parsed(TABLE, relation, first_row=data[0] + 1, rejects=rejects, facts=facts)


def _lines(landed: Landed) -> list[list[str]]:
    """Every line as its cells; a workbook that somebody made of the file is read the same."""
    start = tabular.head(landed.path)
    path = delimited.plain(landed.path)
    if start.startswith((workbook.ZIP_MAGIC, workbook.OLE_MAGIC)):
        return [[cell or "" for cell in row] for sheet in workbook.sheets(path)[:1] for row in sheet.rows]
    content = path.read_bytes().replace(b"\x1a", b"")  # files of the 1980s and 1990s end as DOS ended them
    try:
        text = content.decode(landed.options.get("encoding") or "utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    lines = text.splitlines()
    delimiter = max(delimited.DELIMITERS, key="\n".join(lines[:10]).count)
    return [next(csv.reader([line], delimiter=delimiter), []) for line in lines]


def _layout(header: list[list[str]], first: list[str]) -> Layout:
    """By position where the first row has the shape of the layout since 2007; else by the two header lines."""
    labels = [[cell.strip().lower() for cell in cells] for cells in header if any(map(str.strip, cells))][-2:]
    leading = list(SINCE_2007)
    if "source" in {cell for cells in labels for cell in cells}:
        leading[leading.index("months_reported")] = "source_code"
    shaped = all(re.fullmatch(p, _stripped(first, leading.index(c))) for c, p in SHAPE.items())
    if shaped and (counts := _counts(len(first) - len(leading))):
        return Layout(leading, counts)
    if len(labels) < 2 or "bldgs" not in labels[1]:
        raise _unknown()
    leading = [_column(cell) for cell in labels[0][: labels[1].index("bldgs") - 1]]
    counts = _counts(3 * labels[1].count("bldgs"))
    if not {"survey_date", "state", "office_id"} <= set(leading) or not counts:
        raise _unknown()
    return Layout([*leading, "name"], counts)


def _counts(number: int) -> list[str]:
    """The estimates with imputation, with or without those reported only; none for another number of columns."""
    return {12: COUNTS, 24: [*COUNTS, *REPORTED]}.get(number, [])


def _column(label: str) -> str:
    """The column that an upper header cell names. Raises Unreadable for a name of no known layout."""
    label = " ".join(label.split())
    if label not in LABELS:
        raise Unreadable(
            f"the header has a column {label[:40]!r} that no known layout of place files has; expected "
            f"{', '.join(filter(None, LABELS))}"
        )
    return LABELS[label]


def _fitted(cells: list[str], layout: Layout) -> list[str] | None:
    """The cells of a row, stripped, as many as the layout has; None where they do not fit.

    A name that holds a comma and is not quoted takes more cells than one: they are the name's where none is a number.
    """
    cells = [cell.strip() for cell in cells]
    at, more = len(layout.leading) - 1, len(cells) - layout.width
    if more > 0 and not any(WHOLE.fullmatch(cell) for cell in cells[at + 1 : at + 1 + more]):
        cells = [*cells[:at], ", ".join(cells[at : at + 1 + more]), *cells[at + 1 + more :]]
    return cells if len(cells) == layout.width and WHOLE.fullmatch(cells[0]) else None


def _edition(name: str, layout: Layout, dates: set[str]) -> tuple[str, dict[str, str]]:
    """The letter of the kind of file (a annual, c one month, y year to date, r revised months), and its vintage.

    The name counts where it agrees with the survey dates; else the layout tells the kind, and no vintage is known.
    """
    year, month = max((_survey(date) for date in dates), default=(0, 0))
    short, when = f"{year % 100:02d}{month:02d}", f"{year}-{month:02d}"
    editions = {f"{year}r": f"{year} annual revised"}
    if month:
        editions |= {f"{short}c": f"{when} current month", f"{short}y": f"{when} year to date"}
        editions |= {f"{short}r": f"{when} revised"}
    else:
        editions |= {f"{year}a": f"{year} annual"}
    named = NAMED.search(name.rpartition("/")[2].lower())
    if named and named[1] in editions:
        return named[1][-1], {"vintage": editions[named[1]]}
    return "c" if "source_code" in layout.leading else "y", {}


def _survey(date: str) -> tuple[int, int]:
    """Year and month of a survey date, month 0 for a year; (0, 0) where it is no date of the survey.

    The publisher writes YYYY, YYYY99 and YYYYMM, in older files YY99 and YYMM; the survey of places begins with 1980.
    """
    if re.fullmatch(r"(19|20)\d\d", date):
        return int(date), 0
    if re.fullmatch(r"\d{4}", date):
        date = ("19" if date >= "8000" else "20") + date
    if re.fullmatch(r"(19|20)\d\d(0[1-9]|1[0-2]|99)", date):
        return int(date[:4]), int(date[4:]) % 99
    return 0, 0


def _period(date: str, kind: str) -> list[str | None]:
    """First and last day of what a row counts; none for a date that cannot be read."""
    year, month = _survey(date)
    if not year:
        return [None, None]
    first, last = (month if month and kind != "y" else 1), month or 12
    return [f"{year}-{first:02d}-01", f"{year}-{last:02d}-{monthrange(year, last)[1]}"]


def _unused(rows: list[list[str]], layout: Layout) -> dict[str, str]:
    """How many rows make no figure, and why: a place is known by its FIPS code."""
    if "place" not in layout.leading:
        return {"not_used": f"{len(rows)} rows: the layout before 2007 has no FIPS place code"}
    at = layout.leading.index("place")
    codes = Counter(row[at] and row[at].zfill(5) for row in rows)
    told = [f"{codes[code]} rows: {why}" for code, why in NO_PLACE.items() if codes[code]]
    return {"not_used": "; ".join(told)} if told else {}


def _stripped(cells: Sequence[str], at: int) -> str:
    return cells[at].strip() if at < len(cells) else ""


def _unknown() -> Unreadable:
    return Unreadable(
        "no file of permit-issuing places was recognized; expected so2024a.txt or the like: two header lines, then rows "
        "of 41 fields (29 for single months) that begin with survey date, state and the office's 6-digit id"
    )

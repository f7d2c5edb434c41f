"""What a report says, apart from how it is written: one Document becomes the PDF, the workbook and the CSV."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from assets import format as fmt

# kind of a column: how paper writes its values, and the format that a workbook gives its numbers
KINDS = {
    "text": "",
    "long": "",  # text that may take several lines
    "day": "",  # a date
    "period": "",  # a federal quarter, a month: FY2015Q2
    "cents": '"$"#,##0.00;[Red]-"$"#,##0.00',  # dollars to the cent
    "count": "#,##0",
    "percent": '0.0"%"',  # 0-100
    "rate": "0.0000",  # a fraction
    "figure": "#,##0.00####",  # in the unit that column `unit` of the row names
}
NUMERIC = frozenset(("cents", "count", "percent", "rate", "figure"))
UNITS = {
    "cents": "usd",
    "percent": "percent",
    "rate": "ratio",
    "figure": "as column `unit` says",
}  # of a kind, where it has one
SHEET_NAME = 31  # characters at most (UTF-16 units)
NO_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]|^'|'$|^$")
RESERVED = ("about", "dictionary", "history")  # sheets of every workbook, and a name that Excel keeps for itself


@dataclass(frozen=True)
class Column:
    """A column: its name in CSV, its heading, what it means (for the dictionary), its kind (KINDS), its width in a workbook
    in characters; paper: whether the PDF has it too."""

    name: str
    title: str
    meaning: str
    kind: str = "text"
    width: int = 14
    paper: bool = True


@dataclass(frozen=True)
class Term:
    """A part of a sum: plus or minus the cell in that row and column of the same table."""

    sign: int
    row: int
    column: str


@dataclass(frozen=True)
class Table:
    """Rows with a value for each column's name. A value is text, int, Decimal, float, date, or None (nothing to be said); where
    a number cannot be given, the text that says why stands in its place.

    name: of its sheet (31 characters at most) and in the CSV. formulas: (row, column name) -> the terms that the value adds up
    from. empty: what is said where there are no rows. paper: whether the PDF prints it; what is many records is for the
    workbook and the CSV. row_header: the column whose cells name their rows.
    """

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Any]]
    note: str = ""
    empty: str = "Nothing."
    formulas: Mapping[tuple[int, str], Sequence[Term]] = field(default_factory=dict)
    paper: bool = True
    row_header: str = ""


@dataclass(frozen=True)
class Heading:
    text: str
    level: int = 1  # 1 or 2; the title of the document is above both


@dataclass(frozen=True)
class Paragraph:
    text: str


@dataclass(frozen=True)
class Boxes:
    """The numbered boxes at the head or foot of a form: (number, label, value); a value is None where it is left to be filled in
    by hand, as a signature is. name: in workbook and CSV."""

    name: str
    title: str
    boxes: Sequence[tuple[str, str, str | None]]


@dataclass(frozen=True)
class Point:
    """value: a number, or None where there is none; text: as it is written, a state in words where there is no value; low,
    high: its interval."""

    label: str
    value: float | Decimal | None
    text: str
    low: float | None = None
    high: float | None = None
    provisional: bool = False


@dataclass(frozen=True)
class Chart:
    """Bars from zero. title: a statement; subtitle: the unit and the period; alt: the same in words for who cannot see it;
    target: a line across, in the unit of the values; target_text: as it is written. The numbers stand in a table too."""

    title: str
    subtitle: str
    alt: str
    points: Sequence[Point]
    source: str
    target: float | None = None
    target_text: str = ""


Block = Heading | Paragraph | Boxes | Table | Chart


@dataclass(frozen=True)
class Document:
    """A report of a period on one release. name: of its files, without extension; state: Draft, or empty;
    at: the instant of the release (UTC), which every date inside of a file is; synthetic: that its measurements are made up."""

    report: str
    period: str
    name: str
    title: str
    subtitle: str
    program: str
    release: str
    as_of: date
    at: datetime
    synthetic: bool
    state: str
    blocks: Sequence[Block]

    def printed(self) -> list[Block]:
        """The blocks that paper has."""
        return [b for b in self.blocks if not isinstance(b, Table) or b.paper]

    def tables(self) -> list[Table]:
        """Its tables in order, those of boxes among them."""
        return [boxed(b) if isinstance(b, Boxes) else b for b in self.blocks if isinstance(b, Boxes | Table)]


BOX_COLUMNS = (
    Column("box", "Box", "number of the box on the form", width=8),
    Column("label", "Label", "what the form asks for", width=44),
    Column("value", "Entry", "what is entered; empty where it is left to be filled in by hand", kind="long", width=60),
)


def boxed(boxes: Boxes) -> Table:
    """The boxes of a form as a table."""
    rows = [{"box": number, "label": label, "value": value} for number, label, value in boxes.boxes]
    return Table(boxes.name, boxes.title, BOX_COLUMNS, rows, row_header="box")


def text(column: Column, row: Mapping[str, Any]) -> str:
    """A cell as paper has it: as pages write it, to the last digit that is published; empty where nothing is to be said."""
    value = row.get(column.name)
    if value is None or isinstance(value, str):
        period = column.kind == "period" and value is not None and value.startswith("FY")
        return f"{value[:6]} {value[6:]}".strip() if period and value is not None else value or ""
    if isinstance(value, date):
        return fmt.day(value)
    match column.kind:
        case "cents":
            return fmt.cents(Decimal(value))
        case "count":
            return fmt.number(value)
        case "percent":
            return fmt.percent(value, 1)
        case "rate":
            return fmt.number(value, 4)
        case "figure":
            unit = str(row.get("unit") or "")
            # what it is a percent or a rate of, the row says itself
            unit = "percent" if unit.startswith("percent of ") else "" if " per " in unit else unit
            return fmt.exact(Decimal(str(value)), unit)
    return str(value)


def checked(document: Document) -> list[Table]:
    """Its tables. Raises ValueError where the name of one cannot be a sheet's, is another's too, or a formula leads nowhere."""
    tables = document.tables()
    seen: set[str] = set(RESERVED)
    for table in tables:
        name = table.name
        if len(name.encode("utf-16-le")) > 2 * SHEET_NAME or NO_SHEET_NAME.search(name):
            raise ValueError(
                f"table {name!r}: no name of a sheet, which has 1 to {SHEET_NAME} characters and none of []:*?/\\"
            )
        if name.lower() in seen:
            raise ValueError(f"table {name!r}: another sheet has that name")
        seen.add(name.lower())
        columns = [column.name for column in table.columns]
        if not columns or len(set(columns)) < len(columns):
            raise ValueError(f"table {name!r}: no columns, or two of the same name")
        for (row, column), terms in table.formulas.items():
            cells = [(row, column), *((term.row, term.column) for term in terms)]
            if (
                not terms
                or any(term.sign not in (1, -1) for term in terms)
                or not all(0 <= at < len(table.rows) and of in columns for at, of in cells)
            ):
                raise ValueError(f"table {name!r}: the formula of row {row}, {column}, leads to no cell")
    return tables

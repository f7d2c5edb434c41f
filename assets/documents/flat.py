"""A report as one CSV for machines: a row for each cell of each table, and a dictionary beside it.

Both are RFC 4180 with lines that end in CR LF, as every reader takes them, in UTF-8 with a byte order mark: without one, Excel
reads the accents of a city's name as something else; pandas and DuckDB drop it, Python reads it as utf-8-sig.

A spreadsheet that opens a CSV runs a text that begins like a formula. Such a text has an apostrophe before it, and one that
begins with an apostrophe has too, so that whoever takes one apostrophe off has the text back. Numbers and dates are never so
changed: −5 dollars are -5.00.
"""

import io
import math
from collections.abc import Iterable, Iterator, Sequence
from csv import writer
from datetime import date
from decimal import Decimal
from typing import Any

from assets.documents.dictionary import HEAD as WHAT
from assets.documents.dictionary import entries
from assets.documents.document import UNITS, Column, Document, checked, text
from assets.documents.sheets import RUN

CENT = Decimal("0.01")
HEAD = {  # the columns of the CSV, and what they mean
    "table": "name of the table that the cell is of",
    "row": "its row in the table, from 1",
    "key": "what names its row, as on paper: the cell in the table's first column, or in the one that heads its rows",
    "column": "name of its column; this dictionary says what that means",
    "value": "the value: a number with all its digits and a point, dollars with their cents, a date as YYYY-MM-DD, a text as "
    "it is; empty where nothing is to be said",
    "type": "what the value is: number, date, text, or none; a text where a number could stand says why there is none",
    "text": "the cell as on paper",
    "unit": "unit of a number",
    "kind": "kind of its column: cents, count, percent, rate, figure, day, period, text or long text",
    "release": "the release that the report is of",
    "period": "the period that it is of",
    "synthetic": "true where its measurements were made up, otherwise false",
    "state": "Draft where the report is not complete; otherwise empty",
}
GUARD = (
    "A text that begins with = + - @ − ' or a tab or line break has ' put before it, so that no spreadsheet runs it as a "
    "formula; whoever takes one ' off has it as it was. Numbers and dates have none."
)


def csv(document: Document) -> bytes:
    """The cells of all its tables. Raises ValueError for tables that no workbook could have, and for numbers not finite."""
    return written(HEAD, _cells(document))


def _cells(document: Document) -> Iterator[Sequence[Any]]:
    about = (
        guarded(document.release),
        guarded(document.period),
        str(document.synthetic).lower(),
        guarded(document.state),
    )
    for table in checked(document):
        name = guarded(table.name)
        header = next((c for c in table.columns if c.name == table.row_header), table.columns[0])
        columns = [(c, guarded(c.name), c.kind) for c in table.columns]
        for number, row in enumerate(table.rows, start=1):
            key = guarded(text(header, row))
            for column, called, kind in columns:
                value, what = plain(column, row.get(column.name))
                unit = _unit(column, row) if what == "number" else ""
                shown = text(column, row)
                if what != "number" or not shown.startswith("\N{MINUS SIGN}"):  # of our own writing, before a number
                    shown = guarded(shown)
                yield name, number, key, called, value, what, shown, unit, kind, *about


def dictionary(document: Document) -> bytes:
    """What each column of each table is; first, what each column of `csv` is, as of a table without a name."""
    rows = [
        *(("", name, name, meaning, "", "") for name, meaning in HEAD.items()),
        ("", "", "Apostrophes", GUARD, "", ""),
        *entries((table, table.columns) for table in checked(document)),
    ]
    return written([column.name for column in WHAT], [[guarded(cell) for cell in row] for row in rows])


def plain(column: Column, value: Any) -> tuple[str, str]:
    """A value as machines read it, and what it is: number, date, text or none."""
    if value is None:
        return "", "none"
    if isinstance(value, date):
        return value.isoformat(), "date"
    if not isinstance(value, int | float | Decimal):
        return guarded(str(value)), "text"
    if not math.isfinite(value):
        raise ValueError(f"column {column.name}: {value} is no number")
    if isinstance(value, float):
        return repr(value), "number"
    number = Decimal(value)
    exponent = number.as_tuple().exponent
    if column.kind == "cents" and isinstance(exponent, int) and exponent > -2:
        number = number.quantize(CENT)
    return f"{number:f}", "number"


def guarded(said: str) -> str:
    """A text that no spreadsheet runs; see GUARD."""
    return f"'{said}" if said.startswith(RUN) else said


def _unit(column: Column, row: Any) -> str:
    """The unit of a number: its column's, or what the row says where that is one for each."""
    return guarded(str(row.get("unit") or "")) if column.kind == "figure" else UNITS.get(column.kind, "")


def written(head: Iterable[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A CSV of rows whose texts are guarded already."""
    out = io.StringIO(newline="")
    file = writer(out, lineterminator="\r\n")
    file.writerow(list(head))
    file.writerows(rows)
    return out.getvalue().encode("utf-8-sig")

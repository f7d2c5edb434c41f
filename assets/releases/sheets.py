"""Sheets of a workbook as reports have them: a title, headings that stay in view, text that stays text, sums as live formulas
beside their values, Letter size with the page and the release at the foot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

# of a whole workbook: rows go to the file as they come, and nothing becomes a formula or a link by how it is spelled
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
ROWS = 1_000_000  # of a sheet, which holds 1,048,576
NUMBERS, COUNTS = "#,##0.00####", "#,##0"
LETTER = 1


@dataclass(frozen=True)
class Column:
    """A column: its heading, what it means, its width in characters, and the format of its numbers (none: text).

    of: the places of the columns that a formula adds up.
    """

    title: str
    meaning: str
    width: int = 14
    number: str = ""
    of: tuple[int, ...] = ()


def write(
    book: Workbook, name: str, title: str, footer: str, head: Sequence[Column], rows: Sequence[Sequence[Any]]
) -> str:
    """Adds a sheet with these rows, a cell for each column of head; returns what it leaves out, in a sentence.

    None is an empty cell; an int has no decimals, whatever its column's format; text in a column of numbers (a state, where
    there is no value) stays text.
    """
    sheet = book.add_worksheet(name)
    heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    numbers = {
        kind: book.add_format({"num_format": kind})
        for kind in dict.fromkeys([*(c.number for c in head if c.number), COUNTS])
    }
    sums = {kind: book.add_format({"num_format": kind, "bold": True}) for kind in numbers}
    for place, column in enumerate(head):
        sheet.set_column(place, place, column.width)
    sheet.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 12}))
    sheet.set_row(1, 48)  # three lines of heading
    for place, column in enumerate(head):
        sheet.write_string(1, place, column.title, heading)
    for at, row in enumerate(rows[:ROWS], start=2):
        for place, (column, value) in enumerate(zip(head, row, strict=True)):
            kind = COUNTS if isinstance(value, int) else column.number
            if column.of:
                cells = "+".join(xl_rowcol_to_cell(at, other) for other in column.of)
                sheet.write_formula(at, place, f"={cells}", sums[kind], float(value))
            elif column.number and isinstance(value, int | Decimal):
                sheet.write_number(at, place, float(value), numbers[kind])
            elif value is not None and value != "":
                sheet.write_string(at, place, value.isoformat() if isinstance(value, date) else str(value))
    if not rows:
        sheet.write_string(2, 0, "Nothing.")
    sheet.autofilter(1, 0, max(1, min(len(rows), ROWS)) + 1, len(head) - 1)
    sheet.freeze_panes(2, 0)
    sheet.repeat_rows(0, 1)
    printed(sheet, footer)
    return f"{name} has the first {ROWS:,} of {len(rows):,} rows." if len(rows) > ROWS else ""


def printed(sheet: Worksheet, footer: str) -> None:
    """How a sheet prints: Letter, lying, as wide as the page; the footer with page x of y."""
    sheet.set_landscape()
    sheet.set_paper(LETTER)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L{footer.replace('&', '&&')}&RPage &P of &N")

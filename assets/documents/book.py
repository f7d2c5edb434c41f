"""A report as a workbook: sheet About, one for each table, and Dictionary; the same report gives the same bytes.

A table with formulas has two columns more at its right for each column that they are of: the sum worked out again, as a live
formula, and its difference from what is reported. What is reported stays a plain number, so that no program moves it.
"""

import io
from collections.abc import Iterator, Sequence
from datetime import UTC, date
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.workbook import Workbook

from assets.documents import dictionary, sheets
from assets.documents.document import KINDS, NUMERIC, Column, Document, Heading, Paragraph, Table, checked
from assets.documents.sheets import Sum
from assets.releases.seal import SYNTHETIC

NO_SUM = "Not worked out: a part is no number"
DIGITS = {"cents": 2}  # decimals of a difference; of other kinds six, past which binary fractions leave a residue
LABEL, SAID = 26, 100  # widths of About


def write(document: Document) -> bytes:
    """The workbook. Raises ValueError where a table's name cannot be a sheet's, a formula leads to no cell, or a number is
    not finite."""
    tables = checked(document)
    mark = SYNTHETIC if document.synthetic else ""
    footer = sheets.foot(" · ".join((document.program, document.report, document.period, document.release)), mark)
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, sheets.OPTIONS) as book:
        book.set_properties(_properties(document, mark))
        book.add_worksheet("About")  # first to be read; written last, when it is known what the others leave out
        left = [
            sheets.write(book, t.name, t.title, footer, _head(_columns(t)), _rows(t), note=t.note, empty=t.empty)
            for t in tables
        ]
        told = dictionary.entries((t, _columns(t)) for t in tables)
        title = "Dictionary: what each column is"
        left.append(sheets.write(book, "Dictionary", title, footer, _head(dictionary.HEAD), told))
        _about(book, document, footer, mark, [text for text in left if text])
    return out.getvalue()


def _properties(document: Document, mark: str) -> dict[str, Any]:
    """What the file says of itself; the day it was made is the release's, so that it is the same every time."""
    told = {
        "title": document.title,
        "subject": f"{document.report}, {document.period}",
        "author": document.program,
        "comments": f"Release {document.release}, as of {document.as_of.isoformat()}. {mark}".strip(),
        "status": document.state,
    }
    made = document.at.astimezone(UTC).replace(tzinfo=None)
    return {key: sheets.in_one_line(text) for key, text in told.items()} | {"created": made}


def _head(columns: Sequence[Column]) -> list[sheets.Column]:
    return [sheets.Column(c.title, c.meaning, c.width, KINDS[c.kind], wrap=c.kind == "long") for c in columns]


def _columns(table: Table) -> list[Column]:
    """Its columns, and for each that has formulas: the sum worked out again, and the difference."""
    summed = _summed(table)
    added: list[Column] = []
    for c in summed:
        of = f": {c.title}" if len(summed) > 1 else ""
        again = f"{c.title}, worked out again by this workbook from other cells of the sheet; not in the CSV"
        less = f"{c.title} as reported, less what is recomputed: zero; not in the CSV"
        added.append(Column(f"{c.name}_recomputed", f"Recomputed{of}", again, c.kind, max(18, c.width)))
        added.append(Column(f"{c.name}_difference", f"Difference{of}", less, c.kind))
    return [*table.columns, *added]


def _summed(table: Table) -> list[Column]:
    having = {column for _, column in table.formulas}
    return [column for column in table.columns if column.name in having]


def _rows(table: Table) -> Iterator[list[Any]]:
    """Its cells; with a formula, the sum and the difference at the right."""
    places = {column.name: place for place, column in enumerate(table.columns)}
    summed = _summed(table)
    for at, row in enumerate(table.rows):
        cells = [row.get(column.name) for column in table.columns]
        for column in summed:
            cells += _worked_out(table, at, column, places, len(cells))
        yield cells


def _worked_out(table: Table, at: int, column: Column, places: dict[str, int], place: int) -> list[Any]:
    """The sum of a cell's parts, to stand at that place, and what is reported less the sum."""
    terms = table.formulas.get((at, column.name))
    if terms is None:
        return [None, None]
    reported = _number(table, at, column.name)
    parts = [_number(table, term.row, term.column) for term in terms]
    known = [part for part in parts if part is not None]
    if reported is None or len(known) < len(parts):
        return [NO_SUM, None]
    total: Decimal | int = 0
    for term, part in zip(terms, known, strict=True):
        total += term.sign * part
    digits = DIGITS.get(column.kind, 6)
    less = Sum(round(Decimal(reported - total), digits), ((1, at, places[column.name]), (-1, at, place)), digits)
    return [Sum(total, [(term.sign, term.row, places[term.column]) for term in terms]), less]


def _number(table: Table, at: int, name: str) -> Decimal | int | None:
    """What a cell of the sheet has as a number; none where it has text, nothing, or no place on the sheet."""
    value = table.rows[at].get(name)
    kind = next(column.kind for column in table.columns if column.name == name)
    if at >= sheets.ROWS or kind not in NUMERIC or not sheets.holds(value):
        return None
    return Decimal(str(value)) if isinstance(value, float) else value


def _about(book: Workbook, document: Document, footer: str, mark: str, left: list[str]) -> None:
    """What the report is, what its sheets are, what they leave out, and its text."""
    lines: list[tuple[str, str | date]] = [(document.title, ""), (document.subtitle, ""), (mark, ""), ("", "")]
    lines += [("Program", document.program), ("Report", document.report), ("Period", document.period)]
    lines += [("Release", document.release), ("As of", document.as_of), ("State", document.state), ("", "")]
    lines += [("Sheets", ""), *((table.name, table.title) for table in document.tables())]
    lines += [("Dictionary", "what each column of each sheet is")]
    lines += [("Left out", text) for text in left]
    for block in document.blocks:
        if isinstance(block, Heading):
            lines += [("", ""), (block.text, "")]
        elif isinstance(block, Paragraph):
            lines += [("", block.text)]
    sheet = book.get_worksheet_by_name("About")
    sheet.set_column(0, 0, LABEL)
    sheet.set_column(1, 1, SAID)
    bold = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    day = book.add_format({"num_format": sheets.DAYS, "align": "left"})
    shown = [line for at, line in enumerate(lines) if line != ("", "") or lines[at - 1] != ("", "")]
    for at, (label, said) in enumerate(shown):
        sheets.put(sheet, at, 0, label, bold)
        if isinstance(said, date):
            sheet.write_datetime(at, 1, said, day)
        elif said:
            sheets.put(sheet, at, 1, said, wrapped)
    sheet.print_area(0, 0, len(shown) - 1, 1)
    sheets.printed(sheet, footer)

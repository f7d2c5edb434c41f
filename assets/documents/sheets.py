"""Sheets of a workbook as reports have them: a title, headings that stay in view, text that stays text, sums as live formulas
beside their values, Letter size with the page and the release at the foot."""

import math
import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

# of a whole workbook: rows go to the file as they come, and nothing becomes a formula or a link by how it is spelled
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
ROWS = 1_000_000  # of a sheet, which holds 1,048,576
TEXT = 32_767  # UTF-16 units that a cell holds
FOOT = 255  # and a footer, its commands among them
DIGITS = 15  # that a spreadsheet keeps of a number
FIRST_DAY = date(1900, 3, 1)  # before it the calendars of Excel and of others differ by a day
NUMBERS, COUNTS, DAYS = "#,##0.00####", "#,##0", "mmmm d, yyyy"
RIGHT = {"align": "right", "indent": 1}  # a step from the text beside it
LETTER = 1
WIDE = 95  # characters across a page that stands
SPARE = 9  # width of a column that has none of its own
RUN = tuple("'=+-@\t\r\n\0\N{MINUS SIGN}＝＋－＠")  # first in a text: some program runs it, or drops the apostrophe
UNWRITABLE = re.compile("[\ud800-\udfff\ufffe\uffff]")  # what XML cannot hold and XlsxWriter lets through
CONTROL = re.compile(r"[\x00-\x1f]+")


@dataclass(frozen=True)
class Column:
    """A column: its heading, what it means, its width in characters, and the format of its numbers (none: text).

    of: the places of the columns that a formula adds up; wrap: text takes as many lines as it needs.
    """

    title: str
    meaning: str
    width: int = 14
    number: str = ""
    of: tuple[int, ...] = ()
    wrap: bool = False


@dataclass(frozen=True)
class Sum:
    """A cell that is a live formula: its value, and what adds up to it as (sign, row, place), counted from 0 in these rows.

    digits: decimals that the sum is rounded to; none: as it comes.
    """

    value: Decimal | int
    terms: Sequence[tuple[int, int, int]]
    digits: int | None = None

    def formula(self, above: int) -> str:
        """In the language of spreadsheets; above: the rows of the sheet before the first."""
        parts = [
            f"{'-' if sign < 0 else '+'}{xl_rowcol_to_cell(above + row, place)}" for sign, row, place in self.terms
        ]
        added = "".join(parts).removeprefix("+")
        return f"={added}" if self.digits is None else f"=ROUND({added},{self.digits})"


HEAD = 2  # rows above the first: title and headings


class _Sheet:
    """A sheet being written: its formats, and what had to be cut."""

    def __init__(self, book: Workbook, name: str, head: Sequence[Column]) -> None:
        self.sheet = book.add_worksheet(name)
        self.name, self.head, self.cut = name, head, 0
        top = {"valign": "top"}
        kinds = dict.fromkeys([*(c.number for c in head if c.number), COUNTS])
        self.numbers = {kind: book.add_format(top | RIGHT | {"num_format": kind}) for kind in kinds}
        self.sums = {kind: book.add_format(top | RIGHT | {"num_format": kind, "bold": True}) for kind in kinds}
        self.days = book.add_format(top | {"num_format": DAYS, "align": "left"})
        # quote_prefix: the ' that keeps it text when somebody edits the cell and presses Enter
        self.texts = [book.add_format(top | {"quote_prefix": quoted}) for quoted in (False, True)]
        self.wrapped = [book.add_format(top | {"quote_prefix": quoted, "text_wrap": True}) for quoted in (False, True)]

    def cell(self, at: int, place: int, value: Any) -> None:
        """None is an empty cell; what is no number in a column of numbers stays text, as does a number in one of text, and a
        number of more digits than a spreadsheet keeps."""
        column, row = self.head[place], at + HEAD
        if value is None or value == "":
            return
        if isinstance(value, Sum):
            kind = _format(column, value.value)
            self.sheet.write_formula(row, place, value.formula(HEAD), self.sums[kind], value.value)
        elif column.number and holds(value):
            self.sheet.write_number(row, place, value, self.numbers[_format(column, value)])
        elif is_day(value):
            self.sheet.write_datetime(row, place, value, self.days)
        elif isinstance(value, float | Decimal) and not math.isfinite(value):
            raise ValueError(f"sheet {self.name}, row {at + 1}, {column.title}: {value} is no number")
        else:
            text = spelled(value)
            styles = self.wrapped if column.wrap or column.number else self.texts
            self.cut += put(self.sheet, row, place, text, styles[text.startswith(RUN)])


def write(
    book: Workbook,
    name: str,
    title: str,
    footer: str,
    head: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    note: str = "",
    empty: str = "Nothing.",
) -> str:
    """Adds a sheet with these rows, a cell for each column of head; returns what it leaves out, in a sentence.

    An int has no decimals in a column of NUMBERS. note: said below the rows; empty: in their place where there are none.
    footer: as `foot` makes it.
    """
    made = _Sheet(book, name, head)
    sheet, widths = made.sheet, [column.width for column in head]
    bold = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}
    heading, over_numbers = book.add_format(bold), book.add_format(bold | RIGHT)
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    put(sheet, 0, 0, title, book.add_format({"bold": True, "font_size": 12}))
    sheet.set_row(1, max(_height(column.title, column.width) for column in head))
    for place, column in enumerate(head):
        put(sheet, 1, place, column.title, over_numbers if column.number else heading)
    count = 0
    for count, row in enumerate(rows, start=1):
        if count > ROWS:
            continue  # only counted
        for place, (column, value) in enumerate(zip(head, row, strict=True)):
            terms = [(1, count - 1, other) for other in column.of]
            made.cell(count - 1, place, Sum(value, terms) if terms else value)
    if not count:
        put(sheet, HEAD, 0, empty)
    last = max(1, min(count, ROWS)) + 1
    sheet.autofilter(1, 0, last, len(head) - 1)
    sheet.freeze_panes(HEAD, 0)
    sheet.repeat_rows(0, 1)
    if note:
        last = _noted(book, sheet, last + 2, note, widths)
    beyond = max(0, math.ceil((1.3 * len(title) - sum(widths)) / SPARE))  # columns that a longer title reaches into
    sheet.print_area(0, 0, last, len(head) + beyond - 1)
    printed(sheet, footer, wide=sum(widths) > WIDE)
    left = [f"{name} has the first {ROWS:,} of {count:,} rows."] if count > ROWS else []
    if made.cut:
        left.append(f"{name} has {made.cut:,} texts cut at {TEXT:,} characters, the most that a cell holds.")
    return " ".join(left)


def _noted(book: Workbook, sheet: Worksheet, row: int, note: str, widths: Sequence[int]) -> int:
    """Says a note across the columns, in as many lines as it needs; the row it stands in."""
    style = book.add_format({"text_wrap": True, "valign": "top", "italic": True})
    sheet.set_row(row, _height(note, sum(widths)))
    if len(widths) > 1:
        sheet.merge_range(row, 0, row, len(widths) - 1, "", style)
    put(sheet, row, 0, note, style)
    return row


def _height(text: str, width: int) -> int:
    """Of a row that shows a text whole in so many characters of the usual width; no row is higher than 409."""
    return min(409, 3 + 15 * max(1, len(textwrap.wrap(text, max(4, int(0.85 * width))))))


def put(sheet: Worksheet, row: int, place: int, text: str, style: Format | None = None) -> bool:
    """Writes text that stays text, whatever it begins with; returns whether it had to be cut."""
    text = UNWRITABLE.sub("\ufffd", text)
    whole = text.encode("utf-16-le")
    text = whole[: 2 * TEXT].decode("utf-16-le", "ignore")
    if text.startswith("<r>") and text.endswith("</r>"):
        # XlsxWriter would take it for markup of its own and write it as it stands; in pieces it escapes it
        sheet.write_rich_string(row, place, text[:1], text[1:2], text[2:], *([style] if style else []))
    else:
        sheet.write_string(row, place, text, style)
    return len(whole) > 2 * TEXT


def holds(value: Any) -> bool:
    """Whether a spreadsheet keeps it as a number to the last digit; a float is as good as its first 15 digits."""
    if isinstance(value, float) or not isinstance(value, int | Decimal) or not math.isfinite(value):
        return isinstance(value, float) and math.isfinite(value)
    return len(spelled(abs(value)).replace(".", "").strip("0")) <= DIGITS


def is_day(value: Any) -> bool:
    """Whether every spreadsheet knows it as the same day."""
    return isinstance(value, date) and not isinstance(value, datetime) and value >= FIRST_DAY


def spelled(value: Any) -> str:
    """As text: a date as ISO 8601, a Decimal with every digit."""
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _format(column: Column, value: Any) -> str:
    return COUNTS if isinstance(value, int) and column.number == NUMBERS else column.number


def foot(text: str, mark: str = "") -> str:
    """The footer of a sheet: text, below it a mark (that data are synthetic), and page x of y. It is text to the last letter:
    no & of it is a command. Where it is too long, text is cut and the mark is not."""
    end = f"{chr(10) if mark else ''}{_literal(mark)}&R&8Page &P of &N"
    shown = _literal(text)
    # after a size a space, or a number that follows is part of it
    start = "&L&8 " if shown[:1].isdigit() else "&L&8"
    while len(f"{start}{shown}{end}".encode("utf-16-le")) > 2 * FOOT:
        text = text[:-1]
        shown = _literal(f"{text.rstrip()}…")
    return f"{start}{shown}{end}"


def in_one_line(text: str) -> str:
    """Without what the places beside the cells (footer, properties) cannot hold."""
    return UNWRITABLE.sub("\ufffd", CONTROL.sub(" ", text))


def _literal(text: str) -> str:
    # XlsxWriter counts &G as a picture even where it is the second half of &&G, and then leaves out the whole footer
    return re.sub(r"&(?=G|\[)", "& ", in_one_line(text)).replace("&", "&&")


def printed(sheet: Worksheet, footer: str, wide: bool = True) -> None:
    """How a sheet prints: Letter, lying if wide, as wide as the page; the footer with page x of y."""
    if wide:
        sheet.set_landscape()
    sheet.set_paper(LETTER)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(footer)

"""What a reader of a source takes and gives: the one seam between bytes and the receiving of rows.

A reader turns the bytes of one landed file into rows of text; `receive.py` does all the rest (types, rules, quarantine,
exact repeats, receipt) from the catalog, the same way for every source.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb


class Unreadable(Exception):
    """The file as a whole cannot be read. The message names what was found, what was expected and what to do."""


class NotNeeded(Exception):
    """The file is known and nothing here needs it. The message says what it is; the receipt keeps it."""


@dataclass(frozen=True)
class Looked:
    """What one look through the bytes of a file shows.

    lines: ends of lines by line feed, and a last line without; late_returns: the first carriage return comes after
    HEAD_BYTES, where a reader that looks at the head would not know of it.
    """

    sha256: str
    lines: int
    late_returns: bool


@dataclass(frozen=True)
class Landed:
    """One file below LANDING/<source>/.

    path: where it lies; name: path relative to LANDING, with `/`; source: the folder; options: its `mapping.yml`;
    looked: what looking through its bytes shows, once that is done: they are hashed while they are read.
    """

    path: Path
    name: str
    source: str
    options: dict[str, Any] = field(default_factory=dict)
    looked: Callable[[], Looked] | None = None


@dataclass(frozen=True)
class Fault:
    """A row that could not be split into columns at all. row counts as a spreadsheet does: the first line is 1."""

    row: int
    column: str | None
    found: str
    expected: str


@dataclass
class Parsed:
    """The rows of one file, as text.

    table: the catalog table (`assets/catalog/sources/<table>.yml`) they belong to.
    rows: a relation whose columns are all varchar and named as in the file (header aliases are resolved later from the
        catalog), in file order. It may have a bigint column `_row`, the row as the sender sees it; without one, rows are
        numbered from first_row, and rejects are counted in between.
    rejects: rows that could not be split into columns; they are not in `rows`.
    blank_rows: given how many records were read and how many of them are rejects, the rows with nothing in them, which a
        spreadsheet shows and counts.
    rejects_table: a DuckDB rejects table that fills while `rows` is read (the same, found later).
    facts: what the file says of itself, such as {"vintage": "2023-04-21"}; kept in the receipt, and a key that is the
        name of a catalog column with `from_file: true` fills that column.
    """

    table: str
    rows: duckdb.DuckDBPyRelation
    first_row: int = 2
    rejects: list[Fault] = field(default_factory=list)
    blank_rows: Callable[[int, int], list[int]] | None = None
    rejects_table: str | None = None
    facts: dict[str, str] = field(default_factory=dict)

    def with_rows(self, rows: duckdb.DuckDBPyRelation, described: int = 0) -> "Parsed":
        """The same file with `rows` for its own; the first `described` lines below its header describe it and are none."""
        blank = self.blank_rows
        return replace(
            self,
            rows=rows,
            first_row=self.first_row + described,
            blank_rows=(lambda records, rejected: blank(records + described, rejected)) if blank else None,
        )

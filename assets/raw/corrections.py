"""`corrections.yml`: repairs of single values, each with its reason and what is expected to be there; files withdrawn.

A correction is applied to the text that a file holds, after mapping.yml. Once the source no longer has the fault, the
correction is refused (`outstanding`): it would change a value that nobody looked at.
"""

import fnmatch
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
from pydantic import BaseModel, ConfigDict, field_validator

from assets.catalog import Source
from assets.raw import mapping
from assets.raw.casts import quote
from assets.raw.reading import Unreadable
from assets.raw.receipts import Receipt

NAME = "corrections.yml"


class Declared(BaseModel):
    """What every declaration says: of which files (a pattern below the folder), why, and by whom."""

    model_config = ConfigDict(extra="forbid")
    file: str = "*"
    why: str
    who: str

    @field_validator("file")
    @classmethod
    def _below(cls, pattern: str) -> str:
        return mapping.within(pattern)

    @field_validator("why", "who")
    @classmethod
    def _told(cls, told: str) -> str:
        if not told.strip():
            raise ValueError("must not be empty")
        return told

    def names(self, file: str) -> bool:
        """Whether it speaks of the file of this name, relative to the folder of the declaration."""
        return fnmatch.fnmatch(file, self.file)


class Correction(Declared):
    """In the rows where these columns hold these values, `column` holds `expect` and should hold `value`."""

    where: dict[str, str]
    column: str
    expect: str | None
    value: str | None

    @property
    def id(self) -> str:
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]

    def columns(self) -> set[str]:
        return {self.column, *self.where}

    def cell(self) -> tuple[str, str | None, str]:
        """Which value of which rows."""
        return self.column, self.expect, json.dumps([self.where, self.file], sort_keys=True)

    def rows(self, texts: dict[str, str]) -> str:
        """SQL: is this a row that it speaks of?"""
        return " and ".join(f"trim({texts.get(c, 'null')}) = {quote(v)}" for c, v in self.where.items())

    def holds(self, texts: dict[str, str], value: str | None) -> str:
        """SQL: does the column hold this?"""
        told = f"nullif(trim({texts.get(self.column, 'null')}), '')"
        return f"{told} is null" if value is None else f"coalesce({told} = {quote(value)}, false)"

    def describe(self) -> str:
        """Which one: its column and row. Values are not quoted, for the column may be personal."""
        return f"{self.column} where {', '.join(f'{c} is {v}' for c, v in self.where.items())} ({self.who}: {self.why})"


class Withdrawn(Declared):
    """A file that does not count: the name or pattern, and of which bytes where not of any."""

    file: str
    sha256: str | None = None


class Corrections(BaseModel):
    model_config = ConfigDict(extra="forbid")
    corrections: list[Correction] = []
    withdrawn: list[Withdrawn] = []

    def of(self, file: str) -> list[Correction]:
        return [c for c in self.corrections if c.names(file)]

    def withdraws(self, file: str, sha256: str) -> str:
        """Why the file does not count; empty where it does."""
        found = (w for w in self.withdrawn if w.names(file) and sha256.startswith((w.sha256 or "").lower()))
        return next((f"withdrawn by {w.who}: {w.why}" for w in found), "")


def load(folder: Path, tables: Iterable[Source]) -> Corrections:
    """The folder's corrections, or none. Raises Unreadable where they do not hold, naming the key."""
    told = mapping.declared(folder, NAME, Corrections, words=True)  # 0100 is no octal number
    specs, cells = list(tables), set()
    for number, correction in enumerate(told.corrections, 1):
        where = f"{NAME}: correction {number}"
        if not correction.where:
            raise Unreadable(f"{where} names no row; expected `where:` with columns and their values")
        if not any(correction.columns() <= set(s.columns) for s in specs):
            known = ", ".join(sorted({c for s in specs for c in s.columns}))
            raise Unreadable(f"{where} names {', '.join(sorted(correction.columns()))}; expected columns of: {known}")
        if any(s.columns[c].personal for s in specs for c in correction.where if c in s.columns):
            raise Unreadable(f"{where} finds its row by a personal column; expected an id")
        if correction.cell() in cells:
            raise Unreadable(f"{where} speaks of a value that an earlier one corrects; keep one")
        cells.add(correction.cell())
        if correction.expect == correction.value:
            raise Unreadable(f"{where} expects what it sets; expected two different values")
    return told


def apply(texts: dict[str, str], corrections: Iterable[Correction]) -> dict[str, str]:
    """The SQL text of each column, with the corrections in it."""
    out = dict(texts)
    for c in corrections:
        value = "null" if c.value is None else quote(c.value)
        test = f"{c.rows(texts)} and {c.holds(texts, c.expect)}"
        out[c.column] = f"case when {test} then {value} else {out.get(c.column, 'null')} end"
    return out


def count(
    rows: duckdb.DuckDBPyRelation, texts: dict[str, str], corrections: Iterable[Correction]
) -> dict[str, list[int]]:
    """For each correction: rows that it speaks of, rows where it applies, rows that say already what it sets."""
    found = {}
    for c in corrections:
        here, there = c.rows(texts), f"({c.rows(texts)})"
        counted: Any = rows.query(
            "received",
            f"select count(*) filter ({here}), count(*) filter ({there} and {c.holds(texts, c.expect)}),"
            f" count(*) filter ({there} and {c.holds(texts, c.value)}) from received",
        )
        found[c.id] = [int(n) for n in counted.fetchall()[0]]
    return found


def outstanding(correction: Correction, files: dict[str, Receipt]) -> str:
    """Why the correction must be looked at again; empty where it still mends what it was made for.

    files: the accepted files of its folder, by name below it, oldest first. The latest one with its row decides.
    """
    named = [r for name, r in files.items() if correction.names(name)]
    tried = [r.corrections[correction.id] for r in named if correction.id in r.corrections]
    seen = [counts for counts in tried if counts[0]]
    if not named or (seen and seen[-1][1]):
        return ""
    if not tried:
        return (
            f"its files are no longer in landing, so that they cannot be read again: {correction.describe()}; land them"
        )
    if not seen:
        return f"no row: {correction.describe()}; mend its `where:` or remove it from {NAME}"
    told = "the source says so by now" if seen[-1][2] else "the source holds something else than expected"
    return f"{told}: {correction.describe()}; remove it from {NAME}, or renew its `expect:`"

"""BEA regional accounts of counties: the tables CA… as the publisher's CSV, its zip archive, or an answer of its API."""

import csv
import json
import re
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from assets.raw import archive, delimited, limits, tabular
from assets.raw.casts import name
from assets.raw.reading import Landed, NotNeeded, Parsed, Unreadable

TABLE = "bea_county"
MEMBERS = (r"__ALL_AREAS_[^/]*\.csv$", r"\.csv$")  # of the archive: the file of all areas, else its only table
COLUMNS = {"geofips", "geoname", "tablename", "linecode"}
CODED = re.compile(rb'\s*"?\s*\d')  # how a row begins: with the code of its area
UPDATED = re.compile(r"(?:Last updated|LastRevised): *([A-Z][a-z]+ \d{1,2}, \d{4})", re.IGNORECASE)
OF_COUNTIES = re.compile(r"CA[A-Z]+\d")
API = ("GeoFips", "GeoName", "table_name", "line_code", "Description", "CL_UNIT", "UNIT_MULT", "NoteRef")


def read(landed: Landed, connection: duckdb.DuckDBPyConnection) -> Parsed:
    """Rows of `bea_county`: one an area and line with a column a year (CSV), or one an area, line and year (API).

    The fact `vintage` is the day of "Last updated" below the table, as YYYY-MM-DD. Raises NotNeeded for tables of states
    or metropolitan areas, Unreadable for anything else.
    """
    path = archive.unpacked(landed.path, *MEMBERS)
    if tabular.head(path).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        return _answer(delimited.plain(path), connection)
    rows, notes = _without_notes(delimited.plain(path))
    parsed = delimited.read(
        replace(landed, path=rows, looked=None), connection, TABLE, encodings=("utf-8", "latin-1"), delimiter=","
    )
    names = {column.lower(): column for column in parsed.rows.columns}
    if not names.keys() >= COLUMNS:
        raise Unreadable(
            "the header is not that of a BEA table of counties; expected GeoFIPS, GeoName, Region, TableName, LineCode, "
            "Description, Unit and a column a year, or the API's JSON"
        )
    (table,) = parsed.rows.limit(100).aggregate(f"max({name(names['tablename'])})").fetchall()[0]
    _refuse_other(table or "")
    parsed.facts |= _facts(notes)
    return parsed


def _without_notes(path: Path) -> tuple[Path, list[str]]:
    """A copy without the notes (lines with one filled cell, below the rows or amid them), and the notes.

    A note amid the rows leaves an empty line, so that the rows keep their numbers.
    """
    copy, notes, blank = limits.scratch() / "unpacked", [], 0
    with path.open("rb") as file, copy.open("wb") as out:
        for at, line in enumerate(file):
            if at and not CODED.match(line) and (note := _note(line)) is not None:
                blank += 1
                notes += [note] if note else []
                continue
            out.write(b"\n" * blank + line)
            blank = 0
    return copy, notes


def _note(line: bytes) -> str | None:
    """The one filled cell of a line (empty where none is); None for a line with more."""
    cells = next(csv.reader([line.decode("latin-1")]), [])
    filled = [cell.strip() for cell in cells if cell.strip()]
    return " ".join(filled) if len(filled) < 2 else None


def _facts(notes: Iterable[str]) -> dict[str, str]:
    """The vintage, and how the notes begin."""
    notes = list(notes)
    facts = {"notes": f"{len(notes)} lines: {notes[0][:120]}"} if notes else {}
    for found in UPDATED.findall(" ".join(notes)):
        try:
            facts["vintage"] = date(*time.strptime(found, "%B %d, %Y")[:3]).isoformat()
        except ValueError:  # a month or day that does not exist: no vintage is better than a wrong one
            continue
    return facts


def _refuse_other(table: str) -> None:
    if table and not OF_COUNTIES.match(table):
        raise NotNeeded(f"the BEA table {table[:20]} is not of counties; those of counties begin with CA, as in CAGDP2")


def _answer(path: Path, connection: duckdb.DuckDBPyConnection) -> Parsed:
    """The rows of an answer of the API. What it echoes of the request holds the asker's key and is not read."""
    try:
        answer = json.loads(path.read_bytes(), parse_float=str, parse_int=str)["BEAAPI"]
        results = answer.get("Results", answer)
        results = results[0] if isinstance(results, list) else results
        if error := results.get("Error"):
            raise Unreadable(
                f"the API answered with error {error.get('APIErrorCode', 'without a code')}; ask it again and land an answer"
            )
        data = results["Data"]
        rows = [_row(item) for item in ([data] if isinstance(data, dict) else data)]
        notes = [str(note["NoteText"]) for note in results.get("Notes", [])]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise Unreadable(
            "the JSON is not an answer of the BEA API; expected BEAAPI.Results.Data with GeoFips, Code, TimePeriod and "
            "DataValue; ask the API again (dataset Regional) and land its answer whole"
        ) from error
    names = dict.fromkeys([*API, *(column for row in rows for column in row)])
    table = tabular.relation(
        connection, list(names), [[row.get(column) for column in names] for row in rows], range(1, len(rows) + 1)
    )
    return Parsed(TABLE, table, first_row=1, facts=_facts(notes))


def _row(item: dict[str, Any]) -> dict[str, str | None]:
    """One figure of the API under the names of the CSV: `CAINC1-3` is line 3 of the table CAINC1."""
    table, _, line = str(item["Code"]).partition("-")
    _refuse_other(table)
    kept = {column: None if item.get(column) is None else str(item[column]) for column in API}
    year = {str(item["TimePeriod"]): str(item["DataValue"]).strip() or None}
    return kept | {"table_name": table, "line_code": line} | year

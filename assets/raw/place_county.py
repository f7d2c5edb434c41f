"""Which county a place lies in: Census files of places by county, relationship files, and exports of Geocorr."""

import re

import duckdb

from assets.raw import delimited, tabular
from assets.raw.casts import name as column
from assets.raw.casts import quote
from assets.raw.reading import Landed, Parsed, Unreadable

TABLE = "place_county"
# Columns whose names carry the year of their geography or count: GEOID_PLACE_20, placefp14, pop20.
STATES = (
    re.compile(r"state_?fp|state_?fips", re.IGNORECASE),
    re.compile(r"state", re.IGNORECASE),
)  # letters beside a code
PLACES = re.compile(r"geoid_place_?(\d\d)|place_?fp_?(\d\d)?|place_?(\d\d)?", re.IGNORECASE)
COUNTIES = re.compile(r"geoid_county_?(\d\d)|county_?fp_?(\d\d)?|county_?(\d\d)?", re.IGNORECASE)
PEOPLE = re.compile(r"pop_?(\d\d)", re.IGNORECASE)
COUNTED = re.compile(r"by_county_?((?:19|20)\d\d)", re.IGNORECASE)  # national_place_by_county2020.txt


def read(landed: Landed, connection: duckdb.DuckDBPyConnection) -> Parsed:
    """Rows of `place_county`, one for each part of a place in a county: codes put together to GEOIDs of 7 and 5 digits.

    The fact `vintage` is the year of the geography: of the publisher's file name, else of the place column's name, else
    of the count. Raises Unreadable for a list that names counties without their codes, and for other tables.
    """
    parsed = tabular.read(landed, connection, TABLE) or delimited.read(
        landed, connection, TABLE, encodings=("utf-8", "latin-1")
    )
    headers = [header for header in parsed.rows.columns if header != "_row"]
    place, county = _of(PLACES, headers), _of(COUNTIES, headers)
    if not place or not county or not _has_codes(parsed.rows, county):
        raise Unreadable(
            "no column gives the code of a county beside that of a place; expected PLACEFP and COUNTYFP (the Census "
            "Bureau's national_place_by_county2020.txt), GEOID_PLACE_20 and GEOID_COUNTY_20, or place and county with "
            "afact (Geocorr); a list that only names its counties, such as national_places.txt, cannot be used"
        )
    state, people = _of(STATES[0], headers) or _of(STATES[1], headers), _of(PEOPLE, headers)
    codes = {"place_id": _geoid(place, state, 7), "county_id": _geoid(county, state, 5)}
    select = [f"{sql} as {name}" for name, sql in codes.items()]
    if people:
        select.append(f"{column(people)} as population")
    select += [column(h) for h in parsed.rows.columns if h not in (place, county, state, people)]
    labels = _labeled(parsed.rows, place)
    rows = parsed.rows.filter(f"not {labels}" if labels else "true").project(", ".join(select))
    parsed = parsed.with_rows(rows, described=bool(labels))  # Geocorr's second line describes the columns
    if vintage := _vintage(landed.name, place, people):
        parsed.facts["vintage"] = vintage
    return parsed


def _of(pattern: re.Pattern[str], headers: list[str]) -> str | None:
    return next((header for header in headers if pattern.fullmatch(header)), None)


def _has_codes(rows: duckdb.DuckDBPyRelation, county: str) -> bool:
    found = rows.filter(f"regexp_full_match(trim({column(county)}), '[0-9]{{1,5}}')").limit(1).fetchall()
    return bool(found) or not rows.limit(1).fetchall()


def _labeled(rows: duckdb.DuckDBPyRelation, place: str) -> str:
    """SQL that is true for the line of descriptions; empty where the file has none."""
    first = rows.project(column(place)).limit(1).fetchall()
    label = first[0][0] if first else None
    return f"coalesce({column(place)} = {quote(label)}, false)" if label and not any(map(str.isdigit, label)) else ""


def _geoid(code: str, state: str | None, digits: int) -> str:
    """SQL of a GEOID: a code that is short enough to be one within its state gets the state's before it.

    Leading zeros that a spreadsheet took are put back: a county has at most 3 digits without its state, a place 5.
    """
    whole = f"repeat('0', {digits} - length({column(code)})) || {column(code)}"
    if not state:
        return f"({whole})"
    before = f"repeat('0', 2 - length({column(state)})) || {column(state)}"
    within = f"{before} || repeat('0', {digits - 2} - length({column(code)})) || {column(code)}"
    return f"case when length({column(code)}) <= {digits - 2} then {within} else {whole} end"


def _vintage(file: str, place: str, people: str | None) -> str | None:
    if match := COUNTED.search(file):
        return match[1]
    for pattern, header in ((PLACES, place), (PEOPLE, people)):
        match = pattern.fullmatch(header or "")
        if year := next((group for group in match.groups() if group), None) if match else None:
            return f"20{year}"
    return None

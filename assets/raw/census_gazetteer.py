"""Census gazetteer of places: tab-separated up to 2024, pipes since; the header says which columns there are."""

import re
from dataclasses import replace

import duckdb

from assets.raw import archive, delimited
from assets.raw.casts import name
from assets.raw.reading import Landed, Parsed, Unreadable

# The content does not say of which year it is; the publisher's file name does: 2014_Gaz_place_national.txt.
NAMED_YEAR = re.compile(r"\b((?:19|20)\d\d)_gaz", re.IGNORECASE)
MEMBER = r"gaz_places?_[^/]*\.txt$"
OTHERS = {5: "of counties, ZIP code areas or metropolitan areas", 10: "of county subdivisions", 11: "of census tracts"}


def read(landed: Landed, connection: duckdb.DuckDBPyConnection) -> Parsed:
    """Rows of `census_gazetteer`, one a place; the fact `vintage` where the file still has the publisher's name.

    The publisher's zip archive is read as well. Raises Unreadable for a gazetteer of other areas: filled up with zeros,
    their codes would pass for places.
    """
    path = archive.unpacked(landed.path, MEMBER, r"\.txt$")
    looked = landed.looked if path == landed.path else None
    parsed = delimited.read(
        replace(landed, path=path, looked=looked), connection, "census_gazetteer", encodings=("utf-8", "latin-1")
    )
    column = next((c for c in parsed.rows.columns if c.lower() == "geoid"), None)
    if column:
        digits = {n for (n,) in parsed.rows.project(f"length({name(column)}) as n").distinct().fetchall() if n}
        if digits and not digits & {6, 7}:  # 6: a spreadsheet lost the zero of the states up to 09
            raise Unreadable(
                f"a gazetteer {OTHERS.get(max(digits), 'of other areas')}: its GEOIDs have {max(digits)} digits; expected "
                "that of places, with 7 (YYYY_Gaz_place_national.txt); download that one"
            )
    if match := NAMED_YEAR.search(landed.name):
        parsed.facts["vintage"] = match[1]
    return parsed

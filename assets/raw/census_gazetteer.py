"""Census gazetteer of places: tab-separated up to 2024, pipes since; the header says which columns there are."""

import re

import duckdb

from assets.raw import delimited
from assets.raw.reading import Landed, Parsed

# The content does not say of which year it is; the publisher's file name does: 2014_Gaz_place_national.txt.
NAMED_YEAR = re.compile(r"\b((?:19|20)\d\d)_gaz", re.IGNORECASE)


def read(landed: Landed, connection: duckdb.DuckDBPyConnection) -> Parsed:
    """Rows of `census_gazetteer`, one a place; the fact `vintage` where the file still has the publisher's name."""
    parsed = delimited.read(landed, connection, "census_gazetteer", encodings=("utf-8", "latin-1"))
    if match := NAMED_YEAR.search(landed.name):
        parsed.facts["vintage"] = match[1]
    return parsed

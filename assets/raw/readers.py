"""Who reads a file: its publisher's own reader where the bytes need one, else whatever the bytes are."""

import hashlib
from functools import cache
from pathlib import Path
from types import ModuleType

import duckdb

from assets.catalog import Source
from assets.raw import (
    bea_county,
    bls_laus,
    census_acs,
    census_gazetteer,
    census_permits,
    census_population,
    census_saipe,
    delimited,
    hud_allocations,
    open311,
    place_county,
    tabular,
)
from assets.raw.reading import Landed, Parsed

PUBLISHERS: dict[str, ModuleType] = {
    "bea_county": bea_county,
    "bls_laus": bls_laus,
    "census_acs": census_acs,
    "census_gazetteer": census_gazetteer,
    "census_permits": census_permits,
    "census_population": census_population,
    "census_saipe": census_saipe,
    "hud_allocations": hud_allocations,
    "place_county": place_county,
}


def parse(landed: Landed, connection: duckdb.DuckDBPyConnection, tables: list[Source]) -> Parsed:
    """The rows of the file: by the publisher's own reader where there is one, else by what the bytes are."""
    if landed.source in PUBLISHERS:
        parsed: Parsed = PUBLISHERS[landed.source].read(landed, connection)
        return parsed
    if landed.source == "requests" and (answer := open311.read(landed, connection)):
        return answer
    spec = next((t for t in tables if t.source == landed.source), tables[0])
    return tabular.read(landed, connection, spec.source) or delimited.read(
        landed, connection, spec.source, encodings=tuple(spec.encodings), trim=False
    )


@cache
def code() -> str:
    """Of the readers' own code: a changed reader reads its files again."""
    return hashlib.sha256(b"".join(p.read_bytes() for p in sorted(Path(__file__).parent.glob("*.py")))).hexdigest()

"""What waits for a person: from staging and from the spellings of the feeds, with suggestions of the state named."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from assets import review
from assets.catalog import load
from assets.decisions import PlaceName
from assets.raw import places
from assets.raw.receipts import Receipts

GAZETTEER = [
    "0908000 Bridgeport city",
    "0982660 West Hartford CDP",
    "2938000 Kansas City city",
    "2036000 Kansas City city",
]
GAZETTEER += ["0608954 Burbank city", "0608968 Burbank CDP", "2965000 St. Louis city", "4983470 West Valley City city"]
ALLOCATIONS = [
    ("WEST HARTFORD", "CT", "unmatched"),
    ("HAMDEN TOWN", "CT", "unmatched"),
    ("BURBANK", "CA", "ambiguous"),
    ("WEST VALLEY", "UT", "unmatched"),
    ("ST LOUIS", "MO", "matched"),
    ("ALABAMA", "AL", "not_a_city"),
]
AREAS = [
    ("CS0982590000000", "West Hartford town, CT", "town"),
    ("CT1836000000000", "Indianapolis (consolidated) city, IN", "other_geography"),
    ("CT0637692000000", "Jurupa Valley city, CA", "not_in_gazetteer"),
    ("CT2938000000000", "Kansas City city, MO", "matched"),
]


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("create schema raw; create schema staging")
        connection.execute(
            "create table raw.census_gazetteer (usps varchar, geoid varchar, name varchar, intptlat double,"
            " intptlong double, vintage varchar, _known_at timestamp, _sha256 varchar)"
        )
        rows = [[None, g[:7], g[8:], 40.0, -90.0, "2014", "2014-05-01", "x"] for g in GAZETTEER]
        connection.executemany("insert into raw.census_gazetteer values (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        places.build(connection)
        connection.execute("create table staging.hud_allocations (name varchar, state varchar, match_state varchar)")
        connection.executemany("insert into staging.hud_allocations values (?, ?, ?)", ALLOCATIONS)
        connection.execute(
            "create table staging.bls_laus_places (area_code varchar, name varchar, match_state varchar)"
        )
        connection.executemany("insert into staging.bls_laus_places values (?, ?, ?)", AREAS)
        connection.execute("create table raw.bls_laus_data as select 'LAUCS098259000000003' as series_id from range(3)")
        yield connection


def test_each_source_says_what_waits_and_why(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    receipts = Receipts(tmp_path / "raw", tmp_path / "quarantine")
    found = review.waiting(warehouse, receipts, load().sources.values())
    assert [(n.source, n.found, n.state, n.rows, n.why) for n in found] == [
        ("bls_laus_area", "Indianapolis (consolidated) city, IN", "IN", 0, "consolidated"),
        ("bls_laus_area", "Jurupa Valley city, CA", "CA", 0, "not in the gazetteer"),
        ("bls_laus_area", "West Hartford town, CT", "CT", 3, "town"),
        ("hud_allocations", "BURBANK, CA", "CA", 1, "ambiguous"),
        ("hud_allocations", "HAMDEN TOWN, CT", "CT", 1, "town"),
        ("hud_allocations", "WEST HARTFORD, CT", "CT", 1, "town"),  # only a designated place has that name
        ("hud_allocations", "WEST VALLEY, UT", "UT", 1, "unknown"),
    ]
    nearest = {n.found: n.nearest for n in found}
    assert nearest["WEST VALLEY, UT"] == ["West Valley City city, UT = 4983470"]
    assert nearest["West Hartford town, CT"][0] == "West Hartford CDP, CT = 0982660"
    assert set(nearest["BURBANK, CA"]) == {"Burbank city, CA = 0608954", "Burbank CDP, CA = 0608968"}
    assert nearest["Indianapolis (consolidated) city, IN"] == []  # no place of the state is known


@pytest.mark.parametrize("only", ["bls_laus", "bls_laus_area"])
def test_one_source_by_table_or_by_folder(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path, only: str) -> None:
    receipts = Receipts(tmp_path / "raw", tmp_path / "quarantine")
    found = review.waiting(warehouse, receipts, load().sources.values(), only)
    assert {n.source for n in found} == {"bls_laus_area"}


def test_tables_that_a_decision_may_name() -> None:
    tables = review.tables(load().sources.values())
    assert {"requests", "hud_allocations", "bls_laus_area", "census_population_places"} <= set(tables)
    assert "ledger" not in tables


@pytest.mark.parametrize(
    ("written", "source", "expected"),
    [
        ("Smallville, MO", "requests", ("2965000", "decided")),
        ("smallville,  mo", "requests", ("2965000", "decided")),
        ("Smallville, MO", "surveys", ("2938000", "decided")),  # decided for surveys alone
        ("Kansas City, KS", "requests", (None, "decided")),  # decided to be no place, whatever the gazetteer says
        ("Kansas City, KS", "surveys", (None, "decided")),
        ("Kansas City, MO", "requests", ("2938000", "name")),
        ("ST LOUIS, MO", "requests", ("2965000", "name")),  # capitals, and St. without its point
        ("Saint Louis, MO", "requests", ("2965000", "name")),
        ("West Valley, UT", "requests", (None, None)),  # no word is added
        ("Burbank, CA", "requests", (None, "name")),
    ],
)
def test_what_was_decided_comes_before_every_rule(
    warehouse: duckdb.DuckDBPyConnection, written: str, source: str, expected: tuple[str | None, str | None]
) -> None:
    decided = [
        PlaceName("Smallville, MO", "", "2965000", "2026-01-02"),
        PlaceName("Smallville, MO", "surveys", "2938000", "2026-01-02"),
        PlaceName("Kansas City, KS", "", None, "2026-01-02"),
    ]
    places.build(warehouse, decided)
    (row,) = warehouse.execute(places.meanings(f"select '{written}' as text", source)).fetchall()
    assert row == (written, *expected)

"""From what a file calls a city to its GEOID: every honest spelling, and nothing guessed."""

from collections.abc import Iterator

import duckdb
import pytest

from assets.raw import places

GAZETTEER = [
    # usps, geoid, name, vintage
    ("KS", "2036000", "Kansas City city", "2014"),
    ("MO", "2938000", "Kansas City city", "2014"),
    ("NV", "3209700", "Carson City", "2014"),
    ("CO", "0811810", "Cañon City city", "2014"),
    ("MO", "2965000", "St. Louis city", "2014"),
    ("MN", "2758000", "St. Paul city", "2014"),
    ("MI", "2671000", "Saint Clair Shores city", "2014"),  # as some files write it
    ("IN", "1836003", "Indianapolis city (balance)", "2014"),
    ("TN", "4752006", "Nashville-Davidson metropolitan government (balance)", "2014"),
    ("GA", "1304204", "Augusta-Richmond County consolidated government (balance)", "2014"),
    ("IL", "1782101", "Wilmington city", "2014"),
    ("IL", "1782088", "Wilmington village", "2014"),
    ("AK", "0236400", "Juneau city and borough", "2014"),
    ("CT", "0908000", "Bridgeport city", "2013"),
    ("CT", "0908000", "Bridgeport City of Parks city", "2014"),  # renamed in a later vintage
    ("NJ", "3459190", "Princeton", "2014"),
    ("TN", "4748000", "Memphis city", "2014"),
]


@pytest.fixture(scope="module")
def gazetteer() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("create schema raw")
        connection.execute(
            "create table raw.census_gazetteer (usps varchar, geoid varchar, name varchar, intptlat double,"
            " intptlong double, vintage varchar, _known_at timestamp, _sha256 varchar)"
        )
        connection.executemany(
            "insert into raw.census_gazetteer values (?, ?, ?, 40, -90, ?, timestamp '2014-05-01', 'x')", GAZETTEER
        )
        assert places.build(connection) == 16  # 17 rows, one place twice
        yield connection


def geoid(connection: duckdb.DuckDBPyConnection, written: str) -> str | None:
    """As receive joins it: without case."""
    row = connection.execute("select geoid from reference.place_names where name = lower(?)", [written]).fetchone()
    return row[0] if row else None


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2036000", "2036000"),
        ("Kansas City, KS", "2036000"),
        ("kansas city, ks", "2036000"),
        ("Kansas City city, MO", "2938000"),
        ("Kansas City, Missouri", "2938000"),
        ("Carson City, NV", "3209700"),  # "City" is its name, not its kind
        ("Carson, NV", None),
        ("St. Louis, MO", "2965000"),
        ("Saint Louis, MO", "2965000"),
        ("saint paul, minnesota", "2758000"),
        ("St. Clair Shores, MI", "2671000"),
        ("Saint Clair Shores, MI", "2671000"),
        ("Indianapolis, IN", "1836003"),
        ("Indianapolis city, IN", "1836003"),
        ("Indianapolis city (balance), IN", "1836003"),
        ("Nashville-Davidson, TN", "4752006"),
        ("Augusta-Richmond County, GA", "1304204"),
        ("Juneau, AK", "0236400"),
        ("Princeton, NJ", "3459190"),
        ("Canon City, CO", "0811810"),
        ("Cañon City, CO", "0811810"),  # with its accent and without its kind, as the city writes it
        ("Cañon City city, CO", "0811810"),
        ("Wilmington, IL", None),  # a city and a village
        ("Wilmington village, IL", "1782088"),
        ("Kansas City", None),  # two states
        ("Memphis", None),  # one today, but a name alone is a guess
        ("Memphis, AR", None),
        ("48000", None),  # a place code without its state
        ("Bridgeport City of Parks, CT", "0908000"),
        ("", None),
    ],
)
def test_a_name_means_one_place_or_none(gazetteer, written, expected):
    assert geoid(gazetteer, written) == expected


def test_the_latest_vintage_gives_the_name(gazetteer):
    assert gazetteer.execute("select name from reference.places where geoid = '0908000'").fetchall() == [
        ("Bridgeport City of Parks city",)
    ]


def test_hint_for_a_name_that_fits_several(gazetteer):
    assert places.hint(gazetteer, "Wilmington, IL") == (
        "one place, but this name fits several; write the GEOID: "
        "Wilmington village, IL = 1782088 or Wilmington city, IL = 1782101"
    )


def test_hint_for_a_name_without_state_shows_both(gazetteer):
    told = places.hint(gazetteer, "Kansas City")
    assert "Kansas City city, KS = 2036000" in told and "Kansas City city, MO = 2938000" in told


def test_hint_for_a_misspelled_name_stays_in_its_state(gazetteer):
    told = places.hint(gazetteer, "Menphis, TN")
    assert "nearest: Memphis city, TN = 4748000" in told
    assert ", MO" not in told and ", KS" not in told


def test_hint_for_a_code_of_five_digits(gazetteer):
    told = places.hint(gazetteer, "48000")
    assert "7-digit" in told and "5 digits found" in told and "perhaps Memphis city, TN = 4748000" in told


def test_hint_for_a_state_that_is_none(gazetteer):
    assert places.hint(gazetteer, "Springfield, ZZ") == "a place that the gazetteer knows, as 'Name, ST' or GEOID"


def test_without_a_gazetteer_only_codes_can_be_taken():
    with duckdb.connect() as connection:
        connection.execute("create schema reference; create table reference.places (geoid varchar)")
        assert "no census_gazetteer has arrived" in places.hint(connection, "Memphis, TN")

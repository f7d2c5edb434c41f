"""Places by county in the three forms in which they are published, with invented places."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets.catalog import load
from assets.raw import place_county
from assets.raw.mapping import Mapping
from assets.raw.reading import Landed, Unreadable
from assets.raw.receive import Outcome, receive

CENSUS = "STATE|STATEFP|COUNTYFP|COUNTYNAME|PLACEFP|PLACENS|PLACENAME|TYPE|CLASSFP|FUNCSTAT\n"
RELATED = (
    "OID_PLACE_20|GEOID_PLACE_20|NAMELSAD_PLACE_20|AREALAND_PLACE_20|OID_COUNTY_20|GEOID_COUNTY_20|"
    "NAMELSAD_COUNTY_20|AREALAND_PART|AREAWATER_PART\n"
)
GEOCORR = (
    '"state","place","county","stab","CountyName","PlaceName","pop20","afact"\n'
    '"State code","Place code","County code","State abbr.","County name","Place name",'
    '"Total population (2020 Census)","place-to-county allocation factor"\n'
)


def received(tmp_path: Path, content: str, name: str = "file.txt") -> tuple[list[dict[str, Any]], Outcome]:
    path = tmp_path / "landed"
    path.write_text(content, encoding="utf-8")
    with duckdb.connect() as connection:
        parsed = place_county.read(Landed(path, f"place_county/{name}", "place_county"), connection)
        target, spec = tmp_path / "typed.parquet", load().sources["place_county"]
        outcome = receive(connection, parsed, spec, Mapping(), "UTC", target, tmp_path / "aside.parquet")
        rows: list[dict[str, Any]] = connection.read_parquet(str(target)).to_arrow_table().to_pylist()
    return rows, outcome


def links(rows: list[dict[str, Any]], *more: str) -> list[tuple[Any, ...]]:
    return [tuple(row[c] for c in ("place_id", "county_id", *more)) for row in rows]


def test_the_list_of_the_census_bureau(tmp_path: Path) -> None:
    content = CENSUS + (
        "CA|06|001|Alder County|00135|02405187|Birch city|INCORPORATED PLACE|C1|A\n"
        "CA|06|003|Cedar County|00135|02405187|Birch city|INCORPORATED PLACE|C1|A\n"
    )
    rows, outcome = received(tmp_path, content, "national_place_by_county2020.txt")
    assert links(rows, "name", "county_name", "functional_status", "population", "vintage") == [
        ("0600135", "06001", "Birch city", "Alder County", "A", None, "2020"),
        ("0600135", "06003", "Birch city", "Cedar County", "A", None, "2020"),
    ]
    assert (outcome.received, outcome.accepted, outcome.first_row) == (2, 2, 2)
    assert outcome.unused == ["STATE", "PLACENS"]


def test_zeros_that_a_spreadsheet_took_are_put_back(tmp_path: Path) -> None:
    rows, _ = received(tmp_path, CENSUS.replace("|", ",") + "CA,6,1,Alder County,135,2405187,Birch city,,C1,A\n")
    assert links(rows) == [("0600135", "06001")]


def test_a_relationship_file_gives_land(tmp_path: Path) -> None:
    content = RELATED + (
        "1|0600135|Birch city|400|2|06001|Alder County|300|0\n"
        "1|0600135|Birch city|400|3|06003|Cedar County|100|0\n"
        "|||0|3|06003|Cedar County|900|0\n"  # land of the county outside every place
    )
    rows, outcome = received(tmp_path, content)
    assert links(rows, "land_m2", "vintage") == [
        ("0600135", "06001", 300, "2020"),
        ("0600135", "06003", 100, "2020"),
        (None, "06003", 900, "2020"),
    ]
    assert outcome.accepted == 3


def test_geocorr_has_a_second_header_and_people(tmp_path: Path) -> None:
    content = GEOCORR + (
        '"06","00135","06001","CA","Alder CA","Birch city, CA",750,0.75 \n'
        '"06","00135","06003","CA","Cedar CA","Birch city, CA",250,0.25 \n'
        '"06","99999","06003","CA","Cedar CA","[not in a place], CA",5,1 \n'
    )
    rows, outcome = received(tmp_path, content, "geocorr2022_1.csv")
    assert links(rows, "population", "vintage") == [
        ("0600135", "06001", 750, "2020"),
        ("0600135", "06003", 250, "2020"),
        ("0699999", "06003", 5, "2020"),
    ]
    assert (outcome.received, outcome.quarantined, outcome.first_row) == (3, 0, 3)


def test_geocorr_of_another_year_names_its_columns_by_it(tmp_path: Path) -> None:
    content = GEOCORR.replace('"place"', '"placefp14"').replace('"county"', '"county14"').replace("pop20", "pop10")
    rows, _ = received(tmp_path, content + '"06","00135","06001","CA","Alder CA","Birch city, CA",750,1 \n')
    assert links(rows, "population", "vintage") == [("0600135", "06001", 750, "2014")]


def test_a_county_of_another_state_is_set_aside(tmp_path: Path) -> None:
    content = RELATED + "1|0600135|Birch city|400|2|41001|Alder County|300|0\n"
    assert received(tmp_path, content)[1].quarantined == 1


def test_blank_lines_do_not_count(tmp_path: Path) -> None:
    line = '"06","00135","06001","CA","Alder CA","Birch city, CA",750,0.75 \n'
    _, outcome = received(tmp_path, GEOCORR + line + "\n" + line.replace("06001", "06003"))
    assert (outcome.received, outcome.accepted) == (2, 2)


@pytest.mark.parametrize(
    "content",
    [
        "STATE|STATEFP|PLACEFP|PLACENAME|TYPE|FUNCSTAT|COUNTY\nCA|06|00135|Birch city|Incorporated Place|A|Alder County\n",
        "STATE|STATEFP|PLACEFP|PLACENS|PLACENAME|TYPE|CLASSFP|FUNCSTAT|COUNTIES\nCA|06|00135|1|Birch city|I|C1|A|Alder County\n",
        "GEOID_ZCTA5_20|GEOID_COUNTY_20|AREALAND_PART\n01890|25017|900\n",
    ],
)
def test_a_list_without_codes_of_both_is_refused_with_what_to_land(tmp_path: Path, content: str) -> None:
    with pytest.raises(Unreadable, match=r"national_place_by_county2020\.txt"):
        received(tmp_path, content)

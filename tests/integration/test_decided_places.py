"""A name that no rule knows: listed, decided by a person, and taken in at the next run."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest
from network import HEADER, Network, request
from typer.testing import CliRunner, Result

from assets.raw import places
from pipelines.commands import app
from pipelines.settings import Layout

SPELLING = "Memphis Tenn, TN"
DECISION = ("--resolve", SPELLING, "--who", "A. Person", "--why", "the sender says so")


def asked(network: Network, *more: str) -> Result:
    return CliRunner().invoke(app, ["sources", "review", "--home", str(network.home), *more])


def review(network: Network, *more: str) -> list[dict[str, Any]]:
    told = asked(network, "--json", *more)
    assert told.exit_code == 0, told.output
    return [json.loads(line) for line in told.stdout.splitlines()]


def requests(network: Network, city: str) -> int:
    return network.table("requests", f"select count(*) from t where city_id = '{city}'")[0][0]


def test_a_person_decides(ran: Network) -> None:
    before = requests(ran, "4748000")
    ran.drop("requests/second.csv", HEADER + request(60, city=f'"{SPELLING}"') + request(61, city="call 901 555 0100"))
    ran.run()
    assert requests(ran, "4748000") == before
    (name,) = review(ran)  # what looks like a telephone number is not shown
    assert (name["source"], name["found"], name["rows"], name["why"]) == ("requests", SPELLING, 1, "unknown")
    assert name["nearest"] == ["Memphis city, TN = 4748000"]
    assert review(ran, "--source", "surveys") == []

    for wrong, reason in (
        ((*DECISION, "--as", "4799999"), "4799999"),  # no gazetteer knows it
        ((*DECISION[:2], "--as", "4748000", "--why", "x"), "who"),
        ((*DECISION, "--as", "4748000", "--source", "ledger"), "ledger"),
        ((*DECISION, "--undo"), "nothing to undo"),
    ):
        refused = asked(ran, *wrong)
        assert refused.exit_code == 1 and reason in refused.stderr, refused.output
    assert asked(ran, *DECISION).exit_code == 2
    assert not (ran.home / "decisions").exists()

    review(ran, *DECISION, "--as", "4748000", "--source", "requests")
    assert ran.run().stdout.startswith("Release")  # not "nothing new"
    assert requests(ran, "4748000") == before + 1
    assert review(ran) == []
    assert ran.run().stdout.startswith("Nothing new")
    review(ran, *DECISION, "--undo", "--source", "requests")
    assert len((ran.home / "decisions" / "places.jsonl").read_text().splitlines()) == 2


def test_without_a_run_there_is_nothing_to_review(fresh: Network) -> None:
    told = asked(fresh)
    assert told.exit_code == 1 and "cities311 run" in told.stderr
    assert CliRunner().invoke(app, ["sources", "--home", str(fresh.home)]).exit_code == 0


def test_every_name_of_the_publishers_is_a_place_or_waits(real_home: Path) -> None:
    told = CliRunner().invoke(app, ["sources", "review", "--home", str(real_home), "--json"])
    waiting = Counter((n["source"], n["why"]) for n in map(json.loads, told.stdout.splitlines()))
    with duckdb.connect(str(Layout(real_home).warehouse), read_only=True) as connection:
        areas = dict(
            connection.execute("select match_state, count(*) from staging.bls_laus_places group by 1").fetchall()
        )
        cities = connection.execute(
            "select count(*), count(geo_id) from staging.hud_allocations where grantee_type in ('51', '52')"
        ).fetchall()
    # 3,256 areas of types G and H; in a gazetteer of 2010 four places are not yet known
    assert areas.pop("matched") + areas.pop("consolidated") + sum(areas.values()) == 3256
    assert areas == {"town": 1652, "other_geography": 2, "not_in_gazetteer": 4}
    assert {why: n for (source, why), n in waiting.items() if source == "bls_laus_area"} == {
        "town": 1652,
        "consolidated": 2,
        "not in the gazetteer": 4,
    }
    ((received, matched),) = cities
    assert matched + sum(n for (source, _), n in waiting.items() if source == "hud_allocations") == received == 984
    assert waiting["census_population_places", "ambiguous"] + waiting["census_population_places", "unknown"] < 150


@pytest.mark.parametrize(
    ("written", "geoid"),
    [
        ("Indianapolis, IN", "1836003"),
        ("Nashville, TN", "4752006"),
        ("Louisville, KY", "2148006"),
        ("LOUISVILLE-JEFFERSON COUNTY, KY", "2148006"),
        ("Lexington, KY", "2146027"),
        ("Athens, GA", "1303440"),
        ("Augusta, GA", "1304204"),
        ("Macon, GA", "1349000"),  # a gazetteer of 2010 knows the city before it and the county became one
        ("Boise, ID", "1608830"),
        ("Ventura, CA", "0665042"),
        ("Honolulu, HI", "1571550"),
        ("Anchorage, AK", "0203000"),
        ("Butte, MT", "3011397"),
        ("Milford, CT", "0947515"),
        ("1836000", "1836003"),
        ("2148000", "2148006"),
        ("ST LOUIS, MO", "2965000"),
        ("Winston Salem, NC", "3775000"),
        ("Nashville, KY", None),
        ("Louisville", None),
    ],
)
def test_common_names_of_consolidated_cities(real_home: Path, written: str, geoid: str | None) -> None:
    with duckdb.connect(str(Layout(real_home).warehouse), read_only=True) as connection:
        (row,) = connection.execute(places.meanings(f"select '{written}' as text", "requests")).fetchall()
    assert row[1] == geoid

"""The sample network as a whole: the same seed the same bytes, real codes, the size and labels it promises."""

import csv
import hashlib
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from assets import sample
from assets.sample import world

FIRST_EIGHT = {"0615044", "0644574", "1801468", "2036000", "2836000", "2846640", "1245000", "2523000"}
FEEDS = {
    "requests", "surveys", "eligibility", "engagements", "engagement_cities", "milestones", "award", "ledger",
    "bls_laus", "census_acs", "census_permits", "census_population", "census_gazetteer", "hud_allocations", "place_county",
    "request_events", "recommendations", "peer_events", "attendance", "library_resources", "library_use", "indirect_rates",
    "budget", "targets", "narratives",
}  # fmt: skip


def digests(directory: Path) -> dict[str, str]:
    return {
        str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    directory = tmp_path_factory.mktemp("sample")
    return directory, sample.write(directory, scale=0.02)


def test_same_seed_same_bytes_other_seed_other_figures(network: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    first = digests(network[0])
    sample.write(tmp_path / "again", scale=0.02)
    sample.write(tmp_path / "other", scale=0.02, seed=312)
    assert digests(tmp_path / "again") == first
    other = digests(tmp_path / "other")
    assert other.keys() == first.keys()
    figures = ("requests/requests.csv", "ledger/ledger.csv", "bls_laus/la.data.65.City", "requests/community-desk.xlsx")
    assert all(other[name] != first[name] for name in figures)


def test_more_requests_leave_the_rest_as_it_is(network: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    sample.write(tmp_path, scale=0.03)
    small, large = digests(network[0]), digests(tmp_path)
    grows = {"requests", "request_events", "surveys", "truth.json"}
    assert {name for name in small if small[name] != large[name]} == {
        name for name in small if name.split("/")[0] in grows and not name.endswith(("mapping.yml", "rekeyed.csv"))
    }


def test_says_that_it_is_synthetic(network: tuple[Path, dict[str, Any]]) -> None:
    directory, truth = network
    program = yaml.safe_load((directory / "program.yml").read_text())
    assert program["synthetic"] is True
    assert program["as_of"] == date(2017, 9, 30) and program["launched_on"] == date(2014, 5, 22)
    assert program["time_zone"] == "America/New_York"
    assert "SYNTHETIC" in (directory / "README.txt").read_text()
    assert json.loads((directory / "truth.json").read_text()) == truth
    assert {path.name for path in directory.iterdir() if path.is_dir()} == FEEDS


def test_places_are_well_formed_and_cover_22_states() -> None:
    places = rows(world.REFERENCE / "sample_places.csv")
    cities = [place for place in places if place["role"] == "sample"]
    assert len({place["geoid"] for place in places}) == len(places)
    assert all(re.fullmatch(r"\d{7}", place["geoid"]) for place in places)
    assert all(re.fullmatch(r"-?\d+\.\d", place[axis]) for place in places for axis in ("latitude", "longitude"))
    assert all(place["name"].endswith((" city", " town", " village")) for place in places)
    # The first two digits of a place code are those of its state: one prefix for each of the 22.
    assert len({place["state"] for place in cities}) == 22
    assert len({(place["state"], place["geoid"][:2]) for place in places}) == 22
    counties = {row["county_fips"]: row["state"] for row in rows(world.REFERENCE / "sample_counties.csv")}
    assert all(counties[place["county_fips"]] == place["state"] for place in cities if place["county_fips"])


def test_50_pilots_in_waves_and_about_300_eligible(network: tuple[Path, dict[str, Any]]) -> None:
    directory, truth = network
    eligible = rows(directory / "eligibility" / "eligibility.csv")
    pilots = [row for row in eligible if row["wave"].startswith("pilot")]
    assert len(pilots) == len(truth["pilots"]) == 50
    assert {row["city"] for row in pilots if row["wave"] == "pilot 1"} == FIRST_EIGHT
    starts = sorted({row["eligible_from"] for row in pilots})
    assert starts[0] == "2014-05-22" and starts[-1] < "2016-06-01" and len(starts) == 6
    at_as_of = [row for row in eligible if not row["eligible_to"] or row["eligible_to"] >= "2017-09-30"]
    assert 290 <= len(at_as_of) <= 320 and len(eligible) > len(at_as_of)
    # First treated: the calendar year after entry.
    assert all(p["first_treated_year"] == int(p["entered_on"][:4]) + 1 for p in truth["pilots"])


def test_every_reference_of_good_rows_is_met(network: tuple[Path, dict[str, Any]]) -> None:
    directory, truth = network
    bad = {(row["file"], row["row"]) for row in truth["bad_rows"]}

    def good(source: str) -> list[dict[str, str]]:
        name = f"{source}/{source}.csv"
        return [row for number, row in enumerate(rows(directory / name), start=2) if (name, number) not in bad]

    eligible = {row["city"] for row in good("eligibility")}
    teams = {row["engagement_id"] for row in good("engagements")}
    assert {row["engagement_id"] for row in good("engagement_cities")} == teams
    assert {row["city"] for row in good("engagement_cities")} <= eligible
    assert {row["engagement_id"] for row in good("milestones")} <= teams
    assert {row["engagement_id"] for row in good("ledger")} - {""} <= teams
    shares: dict[str, int] = dict.fromkeys(teams, 0)
    for row in good("engagement_cities"):
        shares[row["engagement_id"]] += round(100 * float(row["share"]))
    assert set(shares.values()) == {100}
    assert max(sum(row["engagement_id"] == team for row in good("engagement_cities")) for team in teams) == 3
    gazetteer = (directory / "census_gazetteer" / "2014_Gaz_place_national.txt").read_text(encoding="utf-8")
    assert eligible <= {line.split("\t")[1] for line in gazetteer.splitlines()[1:]}


def test_a_scale_too_small_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"at least 0\.01"):
        sample.write(tmp_path, scale=0.001)

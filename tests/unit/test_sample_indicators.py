"""The sample's public indicators: the publishers' layouts, their traps, and the effect that was planted."""

import csv
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from assets import sample

PLACES = Path(__file__).parents[2] / "data" / "reference" / "sample_places.csv"
REAL = Path(__file__).parents[3] / "shared" / "real"
COUNTY_ROW = re.compile(r"CN(\d{5})00000000   (\d\d)     (\d{3})   (.{50})(\d{4})(.{14})(.{13})(.{11})(.{9})")


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    directory = tmp_path_factory.mktemp("sample")
    return directory, sample.write(directory, scale=0.02)


def county_table(path: Path) -> dict[str, tuple[str, ...]]:
    """fips -> labor force, employed, unemployed, rate, as printed."""
    found = [COUNTY_ROW.fullmatch(line) for line in path.read_text().splitlines() if line.startswith("CN")]
    assert all(found)
    return {match[1]: tuple(match[i].strip() for i in (6, 7, 8, 9)) for match in found if match}


def city_data(directory: Path) -> dict[tuple[str, int, str, str], tuple[str, str]]:
    """(geoid, year, period, measure) -> value, footnote."""
    header, *lines = (directory / "bls_laus" / "la.data.65.City").read_text().splitlines()
    assert [name.strip() for name in header.split("\t")] == ["series_id", "year", "period", "value", "footnote_codes"]
    found = {}
    for line in lines:
        series, year, period, value, note = line.split("\t")
        assert len(series) == 30 and len(value) == 12 and re.fullmatch(r"LAUCT\d{13}0[3-6] {10}", series)
        found[series[5:12], int(year), period, series[18:20]] = (value.strip(), note)
    return found


def test_county_tables_hold_their_arithmetic_and_two_releases_of_2013(network: tuple[Path, dict[str, Any]]) -> None:
    folder = network[0] / "bls_laus"
    for path in sorted(folder.rglob("laucnty*.txt")):
        table = county_table(path)
        assert len(table) == 1693
        blank = [fips for fips, cells in table.items() if "N.A." in cells]
        assert len(blank) == (7 if path.name in ("laucnty05.txt", "laucnty06.txt") else 0)
        for fips in table.keys() - set(blank):
            force, employed, idle = (int(cell.replace(",", "")) for cell in table[fips][:3])
            assert force == employed + idle
            assert abs(float(table[fips][3]) - 100 * idle / force) <= 0.0501
    new, old = county_table(folder / "laucnty13.txt"), county_table(folder / "older_release" / "laucnty13.txt")
    assert new.keys() == old.keys() and sum(new[f] != old[f] for f in new) > 0.9 * len(new)
    assert (folder / "laucnty13.txt").read_text().splitlines()[-1] == "April 21, 2017"
    assert (folder / "older_release" / "laucnty13.txt").read_text().splitlines()[-1] == "April 18, 2014"


def test_county_layout_is_the_publishers(network: tuple[Path, dict[str, Any]]) -> None:
    real = REAL / "bls_laus_county" / "laucnty13.txt"
    if not real.exists():
        pytest.skip("the publisher's own file is not beside this checkout (../shared/real)")
    theirs = [line.rstrip() for line in real.read_text().splitlines()]
    ours = [line.rstrip() for line in (network[0] / "bls_laus" / "laucnty13.txt").read_text().splitlines()]
    assert ours[:6] == theirs[:6]

    # A row's cells begin and end in the same columns.
    def shape(line: str) -> list[int]:
        return [match.end() for match in re.finditer(r"\S+", line[80:])]

    assert shape(ours[6]) == shape(theirs[6]) and ours[6][:31] == theirs[6][:31]


def test_city_figures_hold_their_arithmetic(network: tuple[Path, dict[str, Any]]) -> None:
    data = city_data(network[0])
    for (geoid, year, period, measure), (rate, _) in data.items():
        if measure == "03" and rate != "-":
            idle, employed, force = (int(data[geoid, year, period, m][0]) for m in ("04", "05", "06"))
            assert force == idle + employed
            assert abs(float(rate) - 100 * idle / force) <= 0.0501
    periods = {(year, period) for _, year, period, _ in data}
    # Twelve annual averages 2005-2016; months of 2012-2016 and the first half of 2017.
    assert len([p for p in periods if p[1] == "M13"]) == 12 and len(periods) == 12 + 5 * 12 + 6
    assert (2017, "M06") in periods and (2017, "M07") not in periods and (2017, "M13") not in periods


def test_missing_and_suppressed_values_are_the_stated_ones(network: tuple[Path, dict[str, Any]]) -> None:
    directory, truth = network
    data, stated = city_data(directory), truth["bls_laus"]
    dashes = {key[:3] for key, (value, note) in data.items() if value == "-" and note == "N"}
    assert dashes == {tuple(key) for key in stated["suppressed"]} and len(dashes) >= 10
    assert all((value == "-") == (note == "N") for value, note in data.values())
    assert stated["missing"] and not {tuple(key) for key in stated["missing"]} & {key[:3] for key in data}
    areas = (directory / "bls_laus" / "la.area").read_text().splitlines()
    assert {line.split("\t")[1][2:9] for line in areas[1:]} == {key[0] for key in data} and len(areas) == 1 + 317


def test_the_planted_effect_and_no_other(network: tuple[Path, dict[str, Any]]) -> None:
    """Difference in differences of annual rates: pilots of one entry year against the cities that are no pilots."""
    directory, truth = network
    rates: dict[str, dict[int, float]] = defaultdict(dict)
    for (geoid, year, period, measure), (value, _) in city_data(directory).items():
        if measure == "03" and period == "M13" and value != "-":
            rates[geoid][year] = float(value)
    first = {pilot["city"]: pilot["first_treated_year"] for pilot in truth["pilots"]}

    def changes(cities: list[str], start: int, end: int) -> np.ndarray:
        return np.array([rates[c][end] - rates[c][start] for c in cities if {start, end} <= rates[c].keys()])

    others = [city for city in rates if city not in first]
    (effect,) = [e["effect"] for e in truth["effects"] if e["outcome"] == "unemployment_rate"]
    assert effect == -0.4
    # Cohorts 2015 and 2016 have a treated year in the files; the base is the whole of 2005-2013, before any entry.
    estimates, variances = [], []
    for cohort in (2015, 2016):
        pilots = [city for city, year in first.items() if year == cohort]
        after = [changes(group, 2013, 2016) for group in (pilots, others)]
        estimates.append(after[0].mean() - after[1].mean())
        variances.append(after[0].var(ddof=1) / len(after[0]) + after[1].var(ddof=1) / len(after[1]))
        placebo = [changes(group, 2008, 2013) for group in (pilots, others)]
        error = np.sqrt(sum(group.var(ddof=1) / len(group) for group in placebo))
        assert abs(placebo[0].mean() - placebo[1].mean()) < 3 * error
    assert abs(np.mean(estimates) - effect) < 3 * np.sqrt(sum(variances)) / 2
    assert np.mean(estimates) + 3 * np.sqrt(sum(variances)) / 2 < 0, "it can be told from nothing"


def test_population_has_the_traps_of_the_census(network: tuple[Path, dict[str, Any]]) -> None:
    folder, truth = network[0] / "census_population", network[1]["census_population"]
    with (folder / "SUB-EST00INT.csv").open(encoding="latin-1", newline="") as file:
        old = {row["STATE"] + row["PLACE"]: row for row in csv.DictReader(file)}
    with (folder / "sub-est2016_all.csv").open(encoding="latin-1", newline="") as file:
        new = list(csv.DictReader(file))
    whole = {row["STATE"] + row["PLACE"]: row for row in new if row["SUMLEV"] == "162"}
    assert {row["SUMLEV"] for row in new} == {"040", "061", "157", "162"}
    assert [geoid for geoid, row in whole.items() if row["CENSUS2010POP"] == "A"] == ["0637692"]
    assert truth["no_census_2010"] == "0637692" and "0637692" not in old and len(whole) == len(old) + 1
    traps = {row["geoid"] for row in csv.DictReader(PLACES.open(encoding="utf-8")) if row["role"] == "trap"}
    lost = {geoid for geoid, row in old.items() if int(row["CENSUS2010POP"]) <= 0.95 * int(row["ESTIMATESBASE2000"])}
    assert lost - traps == set(truth["lost_5_pct_2000_2010"]) and 60 < len(lost) < 140
    # Written in Latin-1: the one accented name is a single byte there.
    assert "La Ca\xf1ada".encode("latin-1") in (folder / "SUB-EST00INT.csv").read_bytes()


def test_allocations_add_up_and_one_city_drops_to_zero(network: tuple[Path, dict[str, Any]]) -> None:
    folder, truth = network[0] / "hud_allocations", network[1]["hud_allocations"]
    for year in (2014, 2015, 2016):
        path = folder / f"cpd_allocations_fy{year}.csv"
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        parts = ("CDBG_AMT", "ESG_AMT", "HOME_AMT", "HOPWA_AMT")
        assert all(sum(int(row[part]) for part in parts) == int(row["TOT_AMT"]) for row in rows)
        assert {row["YEAR"] for row in rows} == {str(year)}
        cities = [row for row in rows if row["TYPE"] != "21"]
        assert len(cities) == truth["grantee_cities"] and len({row["UOGID"] for row in rows}) == len(rows)
        assert sum(row["CDBG_AMT"] == "0" for row in cities) == (1 if year == 2016 else 0)


def test_every_folder_says_when_its_files_were_delivered(network: tuple[Path, dict[str, Any]]) -> None:
    for folder in (path for path in network[0].iterdir() if path.is_dir()):
        mapping = yaml.safe_load((folder / "mapping.yml").read_text())
        assert mapping["files"] and all("delivered_on" in facts for facts in mapping["files"].values()), folder.name

"""The sample's ACS answers: the publisher's layout, lines that add up, and a poverty criterion that divides the cities."""

import json
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from assets.raw import census_acs
from assets.raw.reading import Landed
from assets.sample import acs, economy, world


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], world.World]:
    folder, network = tmp_path_factory.mktemp("sample") / "census_acs", world.build(311)
    return folder, acs.write(folder, network, economy.simulate(network)), network


def lines(folder: Path, table: str) -> dict[str, dict[str, int]]:
    """geoid -> every estimate and margin of a table."""
    header, *rows = json.loads((folder / f"2012_acs5_{table}_place.json").read_text())
    assert (
        header[0] == "NAME" and header[-2:] == ["state", "place"] and all(isinstance(c, str) for r in rows for c in r)
    )
    return {row[-2] + row[-1]: dict(zip(header[1:-2], map(int, row[1:-2]), strict=True)) for row in rows}


def test_lines_add_up(written: tuple[Path, dict[str, Any], world.World]) -> None:
    enrollment, poverty, housing = (lines(written[0], table) for table in ("B14006", "B17001", "B25002"))
    assert len(enrollment) == len(written[2].cities)
    for geoid, cells in enrollment.items():
        line = [0] + [cells[f"B14006_{i:03d}E"] for i in range(1, 22)]
        assert line[1] == line[2] + line[12] and line[2] == line[3] + line[11] and line[12] == line[13] + line[21]
        assert line[3] == sum(line[4:11]) and line[13] == sum(line[14:21]) and min(line[1:]) >= 0
        assert poverty[geoid]["B17001_001E"] > line[1] and poverty[geoid]["B17001_002E"] >= line[2]
        units = [housing[geoid][f"B25002_00{i}E"] for i in (1, 2, 3)]
        assert units[0] == units[1] + units[2]
        assert all(cells[f"B14006_{i:03d}M"] > 0 for i in range(1, 22))


def test_poverty_is_about_the_threshold_and_follows_unemployment(
    written: tuple[Path, dict[str, Any], world.World],
) -> None:
    folder, truth, network = written
    share = {}
    for geoid, cells in lines(folder, "B14006").items():
        e = {i: cells[f"B14006_{i:03d}E"] for i in (1, 2, 9, 10, 19, 20)}
        share[geoid] = 100 * (e[2] - e[9] - e[10]) / (e[1] - e[9] - e[10] - e[19] - e[20])
    assert sorted(truth["noncollege_poverty_20_pct"]) == sorted(g for g, value in share.items() if value >= 20)
    assert 0.35 < len(truth["noncollege_poverty_20_pct"]) / len(share) < 0.65
    assert sum(18 < value < 22 for value in share.values()) > 20
    values = economy.simulate(network)
    idle = (values.city_unemployed[:, 36:96].sum(axis=1) / values.city_labor_force[:, 36:96].sum(axis=1)).tolist()
    assert np.corrcoef(idle, [share[city.geoid] for city in network.cities])[0, 1] > 0.3
    income = lines(folder, "B19013")
    assert [g for g, cells in income.items() if cells["B19013_001E"] == 250_001] == [truth["open_ended_income"]]


def test_same_seed_same_bytes_and_the_reader_takes_them(
    written: tuple[Path, dict[str, Any], world.World], tmp_path: Path
) -> None:
    folder, _, network = written
    acs.write(tmp_path / "again", network, economy.simulate(network))
    for path in sorted(folder.glob("*.json")):
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes()
        parsed = census_acs.read(Landed(path, f"census_acs/{path.name}", "census_acs"), duckdb.connect())
        assert len(parsed.rows) == len(network.cities) and parsed.facts["vintage"] == "2012 5-year"

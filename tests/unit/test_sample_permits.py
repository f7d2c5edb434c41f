"""The sample's building permits: the publisher's layout, offices that do not report, and the same bytes again."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets.raw import census_permits
from assets.raw.reading import Landed
from assets.sample import permits, world


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("permits")
    return folder, permits.write(folder, world.build(311))


def rows(path: Path) -> list[dict[str, Any]]:
    parsed = census_permits.read(Landed(path, path.name, "census_permits"), duckdb.connect())
    assert parsed.rejects == [] and parsed.facts["vintage"] == f"{path.stem[2:6]} annual"
    found: list[dict[str, Any]] = parsed.rows.to_arrow_table().to_pylist()
    return found


def test_every_region_and_year_is_read_by_its_reader(written: tuple[Path, dict[str, Any]]) -> None:
    folder, truth = written
    assert len(list(folder.glob("*.txt"))) == 4 * len(permits.YEARS)
    cities = {city.geoid for city in world.build(311).cities}
    silent, partial = [], 0
    for path in folder.glob("*.txt"):
        found = rows(path)
        placed = {r["state"] + r["place"]: r for r in found if r["place"] != "99990"}
        assert len(placed) < len(found) and placed.keys() <= cities
        assert len({(r["state"], r["office_id"]) for r in found}) == len(found)
        for geoid, row in placed.items():
            months = int(row["months_reported"])
            estimated, reported = (
                [row[c] for c in block] for block in (census_permits.COUNTS, census_permits.REPORTED)
            )
            assert (reported == estimated) or months < 12
            assert months or set(reported) == {"0"}
            silent += [[geoid, int(row["survey_date"])]] if not months else []
            partial += 0 < months < 12
    assert sorted(silent) == sorted(truth["no_month_reported"]) and silent and partial
    for year in permits.YEARS:
        covered = {r["state"] + r["place"] for path in folder.glob(f"*{year}a.txt") for r in rows(path)} & cities
        assert len(cities) - len(covered) == 3, "three cities have no row: no figure"


def test_the_header_is_the_publishers(written: tuple[Path, dict[str, Any]], real: Path) -> None:
    theirs = (real / "census_bps_place" / "so2024a.txt").read_text().splitlines()[:3]
    assert (written[0] / "so2016a.txt").read_text().splitlines()[:3] == theirs


def test_the_same_seed_writes_the_same_bytes(written: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    permits.write(tmp_path, world.build(311))
    for path in written[0].iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()

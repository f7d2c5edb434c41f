"""The whole way on the sample, against what was planted in it, and on publishers' real files, against their own counts."""

import csv
import json
import shutil
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).parents[2]
MAPPING = ROOT / "docs" / "examples" / "baltimore-mapping.yml"


def cities311(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *arguments], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def answers(home: Path, command: str) -> list[dict]:
    return [json.loads(line) for line in cities311(command, "--home", str(home), "--json").splitlines()]


def release_of(home: Path) -> Path:
    return home / "releases" / (home / "releases" / "CURRENT").read_text().strip()


def test_quarantine_is_exactly_what_was_planted(sample_landing: Path, release_home: Path) -> None:
    truth = json.loads((sample_landing / "truth.json").read_text())
    planted = {(row["file"], row["row"]) for row in truth["bad_rows"]}
    assert {(row["file"], row["row"]) for row in answers(release_home, "quarantine")} == planted


def test_everything_made_from_the_sample_says_so(release_home: Path) -> None:
    assert json.loads((release_of(release_home) / "manifest.json").read_text())["synthetic"] is True
    assert "SYNTHETIC" in cities311("status", "--home", str(release_home))


@pytest.fixture(scope="module")
def real_home(real: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One landing folder of publishers' files, taken in and published."""
    landing, home = tmp_path_factory.mktemp("real"), tmp_path_factory.mktemp("real-home")
    for source, files in {
        "requests": ["request_log_baltimore/311_sample.csv"],
        "census_population": ["census_place_population/SUB-IP-EST2019-ANNRES.xlsx"],
        "census_gazetteer": ["census_gazetteer_2010/Gaz_places_national.csv.gz"],
        "hud_allocations": ["hud_cpd_allocations/Community_Development_Block_Grant_Grantee_Areas.csv"],
    }.items():
        (landing / source).mkdir()
        for file in files:
            shutil.copyfile(real / file, landing / source / Path(file).name)
    shutil.copytree(real / "bls_laus_county", landing / "bls_laus", copy_function=shutil.copyfile)
    shutil.copyfile(MAPPING, landing / "requests" / "mapping.yml")
    (landing / "program.yml").write_text("program: A city's own log\nas_of: 2019-02-13\n")
    cities311("run", "--landing", str(landing), "--home", str(home))
    return home


def test_real_files_lose_nothing(real_home: Path) -> None:
    files = {row["file"]: row for row in answers(real_home, "sources")}
    for row in files.values():
        assert row["received"] == row["accepted"] + row["quarantined"] + row["repeats"], row
        assert row["status"] == "accepted", row
    assert files["requests/311_sample.csv"]["accepted"] == 10_000
    assert files["census_population/SUB-IP-EST2019-ANNRES.xlsx"]["received"] == 19_502
    assert files["census_gazetteer/Gaz_places_national.csv.gz"]["accepted"] == 29_514
    assert files["bls_laus/laucnty13.txt"]["accepted"] == 3_219
    for row in answers(real_home, "quarantine"):
        assert row["column"] and row["found"] and row["expected"], row


def test_hud_totals_are_the_publishers(real: Path, real_home: Path) -> None:
    """Against the csv module and Decimal; in millions as the publisher gives them."""
    path = real / "hud_cpd_allocations" / "Community_Development_Block_Grant_Grantee_Areas.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with duckdb.connect(str(real_home / "warehouse" / "cities311.duckdb"), read_only=True) as connection:
        for column, millions in {"CDBG": "3377.3", "ESG": "288.8", "HOME": "1340.0", "HOPWA": "386.7"}.items():
            (total,) = connection.execute(f"select sum({column.lower()}_amt) from raw.hud_allocations").fetchone() or ()
            assert total == sum(Decimal(row[f"{column}_AMT"]) for row in rows)
            assert str(round(total / 1_000_000, 1)) == millions


def test_both_releases_of_2013_are_kept_and_the_newer_counts(real_home: Path) -> None:
    values = release_of(real_home) / "indicator_values.parquet"
    with duckdb.connect() as connection:
        found = connection.execute(
            """
            select geo_id, vintage, value, is_default from read_parquet(?)
            where indicator = 'unemployment_rate' and period_start = date '2013-01-01' and geo_id = '01001'
            order by vintage
            """,
            [str(values)],
        ).fetchall()
        # Autauga County, as the two files print it.
        assert found == [("01001", "2020-04-17", 6.2, False), ("01001", "2023-04-21", 6.3, True)]
        counts = connection.execute(
            """
            select vintage, count(*) from read_parquet(?)
            where indicator = 'unemployment_rate' and period_start = date '2013-01-01' group by all
            """,
            [str(values)],
        ).fetchall()
    assert Counter(dict(counts)) == Counter({"2020-04-17": 3_219, "2023-04-21": 3_219})


def test_counties_without_a_figure_are_not_zero(real_home: Path) -> None:
    """Seven parishes have no figure in 2005 and 2006, after the hurricane."""
    with duckdb.connect() as connection:
        found = connection.execute(
            """
            select state, count(*), count(value) from read_parquet(?)
            where indicator = 'unemployment_rate' and period_start in (date '2005-01-01', date '2006-01-01')
                and state <> 'value' group by all
            """,
            [str(release_of(real_home) / "indicator_values.parquet")],
        ).fetchall()
    assert found == [("not_reported", 14, 0)]


def test_the_log_is_counted_with_its_open_cases(real: Path, real_home: Path) -> None:
    """208 have no close date; ten of them are marked duplicates, which are merged and not open: 198 are open."""
    with (real / "request_log_baltimore" / "311_sample.csv").open(encoding="utf-8", newline="") as file:
        still_open = sum(not row["CloseDate"] for row in csv.DictReader(file))
    assert still_open == 208
    requests = str(release_of(real_home) / "requests.parquet")
    with duckdb.connect() as connection:
        found = connection.execute(
            "select count(*), count(*) filter (closed_at is null and not is_spam) from read_parquet(?)", [requests]
        ).fetchall()
    (row,) = [r for r in answers_show(real_home, "created") if r["grain"] == "network"]
    assert found[0][0] == 10_000 == row["value"]
    (backlog,) = [r for r in answers_show(real_home, "backlog_open") if r["grain"] == "network"]
    assert backlog["value"] == found[0][1] == 198


def answers_show(home: Path, metric: str) -> list[dict]:
    return [json.loads(line) for line in cities311("show", metric, "--home", str(home), "--json").splitlines()]

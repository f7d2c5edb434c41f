"""The whole way on the sample, against what was planted in it, and on publishers' real files, against their own counts."""

import csv
import json
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path

import duckdb

ROOT = Path(__file__).parents[2]
BALTIMORE = "2404000"


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
    with duckdb.connect() as connection:
        found = connection.execute(
            """
            select count(*), count(*) filter (closed_at is null and not is_spam)
            from read_parquet(?) where starts_with(request_id, 'baltimore:')
            """,
            [str(release_of(real_home) / "requests.parquet")],
        ).fetchall()
    assert found == [(10_000, 198)]
    figures = {
        metric: next(r["value"] for r in answers_show(real_home, metric) if r["city_id"] == BALTIMORE)
        for metric in ("created", "backlog_open")
    }
    assert figures == {"created": 10_000, "backlog_open": 198}


def answers_show(home: Path, metric: str) -> list[dict]:
    lines = cities311("show", metric, "--city", BALTIMORE, "--home", str(home), "--json").splitlines()
    return [json.loads(line) for line in lines]

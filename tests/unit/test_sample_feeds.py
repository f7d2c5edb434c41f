"""The sample's smaller feeds: what refers to something finds it, sums are what they say, and no person is in them."""

import csv
import gzip
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from assets import sample
from assets.catalog import load
from assets.sample.topics import TOPICS


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    directory = tmp_path_factory.mktemp("sample")
    return directory, sample.write(directory, scale=0.02)


def delimited(path: Path, mark: str) -> list[dict[str, str]]:
    """All rows but the last, which is bad."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=mark))[:-1]


def sheet(path: Path) -> list[dict[str, Any]]:
    header, *rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    return [dict(zip(map(str, header), row, strict=True)) for row in rows[:-1]]


def test_recommendations_and_attendance_name_what_is_there(network: tuple[Path, dict[str, Any]]) -> None:
    directory, truth = network
    made = delimited(directory / "recommendations" / "recommendations.tsv", "\t")
    with (directory / "engagements" / "engagements.csv").open(encoding="utf-8") as file:
        assert {r["engagement_id"] for r in made} <= {r["engagement_id"] for r in csv.DictReader(file)}
    assert len(made) == truth["outreach"]["recommendations"]
    assert sum(r["adopted_on"] >= r["made_on"] for r in made) == truth["outreach"]["adopted"] > 0
    events = {e["event_id"]: e for e in sheet(directory / "peer_events" / "peer-events.xlsx")}
    with gzip.open(directory / "attendance" / "attendance.csv.gz", "rt", encoding="utf-8") as file:
        came = list(csv.DictReader(file))[:-1]
    assert {c["event_id"] for c in came} <= set(events) and len(events) == 16
    assert len({(c["event_id"], c["city"]) for c in came}) == len(came) == truth["outreach"]["attendance"]
    assert {c["attendees"] for c in came} == {"", "1", "2", "3", "4"}


def test_uses_of_the_library_name_its_resources_and_no_person(network: tuple[Path, dict[str, Any]]) -> None:
    directory, truth = network
    resources = {r["resource_id"] for r in delimited(directory / "library_resources" / "resources.txt", "|")}
    with gzip.open(directory / "library_use" / "use.jsonl.gz", "rt", encoding="utf-8") as file:
        uses = [json.loads(line) for line in file][:-1]
    assert {u["resource_id"] for u in uses if "resource_id" in u} <= resources
    assert all(("resource_id" in u) != (u["action"] == "search") for u in uses)
    assert sum(u.get("results") == 0 for u in uses) == truth["outreach"]["empty_searches"] > 0
    titles = {topic.title for topic in TOPICS}
    assert {u["query"].removeprefix("plans for ") for u in uses if "query" in u} <= titles


def test_each_version_of_the_budget_is_the_award(network: tuple[Path, dict[str, Any]]) -> None:
    totals: dict[str, Decimal] = {}
    for row in sheet(network[0] / "budget" / "budget.xlsx"):
        totals[row["version"]] = totals.get(row["version"], Decimal(0)) + Decimal(str(row["amount_usd"]))
    assert totals == {"original": 10_000_000, "amendment 1": 10_000_000}


def test_rates_are_fractions_of_whole_federal_years_and_targets_are_of_metrics(
    network: tuple[Path, dict[str, Any]],
) -> None:
    *rates, wrong = json.loads((network[0] / "indirect_rates" / "indirect-rates.json").read_text())
    assert all(0 < r["rate"] < 1 and r["from"].endswith("-10-01") and r["to"].endswith("-09-30") for r in rates)
    assert wrong["rate"] == 23.5  # percent: the bad row
    targets = delimited(network[0] / "targets" / "targets.tsv", "\t")
    assert {t["metric"] for t in targets} <= set(load().metrics)
    assert len({(t["metric"], t["period"], t["city"], t["topic"]) for t in targets}) == len(targets)


def test_events_are_of_requests_and_some_reopen_twice(network: tuple[Path, dict[str, Any]]) -> None:
    directory, truth = network
    events = pq.read_table(directory / "request_events" / "request-events.parquet").to_pylist()[:-1]
    assert len(events) == truth["request_events"]["events"]
    assert all(1 <= int(e["request_id"][1:]) <= 400 for e in events)  # 2 percent of 20,000
    assert all(e["at"] < datetime(2017, 10, 6, 4, tzinfo=UTC) for e in events)  # midnight of the delivery in the East
    reopened = [e["request_id"] for e in events if e["event"] == "reopened"]
    assert sum(reopened.count(r) == 2 for r in set(reopened)) == truth["request_events"]["reopened_twice"]

"""The same work as Dagster sees it: lineage from landing to release, jobs, schedule, sensor, one run at a time."""

import os
from itertools import pairwise
from pathlib import Path

import dagster as dg
import pytest
import yaml

from assets import catalog, models
from pipelines.definitions import defs
from pipelines.execute import dagster_instance
from pipelines.sensors import landing_sensor, signature
from pipelines.settings import Layout

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def definitions() -> dg.Definitions:
    return defs()


@pytest.fixture(scope="module")
def graph(definitions):
    return definitions.resolve_asset_graph()


def key(table: str) -> dg.AssetKey:
    return dg.AssetKey(table.split("."))


def ancestors(graph, start: dg.AssetKey) -> set[dg.AssetKey]:
    found, stack = set(), [start]
    while stack:
        for parent in graph.get(stack.pop()).parent_keys - found:
            found.add(parent)
            stack.append(parent)
    return found


def test_definitions_load_and_hold_together(definitions):
    dg.Definitions.validate_loadable(definitions)


def test_every_table_is_an_asset_with_the_lineage_of_its_sql(graph):
    for table, model in models.load(catalog.load().sources).items():
        assert graph.get(key(table)).parent_keys == {key(read) for read in model.reads}, table
        assert graph.get(key(table)).group_name == model.layer


def test_lineage_runs_from_every_landing_folder_to_the_release(graph):
    everything = ancestors(graph, dg.AssetKey("release"))
    for source in catalog.load().sources.values():
        landing = dg.AssetKey(["landing", source.landing_folder])
        assert landing in everything, f"{source.source} never reaches the release"
        assert graph.get(key(f"raw.{source.source}")).parent_keys == {landing}
    path = [
        "landing.requests",
        "raw.requests",
        "staging.requests",
        "core.requests",
        "metrics.on_time",
        "published.metric_values",
    ]
    for parent, child in pairwise(path):
        assert key(parent) in ancestors(graph, key(child))


def test_every_table_of_the_catalog_has_one_blocking_check_and_a_description(graph):
    entries = catalog.load()
    checked = {k.asset_key for k in graph.asset_check_keys}
    assert checked == {key(t) for t in entries.tables} | {key(f"raw.{s}") for s in entries.sources}
    assert len(graph.asset_check_keys) == len(checked)
    assert entries.tables["core.requests"].grain in graph.get(key("core.requests")).description


def test_jobs(definitions, graph):
    refresh, publish = (definitions.resolve_job_def(name) for name in ("refresh", "publish"))
    made = {k for k in graph.get_all_asset_keys() if graph.get(k).is_materializable}
    assert publish.asset_layer.selected_asset_keys == made
    assert refresh.asset_layer.selected_asset_keys == made - {dg.AssetKey("release")}
    assert refresh.tags.items() <= publish.tags.items() and refresh.tags  # the same writer's tag


def test_a_release_each_month(definitions):
    schedule = definitions.resolve_schedule_def("monthly")
    assert (schedule.job_name, schedule.cron_schedule) == ("publish", "0 6 5 * *")
    assert schedule.execution_timezone == "America/New_York"


def test_runs_go_one_at_a_time_and_nothing_is_reported_home():
    told = yaml.safe_load((ROOT / "pipelines" / "dagster.yaml").read_text())
    assert told["concurrency"]["runs"]["max_concurrent_runs"] == 1
    assert told["telemetry"] == {"enabled": False}


def test_the_workspace_names_the_definitions():
    (entry,) = yaml.safe_load((ROOT / "workspace.yaml").read_text())["load_from"]
    assert entry["python_module"]["module_name"] == "pipelines.definitions"


@pytest.fixture
def landing(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("CITIES311_LANDING", str(tmp_path))
    return tmp_path


def look(cursor: str | None) -> tuple[list[str], str | None]:
    """Run keys asked for, and the cursor kept for the next look."""
    told = landing_sensor(dg.build_sensor_context(cursor=cursor))
    if isinstance(told, dg.SkipReason):
        return [], cursor
    return [r.run_key for r in told.run_requests or []], told.cursor


def test_the_sensor_asks_once_for_a_drop_that_has_settled(landing):
    assert look(None) == ([], None)  # an empty folder
    (landing / "requests").mkdir()
    (landing / "requests" / "a.csv").write_text("request_id\n")
    asked, cursor = look(None)
    assert asked == []  # still arriving, for all it knows
    asked, cursor = look(cursor)
    assert asked == [signature(landing)]
    assert look(cursor) == ([], cursor)  # not again
    (landing / "requests" / "a.csv").write_text("request_id\n1\n")
    asked, cursor = look(cursor)
    assert asked == []
    (landing / "requests" / "b.csv").write_text("request_id\n2\n")
    asked, cursor = look(cursor)
    assert asked == []  # a second file came between the looks
    asked, cursor = look(cursor)
    assert asked == [signature(landing)]


def test_the_sensor_opens_no_file_and_forgives_one_that_goes(landing):
    os.mkfifo(landing / "pipe")  # opening it would wait for ever
    (landing / "gone.csv").symlink_to(landing / "nowhere")
    assert look(None)[0] == []


def test_a_run_from_the_command_line_is_recorded_with_its_receipts(base, monkeypatch):
    """What `dagster dev` shows of it: rows, receipts and the outcome of every rule."""
    for name in ("DAGSTER_HOME", "CITIES311_EVENTS"):  # set by dagster_instance; put back after this test
        monkeypatch.setenv(name, "")
    with dagster_instance(Layout(base.home)) as instance:
        (run,) = instance.get_runs()
        assert (run.job_name, run.status) == ("publish", dg.DagsterRunStatus.SUCCESS)
        raw = instance.get_latest_materialization_event(key("raw.requests")).asset_materialization.metadata
        assert {k: raw[k].value for k in ("received", "accepted", "quarantined", "repeats", "dagster/row_count")} == {
            "received": 30,
            "accepted": 30,
            "quarantined": 0,
            "repeats": 0,
            "dagster/row_count": 30,
        }
        assert "accepted" in raw["receipts"].value["requests/first.csv"]
        core = instance.get_latest_materialization_event(key("core.requests")).asset_materialization.metadata
        assert core["dagster/row_count"].value == 30
        release = instance.get_latest_materialization_event(dg.AssetKey("release")).asset_materialization.metadata
        assert release["release"].value == "2014-08-31-r1"

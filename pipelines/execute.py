"""One run of the publish job, in this process, recorded where the Dagster UI reads."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg

from assets import catalog, models, program
from assets.releases import publish
from pipelines import knowledge, steps, writing
from pipelines.definitions import defs
from pipelines.settings import ROOT, Layout


class Failed(Exception):
    """The run did not publish; the message says why, for the person who started it."""


def run(
    landing: str, home: str, as_of: str, known_on: str, report: Callable[[str], None]
) -> tuple[str, dict[str, Any]]:
    """Runs the job; returns the release and what was new. Raises Failed."""
    layout = Layout(Path(home))
    try:
        program.load(Path(landing))
        steps.every_model()
        steps.progress.set(report)
        with writing.alone(layout):
            return _publish(layout, {"landing": landing, "home": home, "as_of": as_of, "known_on": known_on})
    except (program.ProgramError, models.ModelError, catalog.CatalogError, writing.Busy) as error:
        raise Failed(str(error)) from error


def _publish(layout: Layout, config: dict[str, str]) -> tuple[str, dict[str, Any]]:
    run_config = {
        "resources": {"warehouse": {"config": config}},
        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},  # the run's own log keeps everything
    }
    before = publish.current(layout.releases)
    with dagster_instance(layout) as instance:
        job = defs().resolve_job_def("publish")
        result = job.execute_in_process(instance=instance, run_config=run_config, raise_on_error=False)
    if not result.success:
        raise Failed(_why(result, layout))
    release = publish.current(layout.releases) or ""
    return release, {"new": release != before, **_new(result, layout)}


def dagster_instance(layout: Layout) -> dg.DagsterInstance:
    """Dagster's own storage below HOME, with telemetry off and one writer at a time."""
    layout.dagster.mkdir(parents=True, exist_ok=True)
    settings_file = layout.dagster / "dagster.yaml"
    wanted = (ROOT / "pipelines" / "dagster.yaml").read_text(encoding="utf-8")
    if not settings_file.exists() or settings_file.read_text(encoding="utf-8") != wanted:
        settings_file.write_text(wanted, encoding="utf-8")
    os.environ["DAGSTER_HOME"] = str(layout.dagster)
    os.environ["CITIES311_EVENTS"] = str(layout.dagster / "history")
    return dg.DagsterInstance.get()


def floating(landing: str, as_of: str) -> str:
    """The zone whose calendar moves the as-of day; empty where the day is fixed."""
    told = program.load(Path(landing))
    return "" if as_of or told.as_of else told.time_zone


def _why(result: dg.ExecuteInProcessResult, layout: Layout) -> str:
    """The errors of the steps that failed; where those only say that a check did, the checks and their rows."""
    errors = [e.step_failure_data.error for e in result.all_events if e.is_step_failure]
    causes = [e.cause or e for e in errors if e]
    told = [c.message.strip() for c in causes if c.cls_name not in ("DagsterAssetCheckFailedError", "Refused")]
    if told:
        return "\n".join(told)
    with writing.warehouse(layout) as connection:
        why = steps.blocked(steps.outcomes(connection))
    if why:
        return why
    return "\n".join(c.message.strip() for c in causes) or "the run failed; see the Dagster UI (make dev)"


def _new(result: dg.ExecuteInProcessResult, layout: Layout) -> dict[str, Any]:
    """What the run did, and what its owner should look at: refused files, rows set aside, warnings."""
    metadata = [e.materialization.metadata for e in result.all_events if e.is_step_materialization]
    with writing.warehouse(layout) as connection:
        warnings = [f"{o['table']}: {o['name']}: {o['detail']}" for o in steps.outcomes(connection) if not o["passed"]]
    files = knowledge.receipts(layout).all.values()
    return {
        "files": sum(int(str(m["files_taken_in_now"].value)) for m in metadata if "files_taken_in_now" in m),
        "tables": sum(1 for m in metadata if "made_now" in m and m["made_now"].value),
        "quarantined": sum(r.quarantined for r in files),
        "refused": sorted(f"{r.name}: {r.message}" for r in files if r.status == "refused"),
        "kept": sorted(
            f"{r.name}: {r.message}" for r in files if r.status == "accepted" and r.message.startswith("kept")
        ),
        "repeated": sorted(f"{r.name}: {r.message}" for r in files if r.status == "repeat"),
        "warnings": warnings,
    }

"""What sets work off: files that arrive in landing."""

import hashlib
from pathlib import Path

import dagster as dg

from pipelines import settings

SECONDS = 60


def signature(landing: Path) -> str:
    """Of names, sizes and times below a landing folder; no file is opened."""
    files = sorted(p for p in landing.rglob("*") if p.is_file() and not p.name.startswith("."))
    stats = [(p.relative_to(landing).as_posix(), p.stat()) for p in files]
    told = "\n".join(f"{name} {s.st_size} {s.st_mtime_ns}" for name, s in stats)
    return hashlib.sha256(told.encode()).hexdigest()[:16] if stats else ""


@dg.sensor(name="landing", job_name="publish", minimum_interval_seconds=SECONDS, description="New or changed files.")
def landing_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Asks for a run once a drop has settled: the same signature twice in a row, other than the one last run."""
    seen = signature(settings.landing())
    last_seen, _, last_run = (context.cursor or ":").partition(":")
    if not seen or seen == last_run:
        return dg.SkipReason("nothing new in landing")
    if seen != last_seen:
        return dg.SensorResult(skip_reason=dg.SkipReason("files are still arriving"), cursor=f"{seen}:{last_run}")
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=seen)], cursor=f"{seen}:{seen}")

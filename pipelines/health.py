"""What `doctor` looks at: everything a run or a page needs, and how to mend what is wrong."""

import importlib.metadata
import shutil
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from assets import catalog, decisions, models, program
from assets.releases import due as calendar
from assets.releases import publish, seal
from pipelines import due, released, writing
from pipelines.settings import Layout

NEEDED = {"duckdb": "2.", "pandas": "3.", "dagster": "1.13.", "streamlit": "1.67", "plotly": "7."}
LEAST_FREE_GB = 2
MOST_SENTENCES = 3  # of late reports, in one line; `due` tells them all


@dataclass(frozen=True)
class Finding:
    name: str
    good: bool
    found: str
    remedy: str = ""
    warns: bool = False  # good, and yet somebody should look

    @property
    def state(self) -> str:
        return "wrong" if not self.good else "warning" if self.warns else "ok"


def examine(layout: Layout, landing: Path, today: date | None = None) -> list[Finding]:
    """Every finding, good or not. today: the day on which reports are late or not; None takes the Eastern one."""
    release, log = _release(layout.releases), _decisions(layout.decisions)
    return [
        _python(),
        *_packages(),
        _space(layout.home),
        _writable(layout.home),
        _landing(landing),
        _dictionary(),
        _lock(layout),
        release,
        log,
        *(_reports(layout, today) if release.good and log.good else []),
    ]


def _python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    return Finding(
        "Python", sys.version_info >= (3, 11), found, "install Python 3.11 or newer and run `make run` again"
    )


def _packages() -> list[Finding]:
    found = []
    for name, start in NEEDED.items():
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            version = "not installed"
        remedy = "" if version.startswith(start) else f"expected {start}x; remove .venv and run `make run` again"
        found.append(Finding(name, not remedy, version, remedy))
    return found


def _space(home: Path) -> Finding:
    there = next(p for p in [home, *home.parents] if p.exists())
    free = shutil.disk_usage(there).free / 1e9
    return Finding(
        "disk", free >= LEAST_FREE_GB, f"{free:.0f} GB free", "" if free >= LEAST_FREE_GB else "free some disk space"
    )


def _writable(home: Path) -> Finding:
    try:
        home.mkdir(parents=True, exist_ok=True)
        probe = home / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        return Finding("home", False, f"{home}: {error.strerror}", "make it writable, or name another with --home")
    return Finding("home", True, str(home))


def _landing(landing: Path) -> Finding:
    if not landing.is_dir():
        return Finding(
            "landing",
            False,
            f"{landing} is not a folder",
            "name it with --landing, or write one with `cities311 sample`",
        )
    try:
        program.load(landing)
    except program.ProgramError as error:
        return Finding("landing", False, str(error), "mend program.yml")
    known = {s.landing_folder for s in catalog.load().sources.values()}
    unknown = sorted(
        p.name for p in landing.iterdir() if p.is_dir() and p.name not in known and not p.name.startswith(".")
    )
    remedy = f"rename to one of: {', '.join(sorted(known))}" if unknown else ""
    return Finding(
        "landing", not unknown, f"unknown folders: {', '.join(unknown)}" if unknown else str(landing), remedy
    )


def _dictionary() -> Finding:
    try:
        found = models.load(catalog.load().sources)
    except (catalog.CatalogError, models.ModelError) as error:
        return Finding("models", False, str(error), "mend the file named")
    return Finding("models", True, f"{len(found)} tables")


def _lock(layout: Layout) -> Finding:
    try:
        with writing.alone(layout):
            return Finding("warehouse", True, "free")
    except writing.Busy as error:
        return Finding("warehouse", False, str(error), "wait for that run to end")


def _release(releases: Path) -> Finding:
    current = publish.current(releases)
    if current is None:
        return Finding("release", False, "none yet", "run `cities311 run`")
    if not (releases / current / seal.MANIFEST).exists():
        return Finding("release", False, f"CURRENT names {current}, which is not there", "run `cities311 run`")
    for release in publish.listing(releases):
        try:
            seal.verified(releases / release)
        except seal.Altered as error:
            remedy = "restore it from a copy; a current one is made again by `cities311 run`"
            return Finding("release", False, str(error), remedy)
    return Finding("release", True, f"{current}; every file of every release as published")


def _decisions(folder: Path) -> Finding:
    wrong = decisions.broken(folder)
    found = "; ".join(wrong) or "every line of every log as written"
    return Finding("decisions", not wrong, found, "nobody can decide on these matters until then" if wrong else "")


def _reports(layout: Layout, today: date | None) -> list[Finding]:
    """Reports that are late or soon due, by the current release; nothing of one that is synthetic or has no calendar."""
    release = publish.current(layout.releases)
    if release is None or publish.manifest(layout.releases, release).get("synthetic"):
        return []
    try:
        _, found = due.read(layout, release, today)
    except (released.Unknown, decisions.Refused) as error:
        return [Finding("reports", True, str(error), warns=True)]
    sentences = calendar.warnings(found)
    if not sentences:
        return [Finding("reports", True, f"none is late, none is due within {calendar.SOON_DAYS} days")]
    told = sentences[:MOST_SENTENCES]
    if more := len(sentences) - len(told):
        told.append(f"And {more:,} more.")
    remedy = "`cities311 due` lists them; `cities311 review submit` submits one"
    return [Finding("reports", True, " ".join(told), remedy, warns=True)]

"""Copies of a HOME whose release was changed and sealed anew, as if it had been published so."""

import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import duckdb
from click.testing import Result
from typer.testing import CliRunner

from assets.releases import seal
from pipelines.commands import app

WHO = ("--who", "Program lead", "--why", "ready")


def copied(home: Path, folder: Path) -> Path:
    """A HOME with the releases of another, nothing submitted on them yet."""
    shutil.copytree(home / "releases", folder / "releases")
    return folder


def current(home: Path) -> Path:
    return home / "releases" / (home / "releases" / "CURRENT").read_text().strip()


def reseal(release: Path) -> None:
    """Writes the manifest anew over the files as they lie."""
    told = json.loads((release / seal.MANIFEST).read_text())
    told.pop(seal.SEAL)
    for table in told["tables"]:
        table["sha256"] = hashlib.sha256((release / f"{table['name']}.parquet").read_bytes()).hexdigest()
    (release / seal.MANIFEST).write_text(seal.sealed(told))


def doctor(home: Path, changes: Mapping[str, str], release: Path | None = None) -> Path:
    """Rewrites tables of a release, the current one at first, by a query on `t`, the table as it was; returns the home."""
    folder = release or current(home)
    for table, query in changes.items():
        path = folder / f"{table}.parquet"
        with duckdb.connect() as connection:
            connection.execute(f"create table t as from read_parquet('{path}')")
            connection.execute(f"copy ({query}) to '{path}' (format parquet)")
    reseal(folder)
    return home


def later(home: Path, name: str, changes: Mapping[str, str]) -> Path:
    """Publishes a copy of the current release under a later name, with changes; returns the home."""
    was = current(home)
    folder = was.parent / name
    shutil.copytree(was, folder)
    told = json.loads((folder / seal.MANIFEST).read_text())
    told |= {"release": name, "restates": was.name}
    (folder / seal.MANIFEST).write_text(json.dumps(told))
    (was.parent / "CURRENT").write_text(name + "\n")
    return doctor(home, changes)


def told(home: Path, *command: str) -> Result:
    """What the command says, in this process."""
    return CliRunner().invoke(app, [*command, "--home", str(home)], catch_exceptions=False)


def report(home: Path, out: Path, name: str, period: str, *more: str) -> Result:
    return told(home, "report", name, "--period", period, "--out", str(out), *more)


def step(home: Path, taken: str, name: str, period: str, *more: str) -> Result:
    """A step of the review."""
    return told(home, "review", taken, name, period, *WHO, *more)

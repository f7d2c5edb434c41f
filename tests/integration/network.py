"""A network of three cities, small enough to run whole in seconds, and the command line that runs it."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
from typer.testing import CliRunner

from pipelines.commands import app

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "pipelines.cli"]
HEADER = "request_id,city,caller_type,submitted_at,topic,status,first_response_at,resolved_at,updated_at\n"
GAZETTEER = """usps,geoid,name,intptlat,intptlong
TN,4748000,Memphis city,35.1,-89.9
IN,1801468,Anderson city,40.1,-85.7
KS,2036000,Kansas City city,39.1,-94.7
MO,2938000,Kansas City city,39.1,-94.6
"""
ELIGIBILITY = "city,eligible_from,wave\n4748000,2014-05-22,1\n1801468,2014-05-22,1\n2036000,2014-07-01,2\n"
PROGRAM = "program: Test network\nsynthetic: true\nas_of: 2014-08-31\nlaunched_on: 2014-05-22\n"
DELIVERED = "files:\n  '*': {delivered_on: 2014-09-05}\n  'late*': {delivered_on: 2014-10-20}\n"
MONDAY = date(2014, 6, 2)


def request(number: int, **changes: str) -> str:
    """A request asked on a business morning and answered a day later; keys of HEADER replace its cells."""
    asked = MONDAY + timedelta(days=number // 5 * 7 + number % 5)
    cells = {
        "request_id": f"R{number:03d}",
        "city": ["4748000", "1801468", "2036000"][number % 3],
        "caller_type": "city",
        "submitted_at": f"{asked}T10:00:00",
        "topic": ["budget", "housing"][number % 2],
        "status": "closed",
        "first_response_at": f"{asked + timedelta(days=1)}T10:00:00",
        "resolved_at": f"{asked + timedelta(days=1)}T15:00:00",
        "updated_at": f"{asked + timedelta(days=1)}T15:00:00",
    }
    assert not changes.keys() - cells.keys()
    return ",".join((cells | changes).values()) + "\n"


def requests(*numbers: int) -> str:
    return HEADER + "".join(request(n) for n in numbers)


def invoke(*command: str) -> subprocess.CompletedProcess[str]:
    """The command in this process, which has imported what it needs: a third of a small run. `start` gives one of its own."""
    done = CliRunner().invoke(app, command, catch_exceptions=False)
    return subprocess.CompletedProcess(command, done.exit_code, done.stdout, done.stderr)


@dataclass
class Network:
    """A landing folder and a home, and the commands on them."""

    landing: Path
    home: Path

    def drop(self, name: str, content: str | bytes) -> Path:
        path = self.landing / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def arguments(self, *more: str) -> list[str]:
        return [*COMMAND, "run", "--landing", str(self.landing), "--home", str(self.home), *more]

    def start(self, *more: str) -> subprocess.Popen[str]:
        """A run of its own process group, so that a signal reaches all of it."""
        pipe = subprocess.PIPE
        return subprocess.Popen(
            self.arguments(*more), stdout=pipe, stderr=pipe, text=True, cwd=ROOT, start_new_session=True
        )

    def run(self, *more: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        done = invoke(*self.arguments(*more)[len(COMMAND) :])
        assert done.returncode == code, done.stdout + done.stderr
        return done

    def tell(self, *command: str) -> subprocess.CompletedProcess[str]:
        return invoke(*command, "--home", str(self.home))

    @property
    def current(self) -> str | None:
        pointer = self.home / "releases" / "CURRENT"
        return pointer.read_text().strip() if pointer.exists() else None

    def table(self, name: str, query: str = "from t", release: str | None = None) -> list[tuple[Any, ...]]:
        """The answer of a query on table `t`, one of a release."""
        path = self.home / "releases" / (release or self.current or "none") / f"{name}.parquet"
        with duckdb.connect() as connection:
            connection.execute(f"create view t as from read_parquet('{path}')")
            return connection.execute(query).fetchall()

    def tables(self, release: str | None = None) -> dict[str, list[tuple[Any, ...]]]:
        """Every table of a release, row for row, but for the day on which this test received its files; without what changed
        since the release before, which is told of two."""
        folder = self.home / "releases" / (release or self.current or "none")
        left_out = {"sources": "select * exclude (received_at) from t order by all"}
        return {
            p.stem: self.table(p.stem, left_out.get(p.stem, "from t"), release)
            for p in sorted(folder.glob("*.parquet"))
            if p.stem not in ("restatements", "restated_records")
        }


def network(folder: Path) -> Network:
    """A network with 30 requests in one file, nothing run yet."""
    made = Network(folder / "landing", folder / "home")
    made.drop("program.yml", PROGRAM)
    made.drop("census_gazetteer/places.csv", GAZETTEER)
    made.drop("eligibility/cities.csv", ELIGIBILITY)
    made.drop("requests/first.csv", requests(*range(30)))
    for source in ("census_gazetteer", "eligibility", "requests"):
        made.drop(f"{source}/mapping.yml", DELIVERED)
    return made


def late(*numbers: int, **changes: str) -> str:
    """A file of requests that says more of those that came before."""
    return HEADER + "".join(request(n, **changes) for n in numbers)


def copy(base: Network, folder: Path) -> Network:
    shutil.copytree(base.landing, folder / "landing")
    shutil.copytree(base.home, folder / "home")
    (folder / "home" / "raw" / "LANDING").unlink()  # the copy's files lie elsewhere
    return Network(folder / "landing", folder / "home")

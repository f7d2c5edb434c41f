"""Running again: what is known is not opened, what changed is read alone, and the same input makes nothing new."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from network import ROOT, Network, late, requests

# Runs at the start of every Python: notes each file below LANDING that is opened.
WATCH = """
import os, sys
landing, log = os.environ["WATCHED"], os.environ["WATCHED_LOG"]
note = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
def hook(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes, os.PathLike)):
        path = os.fsdecode(arguments[0])
        if path.startswith(landing):
            os.write(note, (os.path.relpath(path, landing) + "\\n").encode())
sys.addaudithook(hook)
"""


@pytest.fixture
def watch(tmp_path: Path):
    """Runs a network and returns what it said and which landing files it opened."""
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "sitecustomize.py").write_text(WATCH)
    log = tmp_path / "opened.txt"

    def run(network: Network) -> tuple[dict[str, object], set[str]]:
        log.write_text("")
        environment = {"PYTHONPATH": str(tmp_path / "watch"), "WATCHED": str(network.landing), "WATCHED_LOG": str(log)}
        done = subprocess.run(
            network.arguments("--json"), capture_output=True, text=True, cwd=ROOT, env=os.environ | environment, check=True
        )  # fmt: skip
        return json.loads(done.stdout), set(log.read_text().split())

    return run


def test_again_opens_nothing_and_a_changed_file_is_read_alone(ran, watch):
    """The three runs of one story: a late file; the same again; the late file touched, not changed."""
    ran.drop("requests/late.csv", late(30, 31))
    told, opened = watch(ran)
    assert (told["release"], told["new"], told["files"]) == ("2014-08-31-r2", True, 1)
    assert opened - {"program.yml"} == {"requests/late.csv", "requests/mapping.yml"} | {
        f"{s}/mapping.yml" for s in ("census_gazetteer", "eligibility")
    }
    assert ran.table("requests", "select count(*) from t") == [(32,)]

    before = sorted(p.relative_to(ran.home).as_posix() for p in ran.home.rglob("*"))
    told, opened = watch(ran)
    assert told == {"release": "2014-08-31-r2", "new": False}
    assert opened == set()
    assert sorted(p.relative_to(ran.home).as_posix() for p in ran.home.rglob("*")) == before

    os.utime(ran.landing / "requests/late.csv")  # same hash, as-of, code and catalog: nothing is done
    told, opened = watch(ran)
    assert "requests/first.csv" not in opened
    assert told["release"] == "2014-08-31-r2"
    assert (ran.home / "releases" / "CURRENT").read_text() == "2014-08-31-r2\n"
    assert not (ran.home / "releases" / "2014-08-31-r3").exists()


def test_a_home_keeps_to_its_landing_folder(ran, tmp_path):
    """Two programs in one home would be published as one."""
    (ran.home / "raw" / "LANDING").write_text(f"{ran.landing}\n")  # as the first run in a home notes it
    other = Network(tmp_path / "other", ran.home)
    other.drop("requests/theirs.csv", requests(50))
    done = other.run(code=1)
    assert str(ran.landing) in done.stderr and "name another --home" in done.stderr
    assert ran.current == "2014-08-31-r1"
    assert ran.table("requests", "select count(*) from t") == [(30,)]

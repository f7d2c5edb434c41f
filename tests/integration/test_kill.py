"""kill -9 at any moment: the next run completes, its release equals an undisturbed run's, and readers never see a half."""

import hashlib
import json
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from network import HEADER, Network, copy, late, request

FOLDERS = ("receipts", "requests")
WIDE = HEADER + "".join(request(n % 60, request_id=f"W{n:05d}") for n in range(1000))  # long enough to be caught at


def arrives(network: Network) -> None:
    network.drop("requests/late.csv", late(30, 31))
    network.drop("requests/late-wide.csv", WIDE)


def names(folder: Path) -> set[str]:
    return {entry.name for entry in os.scandir(folder)} if folder.exists() else set()


def kill_when(network: Network, seen: Callable[[], bool], delay: float = 0.0) -> bool:
    """Starts a run and kills it once something is seen; False where the run ended before."""
    process = network.start()
    while process.poll() is None and not seen():
        pass
    if delay:
        time.sleep(delay)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    return process.returncode == -signal.SIGKILL


class Watcher(threading.Thread):
    """Reads the current release over and over, as a page does: it is whole at every moment, or this keeps why not."""

    def __init__(self, network: Network) -> None:
        super().__init__(daemon=True)
        self.releases, self.looks, self.faults, self.stop = network.home / "releases", 0, [], threading.Event()
        self.seen: set[str] = set()

    def run(self) -> None:
        while not self.stop.wait(0.02):
            try:
                self.look()
            except Exception as error:  # whatever a reader would have met
                self.faults.append(repr(error))
            self.looks += 1

    def look(self) -> None:
        release = (self.releases / "CURRENT").read_text().strip()
        told = json.loads((self.releases / release / "manifest.json").read_text())
        assert told["release"] == release
        if release in self.seen:  # hashed once, then only counted: a look has to be quick
            assert len(names(self.releases / release)) == len(told["tables"]) + 1
            return
        for table in told["tables"]:
            content = (self.releases / release / f"{table['name']}.parquet").read_bytes()
            assert hashlib.sha256(content).hexdigest() == table["sha256"], table["name"]
        self.seen.add(release)


@pytest.fixture
def watched(ran: Network):
    watcher = Watcher(ran)
    watcher.start()
    yield ran
    watcher.stop.set()
    watcher.join()
    assert watcher.looks > 50 and watcher.faults == []
    assert watcher.seen >= {"2014-08-31-r1"}


def test_killed_again_and_again_it_ends_where_an_undisturbed_run_does(base, watched, tmp_path):
    undisturbed = copy(base, tmp_path / "undisturbed")
    arrives(undisturbed)
    undisturbed.run()

    arrives(watched)
    home, releases = watched.home, watched.home / "releases"
    typed, receipts = home / "raw" / "requests", home / "raw" / "receipts"
    known, files = names(receipts), names(typed)
    stages = {
        "a typed file is being written": lambda: any(n.endswith(".part") for n in names(typed)),
        "a typed file has no receipt yet": lambda: bool(names(typed) - files),
        "the first receipt is written": lambda: bool(names(receipts) - known),
        "the release is being built": lambda: any(n.startswith(".building-") for n in names(releases)),
        "the release is about to get its name": lambda: ".publishing" in names(releases),
    }
    killed = []
    for stage in ("a typed file is being written", "a typed file has no receipt yet", "the first receipt is written"):
        if kill_when(watched, stages[stage]):
            killed.append(stage)
    for delay in (0.4, 1.4):  # after the start of taking in: in staging, in metrics, thereabouts
        if kill_when(watched, lambda: names(receipts) > known, delay):
            killed.append(f"{delay} s into the work")
    assert watched.current == "2014-08-31-r1", killed
    for stage in ("the release is being built", "the release is about to get its name"):
        if kill_when(watched, stages[stage]):
            killed.append(stage)
    assert len(killed) >= 6, killed

    watched.run()
    assert watched.current != "2014-08-31-r1"
    assert watched.tables() == undisturbed.tables()
    left = [n for n in names(releases) if n.startswith(".")]
    assert left == []
    numbers = sorted(n for n in names(releases) if n != "CURRENT")
    assert numbers == [f"2014-08-31-r{n + 1}" for n in range(len(numbers))]  # no number was lost to a kill
    assert watched.table("requests", "select count(*) from t") == [(1032,)]


def test_killed_before_there_is_any_release(fresh):
    """Nothing is current, nothing is served, and the next run is the first."""
    receipts = fresh.home / "raw" / "receipts"
    assert kill_when(fresh, lambda: bool(names(receipts)))
    assert fresh.current is None
    told = fresh.tell("status")
    assert told.returncode == 1 and "no release yet" in told.stderr
    fresh.run()
    assert fresh.current == "2014-08-31-r1" and fresh.table("requests", "select count(*) from t") == [(30,)]

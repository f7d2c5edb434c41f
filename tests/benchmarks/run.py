"""`make bench`: how fast, as ratios taken in one run, so that a noisy machine does not matter much.

Each pair is timed in turn (ours, theirs, ours, …) in processes of their own; the median ratio counts.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from csv import reader
from itertools import islice
from pathlib import Path

import xlsxwriter

ROOT = Path(__file__).parents[2]
PAIRS = 5
WORKBOOK_ROWS = 100_000
# The ingests print their own seconds: what is compared is the work, not the start of Python.
BARE = """
import duckdb, sys, time
duckdb.execute("set enable_progress_bar = false")
started = time.perf_counter()
duckdb.execute(f"copy (select * from read_csv('{sys.argv[1]}')) to '{sys.argv[2]}' (format parquet)")
print(time.perf_counter() - started)
"""
OURS = """
import duckdb, os, sys, time
from pathlib import Path
from assets import catalog
from assets.raw import ingest
from assets.raw.receipts import Receipts
landing, home, csv = (Path(a) for a in sys.argv[1:])
drop, entries = landing / "requests" / "requests.csv", catalog.load()
drop.unlink(missing_ok=True)
with duckdb.connect() as connection:
    connection.execute("set enable_progress_bar = false")
    receipts = Receipts(home / "raw", home / "quarantine")
    ingest.ingest(landing, receipts, connection, entries, "America/New_York")  # the gazetteer is there already
    os.link(csv, drop)
    started = time.perf_counter()
    new = ingest.ingest(landing, receipts, connection, entries, "America/New_York")
    print(time.perf_counter() - started)
assert [r.accepted > 4_800_000 for r in new] == [True]
"""
WORKBOOK = """
import duckdb, sys, time
from pathlib import Path
from assets import catalog
from assets.raw import ingest
from assets.raw.receipts import Receipts
landing, home = (Path(a) for a in sys.argv[1:])
started = time.perf_counter()
with duckdb.connect() as connection:
    receipts = Receipts(home / "raw", home / "quarantine")
    new = ingest.ingest(landing, receipts, connection, catalog.load(), "America/New_York")
    print(time.perf_counter() - started)
assert sum(r.accepted for r in new if r.source == "requests") > 99_000
"""
DIRECT = """
import sys
from pathlib import Path
from pipelines import knowledge, steps, writing
from pipelines.settings import Layout
request = knowledge.Request(Path(sys.argv[1]), Layout(Path(sys.argv[2])))
with writing.warehouse(request.layout) as connection:
    steps.take_in(connection, request, lambda line: None)
    steps.set_clocks(connection, knowledge.of(request))
    for layer in steps.LAYERS:
        steps.build(connection, layer)
    steps.release(connection, request, {})
"""


def timed(*command: str) -> tuple[float, int]:
    """Wall seconds of a process, or those that it prints itself; and its peak memory in MiB.

    Raises CalledProcessError where it fails.
    """
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    printed = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise subprocess.CalledProcessError(status, command)
    whole = time.perf_counter() - started
    own = command[0] == "-c" and command[1] in (BARE, OURS, WORKBOOK)
    return float(printed.split()[-1]) if own else whole, usage.ru_maxrss // 1024


def pair(name: str, ours: list[str], theirs: list[str], aim: float, fresh: Path | None = None) -> None:
    """Prints the median of both and of their ratio."""
    times = []
    for _ in range(PAIRS):
        if fresh:
            shutil.rmtree(fresh, ignore_errors=True)
        times.append((timed(*ours), timed(*theirs)))
    told = {
        "what": name,
        "ours_s": round(statistics.median(a[0] for a, _ in times), 3),
        "theirs_s": round(statistics.median(b[0] for _, b in times), 3),
        "ratio": round(statistics.median(a[0] / b[0] for a, b in times), 2),
        "aim": aim,
        "ours_peak_mib": max(a[1] for a, _ in times),
        "theirs_peak_mib": max(b[1] for _, b in times),
    }
    print(json.dumps(told), flush=True)


def workbook(work: Path, csv: Path) -> None:
    """Prints how many rows of an XLSX file are taken in a second."""
    landing = work / "workbook"
    shutil.copytree(work / "landing" / "census_gazetteer", landing / "census_gazetteer")
    (landing / "requests").mkdir()
    with csv.open(encoding="utf-8", newline="") as file, xlsxwriter.Workbook(landing / "requests" / "r.xlsx") as made:
        sheet = made.add_worksheet()
        for at, row in enumerate(islice(reader(file), WORKBOOK_ROWS + 1)):
            sheet.write_row(at, 0, row)
    seconds, peak = timed("-c", WORKBOOK, str(landing), str(work / "workbook-home"))
    told = {"what": f"a workbook of {WORKBOOK_ROWS:,} requests", "rows_a_second": round(WORKBOOK_ROWS / seconds)}
    print(json.dumps(told | {"peak_mib": peak}), flush=True)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="cities311-bench-") as folder:
        work = Path(folder)
        sample = ["-m", "pipelines.cli", "sample"]
        timed(*sample, str(work / "large"), "--scale", "250")  # 4.9 million requests
        landing, csv = work / "landing", work / "large" / "requests" / "requests.csv"
        for source in ("requests", "census_gazetteer"):
            (landing / source).mkdir(parents=True)
        shutil.copytree(work / "large" / "census_gazetteer", landing / "census_gazetteer", dirs_exist_ok=True)
        pair(
            f"ingest of {csv.stat().st_size / 1e6:.0f} MB of requests / bare copy of the same file",
            ["-c", OURS, str(landing), str(work / "home"), str(csv)],
            ["-c", BARE, str(csv), str(work / "bare.parquet")],
            aim=1.5,
            fresh=work / "home",
        )
        workbook(work, csv)
        shutil.rmtree(work / "large")
        timed(*sample, str(work / "one"), "--scale", "1")
        run = ["-m", "pipelines.cli", "run", "--landing", str(work / "one"), "--home"]
        spans = []
        for i in range(PAIRS):
            with_dagster, _ = timed(*run, str(work / f"d{i}"))
            without, _ = timed("-c", DIRECT, str(work / "one"), str(work / f"p{i}"))
            dagster, _ = timed("-c", "import dagster")
            spans.append((with_dagster, without, dagster, (with_dagster - without) / dagster))
        names = ("run_s", "functions_alone_s", "import_dagster_s", "difference_over_import")
        told = dict(zip(names, (round(statistics.median(s), 2) for s in zip(*spans, strict=True)), strict=True))
        print(json.dumps({"what": "a run at scale 1", **told, "aim": 3}), flush=True)
        pair("a run with nothing new / python -c pass", [*run, str(work / "d0")], ["-c", "pass"], aim=4)


if __name__ == "__main__":
    main()

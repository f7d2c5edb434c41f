"""`make bench-reporting`: how long the reports of a period take, on a synthetic network at scale 1: the pack for HUD, and a city's.

Seconds of one warm run each, with everything written; the aims are those of the design.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from assets.documents import packs
from assets.documents.facts import opened

ROOT = Path(__file__).parents[2]
PERIOD, CITIES = "FY2017Q4", 50


def told(what: str, seconds: float, aim: float, size: int) -> None:
    print(json.dumps({"what": what, "seconds": round(seconds, 3), "aim": aim, "bytes": size}), flush=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for command in (
            ["sample", str(work / "landing"), "--scale", "1"],
            ["run", "--landing", str(work / "landing"), "--home", str(work / "home")],
        ):
            subprocess.run([sys.executable, "-m", "pipelines.cli", *command], cwd=ROOT, check=True, capture_output=True)
        release = (work / "home" / "releases" / "CURRENT").read_text().strip()
        started = time.perf_counter()
        with opened(work / "home", release) as facts:
            opening = time.perf_counter() - started
            size = 0
            for report in (*packs.TO_HUD, "program"):
                for document in packs.documents(facts, report, PERIOD):
                    size += sum(map(len, packs.files(document).values()))
            told(
                "HUD pack: sf425, performance, budget and program, four files each",
                time.perf_counter() - started,
                10,
                size,
            )
            started = time.perf_counter()
            packs.submission(facts, PERIOD, draft=True)
            told("the bundle for submission", time.perf_counter() - started, 10, 0)
            cities = [row["city_id"] for row in facts.rows("cities", "city_id", "starts_with(wave, 'pilot')")][:CITIES]
            started, size, made = time.perf_counter(), 0, 0
            for document in packs.documents(facts, "city", PERIOD, cities):
                size, made = size + sum(map(len, packs.files(document).values())), made + 1
            seconds = time.perf_counter() - started
            told(f"reports of {made} cities, four files each", seconds, 10, size)
            told("of these one city", seconds / made, 0.5, size // made)
            told("of the pack: opening the release, every file of it hashed", opening, 10, 0)


if __name__ == "__main__":
    main()

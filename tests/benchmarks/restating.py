"""`make bench-restating`: what it costs to say why figures changed, on 5,000,000 requests before and after, as ratios of one run.

The record-level difference is held against DuckDB's bare full outer join on the key; the replay of the causes against one
recompute of what changed (the very run that took the changes in), times the causes that are present. Then, at scale 1:
what was known at the instant of an earlier release is worked out anew and held against it, table by table. Needs some twenty
minutes and 25 GB of disk.
"""

import csv
import json
import statistics
import sys
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
from metrics import Watch, build

from assets import clock
from assets.raw.casts import file
from assets.releases import versions
from assets.sample import write
from pipelines import knowledge, restating, steps, worlds, writing
from pipelines.settings import Layout

SCALE = 250.0
MONTH = "2017-06"  # what comes later is of this month
EACH = 200  # requests that come late, that are corrected, that are merged
PAIRS = 5
JOIN = """
create or replace temp table joined as
select count(*) as rows from before.requests as o full outer join staging.requests as n on n.request_id = o.request_id
"""


def made(connection: duckdb.DuckDBPyConnection, request: knowledge.Request) -> float:
    """Takes in what landed and makes every table; returns the seconds that the tables took."""
    steps.take_in(connection, request, lambda line: None)
    steps.set_clocks(connection, knowledge.of(request))
    watch = Watch()
    for layer in steps.LAYERS:
        build(connection, layer)
    return watch.read()[0]


def second_delivery(landing: Path) -> None:
    """Another file of a month: new requests, requests whose topic is another, requests that were merged into another."""
    folder = landing / "requests"
    with (folder / "requests.csv").open(encoding="utf-8", newline="") as source:
        reader = csv.DictReader(source)
        columns = reader.fieldnames or []
        rows = []
        for row in reader:
            if row["submitted_at"].startswith(MONTH) and not row["duplicate_of"] and not row["merged_at"]:
                rows.append(row)
            if len(rows) > 3 * EACH:
                break
    late = [row | {"request_id": f"Z{row['request_id']}"} for row in rows[:EACH]]
    corrected = [row | {"topic": "housing" if row["topic"] != "housing" else "budget"} for row in rows[EACH : 2 * EACH]]
    last = rows[-1]["request_id"]
    merged = [row | {"duplicate_of": last, "merged_at": "2017-07-20T10:00:00"} for row in rows[2 * EACH : 3 * EACH]]
    with (folder / "second.csv").open("w", encoding="utf-8", newline="") as more:
        writer = csv.DictWriter(more, columns)
        writer.writeheader()
        writer.writerows(row | {"updated_at": "2017-10-28T10:00:00"} for row in late + corrected + merged)
    mapping = folder / "mapping.yml"
    mapping.write_text(mapping.read_text() + "  second.csv:\n    delivered_on: '2017-11-03'\n")


class Timed(restating._Walk):
    """The walk, with the records compared again and again beside the bare join, before anything is put back."""

    def compare(self) -> tuple[list[str], set[str]]:
        watch = Watch()
        found = super().compare()
        print(
            json.dumps({"what": "the state before, and all that differs", "seconds": round(watch.read()[0], 1)}),
            flush=True,
        )
        spec, types = self.tables["staging.requests"], self.types["staging.requests"]
        day = self.old.known.as_of
        cut = versions.Cut(day, clock.utc(day + timedelta(days=1), clock.MIDNIGHT, ZoneInfo("America/New_York")))
        times = []
        for _ in range(PAIRS):
            watch = Watch()
            self.connection.execute(JOIN)
            bare = watch.read()[0]
            watch = Watch()
            versions.compare(self.connection, spec, types, cut)
            times.append((watch.read()[0], bare))
        (rows,) = self.connection.execute("select rows from joined").fetchall()[0]
        (changed,) = self.connection.execute("select count(*) from diff.requests").fetchall()[0]
        ours, theirs = (round(statistics.median(side), 2) for side in zip(*times, strict=True))
        ratio = round(statistics.median(a / b for a, b in times), 2)
        told = {"what": "records told apart / bare full outer join on the key", "requests": rows, "changed": changed}
        print(json.dumps(told | {"ours_s": ours, "theirs_s": theirs, "ratio": ratio, "aim": 4}), flush=True)
        self.watch, self.steps = Watch(), list[float]()
        return found

    def built(self, name: str, cause: int, turn: int) -> None:
        watch = Watch()
        super().built(name, cause, turn)
        self.steps.append(watch.read()[0])
        told = {"what": f"without {versions.CAUSES[cause - 1]}", "figures": name, "seconds": round(self.steps[-1], 1)}
        print(json.dumps(told), flush=True)


def replayed(home: Path, landing: Path) -> None:
    request = knowledge.Request(landing, Layout(home))
    with writing.warehouse(request.layout) as connection:
        connection.execute("set enable_progress_bar = false")
        whole = made(connection, request)
        old = steps.release(connection, request, {})
        second_delivery(landing)
        once = made(connection, request)
    ledger = knowledge.receipts(request.layout)
    sides = (
        restating.side(request.layout, landing, ledger, old),
        restating.Side("new", knowledge.of(request), restating.FIGURES, True),
    )
    with worlds.scratch(request.layout) as connection:
        worlds.stand(connection, ledger, sides[1].known, [restating.FIGURES])
        walk = Timed(connection, ledger, *sides)
        walk.all()
        replay = walk.watch.read()[0]
        causes = connection.execute("select distinct cause from bridge.restatements order by 1").fetchall()
    told = {"what": "replay / causes x one recompute of what changed", "causes": [cause for (cause,) in causes]}
    told |= {"replay_s": round(replay, 1), "recompute_s": round(once, 1), "all_tables_s": round(whole, 1)}
    print(json.dumps(told | {"ratio": round(replay / (len(causes) * once), 2), "aim": 1.2}), flush=True)


def known_then(home: Path, landing: Path) -> None:
    """Publishes, takes in more, publishes again; then works out the first release from what was known then."""
    layout = Layout(home)
    known_on = datetime(2017, 10, 25, tzinfo=UTC)
    second_delivery(landing)
    request = knowledge.Request(landing, layout, date(2017, 9, 30), known_on)
    with writing.warehouse(layout) as connection:
        made(connection, request)
        first = steps.release(connection, request, {})
        made(connection, knowledge.Request(landing, layout))
        second = steps.release(connection, knowledge.Request(landing, layout), {})
    ledger = knowledge.receipts(layout)
    models = [t for t in worlds.ancestors([f"published.{p.stem}" for p in (layout.releases / first).glob("*.parquet")])
              if t.startswith("published.")]  # fmt: skip
    moved, differ = [], []
    with worlds.scratch(layout) as connection:
        worlds.stand(connection, ledger, knowledge.of(request, ledger), models)
        for table in models:
            name = table.partition(".")[2]
            for release, found in ((first, differ), (second, moved)):
                told = f"read_parquet({file(layout.releases / release / f'{name}.parquet')})"
                sides = f"(from {table} except all from {told}) union all (from {told} except all from {table})"
                (rows,) = connection.execute(f"select count(*) from ({sides})").fetchall()[0]
                found += [name] if rows else []
    told = {"what": "as known on, at scale 1", "tables": len(models), "not those of the release of then": differ}
    print(json.dumps(told | {"not those of the release after": len(moved)}), flush=True)
    assert not differ and moved


def main(scale: float) -> None:
    with tempfile.TemporaryDirectory(prefix="cities311-bench-") as folder:
        for name, size, run in (("one", 1.0, known_then), ("many", scale, replayed)):
            write(Path(folder) / name / "landing", scale=size, seed=1)
            run(Path(folder) / name / "home", Path(folder) / name / "landing")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else SCALE)

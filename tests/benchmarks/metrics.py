"""`make bench-metrics`: what every metric family costs on 5,000,000 requests, as ratios to one plain query of the same run,
and what one day of records more costs against that.

The plain query counts and takes exact quantiles over core.requests at the same grains and periods, and estimates nothing:
no open request counts in it. It is run twice before and twice after what it is held against. Seconds are given by the clock and
of the processor: on a machine with other work the second are the steadier. Needs some fifteen minutes and 12 GB of disk.
"""

import csv
import json
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from assets import catalog, models
from assets.sample import write
from pipelines import knowledge, steps, writing
from pipelines.settings import Layout

SCALE = 250
DAY = "2017-09-28"
STEPS = "metrics.response_steps"
PLAIN = """
create or replace temp table plain as
select p.period_type, p.period, r.city_id, r.topic, count(*) as asked, count(r.first_response_at) as answered,
    count(r.resolved_at) as resolved, count(*) filter (r.first_response_at <= r.due_at) as on_time,
    quantile_cont(r.response_hours, 0.5) as median, quantile_cont(r.response_hours, 0.9) as p90
from core.requests as r
inner join core.period_days as p on p.day = r.submitted_on
where r.is_canonical
group by grouping sets (
    (p.period_type, p.period), (p.period_type, p.period, r.city_id), (p.period_type, p.period, r.topic),
    (p.period_type, p.period, r.city_id, r.topic)
)
"""


def family(table: str, reads: dict[str, set[str]]) -> str:
    """The metric family that a table of the metrics layer is made for: the first, by name, that reads it."""
    sources = {m.source.rsplit("/", 1)[-1].removesuffix(".sql") for m in catalog.load().metrics.values()}
    name = table.removeprefix("metrics.")
    if name in sources:
        return name
    users = sorted(user for user, used in reads.items() if table in used and user != "metrics.figures")
    return family(users[0], reads) if users else name


@dataclass
class Watch:
    """Seconds since it was made: by the clock, and of the processor, over all threads."""

    started: float = field(default_factory=time.perf_counter)
    worked: float = field(default_factory=time.process_time)

    def read(self) -> tuple[float, float]:
        return time.perf_counter() - self.started, time.process_time() - self.worked


def plain(connection: duckdb.DuckDBPyConnection) -> tuple[float, float]:
    watch = Watch()
    connection.execute(PLAIN)
    return watch.read()


def build(connection: duckdb.DuckDBPyConnection, layer: str) -> dict[str, models.Made]:
    """Makes what changed in a layer, without its checks."""
    of_layer = {t: m for t, m in steps.every_model().items() if m.layer == layer}
    inputs = {table: one.version for table, one in models.prepare(connection).items()}
    pieces = {t: spec.pieces for t, spec in catalog.load().tables.items() if spec.pieces}
    return models.build(connection, of_layer, inputs, pieces=pieces)


def take_in(connection: duckdb.DuckDBPyConnection, request: knowledge.Request) -> None:
    steps.take_in(connection, request, lambda line: None)
    steps.set_clocks(connection, knowledge.of(request))
    for layer in ("staging", "core"):
        build(connection, layer)


def one_more_day(landing: Path) -> int:
    """Another file with the requests of a day in the last week, under other numbers; how many."""
    rows = 0
    folder = landing / "requests"
    with (
        (folder / "requests.csv").open(encoding="utf-8", newline="") as file,
        (folder / "one-more-day.csv").open("w", encoding="utf-8", newline="") as more,
    ):
        reader = csv.DictReader(file)
        writer = csv.DictWriter(more, reader.fieldnames or [])
        writer.writeheader()
        for row in reader:
            if row["submitted_at"].startswith(DAY):
                writer.writerow(row | {"request_id": "D" + row["request_id"], "merged_at": "", "duplicate_of": ""})
                rows += 1
    return rows


def main(home: Path, landing: Path) -> None:
    request = knowledge.Request(landing, Layout(home))
    reads = {t: set(m.reads) for t, m in steps.every_model().items() if m.layer == "metrics"}
    with writing.warehouse(request.layout) as connection:
        take_in(connection, request)
        connection.execute("set enable_progress_bar = false")
        for table in reads:
            connection.execute("delete from meta.tables where name = ?", [table])
        plains = [plain(connection) for _ in range(2)]
        watch = Watch()
        made = build(connection, "metrics")
        whole, whole_work = watch.read()
        plains += [plain(connection) for _ in range(2)]
        (requests,) = connection.execute("select count(*) from core.requests").fetchall()[0]
        base, base_work = (sum(one) / len(plains) for one in zip(*plains, strict=True))
        spent = defaultdict[str, float](float)
        for table, one in made.items():
            spent[family(table, reads)] += one.seconds
        for name, of_family in sorted(spent.items(), key=lambda item: -item[1]):
            print(json.dumps({"family": name, "seconds": round(of_family, 2), "ratio": round(of_family / base, 3)}))
        told = {"requests": requests, "plain_s": [round(one, 2) for one, _ in plains], "all_s": round(whole, 1)}
        told |= {"plain_cpu_s": [round(one, 2) for _, one in plains], "all_cpu_s": round(whole_work, 1)}
        ratios = {"ratio": round(whole / base, 2), "cpu_ratio": round(whole_work / base_work, 2)}
        print(json.dumps(told | ratios | {"aim": 6}), flush=True)
        stood = dict(connection.execute("select piece, print from meta.pieces where name = ?", [STEPS]).fetchall())
        rows = one_more_day(landing)
        take_in(connection, request)
        watch = Watch()
        build(connection, "metrics")
        day, day_work = watch.read()
        now = dict(connection.execute("select piece, print from meta.pieces where name = ?", [STEPS]).fetchall())
        changed = {piece for piece, told_by in now.items() if stood.get(piece) != told_by}
        # of all requests counted in all groups, those in groups of a period that changed
        counts = connection.execute("select cast(period_no as varchar), asked from metrics.wait_counts").fetchall()
        share = sum(asked for period, asked in counts if period in changed) / sum(asked for _, asked in counts)
    told = {"requests_more": rows, "periods_changed": len(changed), "of": len(now), "changed_share": round(share, 3)}
    for name, taken, full in (("clock", day, whole), ("cpu", day_work, whole_work)):
        aim = round(0.3 + 1.5 * share * full, 1)
        print(
            json.dumps(told | {"by": name, "seconds": round(taken, 1), "full_s": round(full, 1), "aim_s": aim}),
            flush=True,
        )


if __name__ == "__main__":
    if len(sys.argv) == 3:
        main(Path(sys.argv[1]), Path(sys.argv[2]))
    else:
        with tempfile.TemporaryDirectory(prefix="cities311-bench-") as folder:
            write(Path(folder) / "landing", scale=SCALE, seed=1)
            main(Path(folder) / "home", Path(folder) / "landing")

"""`make bench-metrics`: what every metric family costs on 5,000,000 requests, as ratios to one plain query of the same run.

The plain query counts and takes exact quantiles over core.requests at the same grains and periods, and estimates nothing:
no open request counts in it. Needs some ten minutes and 12 GB of disk.
"""

import json
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import duckdb

from assets import catalog, models
from assets.sample import write
from pipelines import steps, writing
from pipelines.settings import Layout

SCALE = 250
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


def plain(connection: duckdb.DuckDBPyConnection) -> float:
    started = time.perf_counter()
    connection.execute(PLAIN)
    return time.perf_counter() - started


def main(home: Path, landing: Path) -> None:
    request = steps.Request(landing, Layout(home))
    every = steps.every_model()
    reads = {t: set(m.reads) for t, m in every.items() if m.layer == "metrics"}
    with writing.warehouse(request.layout) as connection:
        steps.take_in(connection, request, lambda line: None)
        steps.set_clocks(connection, request)
        for layer in ("staging", "core"):
            steps.build(connection, layer)
        connection.execute("set enable_progress_bar = false")
        for table in reads:
            connection.execute("delete from meta.tables where name = ?", [table])
        before = plain(connection)
        inputs = {t: fingerprint for t, (fingerprint, _) in models.prepare(connection).items()}
        made = models.build(connection, {t: m for t, m in every.items() if m.layer == "metrics"}, inputs)
        after = plain(connection)
        (requests,) = connection.execute("select count(*) from core.requests").fetchall()[0]
    base, spent = (before + after) / 2, defaultdict[str, float](float)
    for table, one in made.items():
        spent[family(table, reads)] += one.seconds
    for name, seconds in sorted(spent.items(), key=lambda item: -item[1]):
        print(json.dumps({"family": name, "seconds": round(seconds, 2), "ratio": round(seconds / base, 3)}))
    told = {
        "requests": requests,
        "plain_s": [round(before, 2), round(after, 2)],
        "all_s": round(sum(spent.values()), 1),
    }
    print(json.dumps(told | {"ratio": round(sum(spent.values()) / base, 2), "aim": 6}))


if __name__ == "__main__":
    if len(sys.argv) == 3:
        main(Path(sys.argv[1]), Path(sys.argv[2]))
    else:
        with tempfile.TemporaryDirectory(prefix="cities311-bench-") as folder:
            write(Path(folder) / "landing", scale=SCALE, seed=1)
            main(Path(folder) / "home", Path(folder) / "landing")

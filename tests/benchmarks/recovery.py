"""`make bench-recovery`: over 200 samples of 20,000 requests, the share of planted values inside the 95% intervals.

A line for each kind of figure: how many were compared, how many lay inside, and between which shares 95 of 100 runs would
lie if each interval held its value 95 times of 100 on its own. Figures of one sample hang together, so the range is of
whole samples. Takes some ten minutes.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench import DESK, Bench
from planted import Compared, compare, planted

from assets.sample import clock, desk, surveys, world
from assets.sample.request_text import Export, request_ids
from assets.sample.requests import LATE_DAY
from assets.sample.topics import DISPOSITIONS, TOPICS

FAMILIES = (
    *("core.day_parts", "core.period_days", "core.period_parts", "core.figure_keys", "core.surveys"),
    *("core.request_waits", "metrics.wait_piles", "metrics.wait_counts", "metrics.wait_members"),
    *("metrics.response_steps", "metrics.response_cuts", "metrics.response_quantiles", "metrics.response_time"),
    *("metrics.resolution_steps", "metrics.resolution_sums", "metrics.resolution"),
    *(
        "metrics.on_time_cells",
        "metrics.on_time",
        "metrics.satisfaction_codes",
        "metrics.survey_kinds",
        "metrics.satisfaction_profiles",
    ),
    *("metrics.answering", "metrics.satisfaction_cells", "metrics.satisfaction_counts", "metrics.satisfaction"),
)
BESIDE = (
    *("core.eligibility", "core.engagement_cities", "core.city_groups", "core.cities"),
    *("metrics.equity_groups", "metrics.equity_medians", "metrics.response_groups"),
)
RECEIPT = {"_row": 1, "_order": 1, "_known_at": pd.Timestamp("2018-01-01"), "_file": "sample", "_sha256": "0" * 64}


def load(bench: Bench, seed: int, rows: int, folder: Path) -> None:
    """A sample's requests and surveys as raw tables."""
    network, hours = world.build(seed), clock.Clock()
    asked = desk.simulate(network, hours, rows)
    export = Export(asked, LATE_DAY)
    known = export.times["submitted_at"] < export.until
    cities = [place.geoid for place in network.cities] + [None]
    ended = (asked.resolved < desk.NEVER) | (asked.closes < desk.NEVER)
    frame = pd.DataFrame(
        {
            "request_id": request_ids(np.arange(len(asked))).to_pylist(),
            "city": [cities[i] for i in asked.city.tolist()],
            "caller_type": np.where(asked.city >= 0, "city", "county"),
            "topic": [TOPICS[i].topic for i in asked.topic.tolist()],
            "status": np.where(export.is_closed, "closed", "open"),
            "duplicate_of": [f"R{i + 1:07d}" if i >= 0 else None for i in asked.duplicate.tolist()],
            "disposition": [
                DISPOSITIONS[d] if e else None for d, e in zip(asked.disposition.tolist(), ended.tolist(), strict=True)
            ],
            "is_test": asked.test,
        }
        | {
            name: pd.to_datetime(pd.Series(np.where(at == desk.NEVER, -1, at)).where(at != desk.NEVER), unit="s")
            for name, at in export.times.items()
        }
        | RECEIPT
    )[known]
    for table in ("raw.requests", "raw.request_events", "raw.surveys"):
        bench.given(table)
    bench.connection.register("frame", frame)
    bench.connection.execute("insert into raw.requests by name select * from frame")
    surveys.write(folder, network, hours, asked)
    bench.connection.execute(
        """insert into raw.surveys by name
        select request_id, delivered_at::timestamptz::timestamp as delivered_at,
            answered_at::timestamptz::timestamp as answered_at, rating::bigint as rating, $at::timestamp as _known_at,
            1 as _row, 1 as _order, 'sample' as _file, repeat('0', 64) as _sha256
        from read_csv($path, header = true, all_varchar = true) where rating is null or rating <> '7'""",
        {"path": str(folder / surveys.NAME), "at": RECEIPT["_known_at"]},
    )


def figures(seed: int, rows: int, truth: dict[tuple[str, str | None], float]) -> list[Compared]:
    """Everything compared of one sample."""
    bench = Bench()
    bench.reference(as_of=str(world.AS_OF), launched_on=str(world.LAUNCHED_ON))
    with tempfile.TemporaryDirectory() as folder:
        load(bench, seed, rows, Path(folder) / "surveys")
    for table in BESIDE:
        bench.given(table)
    bench.run(*DESK, "staging.surveys", *FAMILIES)
    made = ("on_time", "response_time", "resolution", "satisfaction")
    columns = (
        "metric, grain, city_id, topic, engagement_id, dimension, dimension_value, basis, period_type, period, value,"
        " amount_usd, numerator, denominator, ci_low, ci_high, state, reason"
    )
    wanted = "grain in ('network', 'topic') and period in ('FY2016', 'FY2017Q4')"
    union = " union all ".join(f"select {columns} from metrics.{name} where {wanted}" for name in made)
    bench.connection.execute(f"create or replace table metrics.figures as {union}")
    bench.run("metrics.rate_limits", "metrics.metric_values")
    found = compare(bench.rows, "metrics.metric_values", truth)
    bench.connection.close()
    return found


def main(seeds: int, rows: int) -> None:
    truth, started = planted(), time.perf_counter()
    inside: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for seed in range(1, seeds + 1):
        by_kind: dict[str, list[bool]] = defaultdict(list)
        for one in figures(seed, rows, truth):
            by_kind[one.kind].append(one.inside)
        for kind, held in by_kind.items():
            inside[kind].append((sum(held), len(held)))
        if seed % 20 == 0:
            print(f"{seed} of {seeds}, {time.perf_counter() - started:.0f} s", file=sys.stderr)
    for kind, counts in sorted(inside.items()):
        held, of = np.array(counts).T
        share = held.sum() / of.sum()
        # the spread between samples, as their figures hang together
        error = np.sqrt(((held - share * of) ** 2).sum()) / of.sum()
        told = {"kind": kind, "samples": len(counts), "compared": int(of.sum()), "inside": int(held.sum())}
        print(
            json.dumps(told | {"share": round(share, 4), "95%": [round(share + s * 1.96 * error, 4) for s in (-1, 1)]})
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--rows", type=int, default=20_000)
    given = parser.parse_args()
    main(given.seeds, given.rows)

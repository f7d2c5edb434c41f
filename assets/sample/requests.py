"""The requests feed: one large CSV, forms typed in again, late and corrected records, and two partners' small exports."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from assets.sample import bad_rows, files
from assets.sample.clock import Clock, eastern
from assets.sample.desk import NEVER, Requests
from assets.sample.request_text import COLUMNS, INSTANTS, Export, request_id, texts
from assets.sample.world import Ints, World, generator

MAIN, LATE, XLSX, PARQUET = ("requests.csv", "requests-late.jsonl", "community-desk.xlsx", "university-desk.parquet")
REKEYED = "requests-rekeyed.csv"
MAIN_DAY, LATE_DAY = date(2017, 10, 6), date(2017, 10, 19)
SLICE = 100_000


def write(folder: Path, world: World, clock: Clock, requests: Requests, say: Callable[[str], None]) -> dict[str, Any]:
    """Writes the five files and their mapping.yml; returns what was planted in them."""
    rng = generator(world.seed, "request files")
    first, second = Export(requests, MAIN_DAY), Export(requests, LATE_DAY)
    count = len(requests)
    everything = np.arange(count)
    known = requests.submitted < first.until
    held_back = known & (requests.submitted > first.until - 50 * 86_400) & (rng.random(count) < 0.1)
    old = np.flatnonzero(requests.submitted < first.until - 120 * 86_400)
    desks = rng.permutation(old)[: 2 * min(400, max(5, count // 100))]
    xlsx, parquet = np.sort(desks[::2]), np.sort(desks[1::2])
    elsewhere = np.isin(everything, desks)
    in_main = known & ~held_back & ~elsewhere
    changed = in_main & (second.times["updated_at"] >= first.until)
    correctable = np.flatnonzero(in_main & first.correctable & ~changed)
    corrected = np.sort(rng.permutation(correctable)[: max(6, count // 200)])

    folder.mkdir(parents=True, exist_ok=True)
    planted = _write_main(folder / MAIN, world, clock, first, np.flatnonzero(in_main), rng, say)
    planted["bad_rows"] += _write_rekeyed(folder / REKEYED, max(4, len(requests) // 5000))
    arrived = requests.submitted < second.until
    fresh = np.flatnonzero((arrived & ~known) | held_back | changed)
    late = texts(world, clock, second, fresh).to_pylist()
    halfway = ((requests.submitted + np.minimum(requests.response, second.until)) // 2)[corrected].tolist()
    corrections = texts(world, clock, second, corrected).to_pylist()
    for i, row in enumerate(corrections):
        _correct(row, i, halfway[i])
    with (folder / LATE).open("w", encoding="utf-8", newline="") as file:
        for row in late + corrections:
            file.write(json.dumps({k: v for k, v in row.items() if v is not None}, ensure_ascii=False) + "\n")
    files.write_xlsx(folder / XLSX, COLUMNS, _cells(texts(world, clock, first, xlsx), first, xlsx))
    files.write_parquet(folder / PARQUET, _typed(texts(world, clock, first, parquet), first, parquet))
    delivered = {name: {"delivered_on": MAIN_DAY.isoformat()} for name in (MAIN, REKEYED, XLSX, PARQUET)}
    files.write_mapping(folder, delivered | {LATE: {"delivered_on": (LATE_DAY + timedelta(days=1)).isoformat()}})
    return planted | {
        "records": int(arrived.sum()),
        "late_ids": [request_id(i) for i in np.flatnonzero((arrived & ~known) | held_back).tolist()],
        "updated_ids": [request_id(i) for i in np.flatnonzero(changed).tolist()],
        "corrected_ids": [request_id(i) for i in corrected.tolist()],
        "files": {MAIN: int(in_main.sum()), LATE: len(late) + len(corrections), XLSX: len(xlsx), PARQUET: len(parquet)},
    }


def _write_main(
    path: Path, world: World, clock: Clock, export: Export, rows: Ints, rng: np.random.Generator,
    say: Callable[[str], None],
) -> dict[str, Any]:  # fmt: skip
    """Good rows in order, with bad rows and exact repeats set in between; says where those stand (header = row 1)."""
    kinds = [bad_rows.KINDS[i % len(bad_rows.KINDS)] for i in range(max(len(bad_rows.KINDS), len(rows) // 1000))]
    repeats = max(3, len(rows) // 5000)
    # Each goes in front of the good row of that number; sorted, so that the file's rows can be counted on the way.
    spots = np.sort(rng.choice(np.arange(1, len(rows)), len(kinds) + repeats, replace=False))
    is_bad = np.zeros(len(spots), dtype=bool)
    is_bad[rng.permutation(len(spots))[: len(kinds)]] = True
    bad: list[dict[str, Any]] = []
    repeated: list[dict[str, Any]] = []
    number = 1
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(COLUMNS) + "\n")
        for start in range(0, len(rows), SLICE):
            lines = files.csv_lines(texts(world, clock, export, rows[start : start + SLICE]))
            inside = (spots >= start) & (spots < start + len(lines))
            taken = 0
            for spot, wrong in zip((spots[inside] - start).tolist(), is_bad[inside].tolist(), strict=True):
                file.writelines(line + "\n" for line in lines[taken:spot])
                number += spot - taken + 1
                taken = spot
                if wrong:
                    kind = kinds[len(bad)]
                    file.write(kind.line(f"B{len(bad) + 1:06d}", COLUMNS) + "\n")
                    bad.append({"file": f"requests/{MAIN}", "row": number, "column": kind.column, "kind": kind.kind})
                else:
                    again = lines[spot - 1] if spot else lines[0]
                    file.write(again + "\n")
                    repeated.append({"file": f"requests/{MAIN}", "row": number, "request_id": again.partition(",")[0]})
            file.writelines(line + "\n" for line in lines[taken:])
            number += len(lines) - taken
            say(f"requests: {min(start + SLICE, len(rows)):,} of {len(rows):,}")
    return {"bad_rows": bad, "repeats": repeated}


def _write_rekeyed(path: Path, rows: int) -> list[dict[str, Any]]:
    """A few forms typed in again, badly: rows that a plain reader of CSV would stumble over."""
    kinds = [bad_rows.UNREADABLE[i % len(bad_rows.UNREADABLE)] for i in range(rows)]
    lines = [",".join(COLUMNS), *(kind.line(f"K{i + 1:06d}", COLUMNS) for i, kind in enumerate(kinds))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")
    return [
        {"file": f"requests/{REKEYED}", "row": i + 2, "column": k.column, "kind": k.kind} for i, k in enumerate(kinds)
    ]


def _correct(row: dict[str, Any], position: int, earlier: int) -> None:
    """Sets a record right: another topic, or a first reply found to have come earlier than recorded."""
    if position % 2:
        row["topic"] = "cross_cutting" if row["topic"] != "cross_cutting" else "operations"
    else:
        row["first_response_at"] = datetime.fromtimestamp(earlier, eastern()).isoformat()
    row["updated_at"] = f"2017-10-{10 + position % 8}T10:{position % 60:02d}:00-04:00"


def _cells(table: pa.Table, export: Export, rows: Ints) -> list[list[Any]]:
    """Rows for the workbook: real times in Eastern without zone, numbers and booleans as such."""
    out = []
    for row, position in zip(table.to_pylist(), rows.tolist(), strict=True):
        for name in INSTANTS:
            at = int(export.times[name][position])
            row[name] = None if at == NEVER else datetime.fromtimestamp(at, eastern()).replace(tzinfo=None)
        row["replies"] = None if row["replies"] is None else int(row["replies"])
        row["is_test"] = row["is_test"] == "true"
        out.append([row[name] for name in COLUMNS])
    return out


def _typed(table: pa.Table, export: Export, rows: Ints) -> pa.Table:
    """The table with typed columns: UTC timestamps, integers, booleans."""
    for index, name in enumerate(COLUMNS):
        if name in INSTANTS:
            times = [
                None if at == NEVER else datetime.fromtimestamp(at, UTC) for at in export.times[name][rows].tolist()
            ]
            table = table.set_column(index, name, pa.array(times, pa.timestamp("us", "UTC")))
        elif name == "replies":
            table = table.set_column(index, name, table[name].cast(pa.int64()))
        elif name == "is_test":
            table = table.set_column(index, name, pa.compute.equal(table[name], "true"))
    return table

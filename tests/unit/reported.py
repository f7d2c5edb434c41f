"""Releases of figures without values, and steps with the reports that stand on them."""

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from assets.releases import bridge, publish, reports, seal

FIGURES = """select * from (values
    ('quarter', 'FY2014Q3', date '2014-04-01', date '2014-06-30'), ('quarter', 'FY2014Q4', date '2014-07-01', date '2014-09-30'),
    ('quarter', 'FY2015Q1', date '2014-10-01', date '2014-12-31'), ('month', '2014-09', date '2014-09-01', date '2014-09-30'),
    ('to_date', 'to_date', date '2014-05-01', date '2014-12-30')) as t (period_type, period, period_start, period_end)"""
RESULTS = """select * from (values ('on_time_pct', 'FY2014Q4', {blocks}), ('on_time_pct', 'FY2014Q3', false))
    as t (metric, period, blocks_report)"""


def bridged(home: Path, old: str, new: str, figures: list[dict] | None = None) -> None:
    """What changed between two releases, as `diff` keeps it."""
    kept = home / "bridges" / f"{old}..{new}"
    kept.mkdir(parents=True, exist_ok=True)
    for table, schema in bridge.tables().items():
        rows = figures or [] if table == "restatements" else []
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), kept / f"{table}.parquet")


def write(
    releases: Path,
    name: str,
    blocks: bool = False,
    as_of: str = "2014-12-30",
    synthetic: bool = False,
    more: Mapping[str, str] | None = None,
) -> None:
    """A release of figures without values, with a target that was missed without a reason or was not; nothing was restated.

    more: the selects of further tables, by name.
    """
    folder = releases / name
    for other in releases.glob("*-r*"):
        bridged(releases.parent, other.name, name)
    folder.mkdir(parents=True)
    tables = {"metric_values": FIGURES, "target_results": RESULTS.format(blocks=str(blocks).lower())} | dict(more or {})
    for table, sql in tables.items():
        duckdb.sql(f"copy ({sql}) to '{folder / table}.parquet' (format parquet)")
    told = {"release": name, "as_of": as_of, "known_on": f"{as_of}T12:00:00Z", "created_at": f"{as_of}T12:00:00Z"}
    told |= {"code_version": "c", "synthetic": synthetic, "checks": [], "sources": []}
    files = [
        {"name": p.stem, "sha256": publish.hashlib.sha256(p.read_bytes()).hexdigest()} for p in sorted(folder.iterdir())
    ]
    (folder / seal.MANIFEST).write_text(seal.sealed(told | {"tables": files}))
    (releases / publish.CURRENT).write_text(name + "\n")


def take(home, step, period="FY2014Q3", report="sf425", **facts):
    return reports.take(home.decisions, home.releases, step, report, period, "Program lead", "ready", **facts)

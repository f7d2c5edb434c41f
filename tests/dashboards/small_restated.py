"""Two small releases by hand and what changed between them."""

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from small_release import TABLES, write_release

from assets.releases import bridge

OLD, NEW = "2015-03-31-r1", "2015-03-31-r2"
PAIR = {"old_release": OLD, "new_release": NEW}
FIGURE = dict.fromkeys(("city_id", "topic", "engagement_id", "dimension", "dimension_value", "basis", "reason")) | PAIR
FIGURE |= {
    "period_type": "quarter",
    "period": "FY2015Q2",
    "unit": "percent",
    "old_status": "final",
    "new_status": "final",
}
FIGURE |= {
    "period_start": date(2015, 1, 1),
    "period_end": date(2015, 3, 31),
    "old_state": "value",
    "new_state": "value",
}
WACO = {"grain": "city", "city_id": "4876000"}
SHARE = {"metric": "on_time_pct", "grain": "network", "old_value": Decimal("75.0"), "new_value": Decimal("77.5")}
CREATED = {"metric": "created", "unit": "requests", "old_value": Decimal(9), "new_value": Decimal(10)}
GONE = {
    "metric": "on_time_pct",
    "old_state": "withheld",
    "old_value": None,
    "new_value": Decimal("70.0"),
    "delta": None,
}
RESTATEMENTS = [
    FIGURE | SHARE | {"cause": "removed_or_merged", "delta": Decimal("-1.5"), "is_material": True, "records": 1},
    FIGURE | SHARE | {"cause": "late", "delta": Decimal("4.0"), "is_material": True, "records": 2},
    FIGURE | WACO | CREATED | {"cause": "late", "delta": Decimal(1), "is_material": True, "records": 1},
    FIGURE | WACO | GONE | {"cause": "late", "is_material": True, "records": 1},
    FIGURE | CREATED | {"grain": "network", "old_status": "provisional", "cause": "late", "delta": Decimal(1)}
    | {"is_material": False, "records": 2},
]  # fmt: skip
RECORD = PAIR | {"feed": "requests", "topic": "budget", "engagement_id": None, "records": 1}
RECORD |= {"first_on": date(2015, 2, 1), "last_on": date(2015, 2, 8)}
RECORDS = [
    RECORD | {"cause": "late", "record_id": "R1", "what": "new", "city_id": "4876000"},
    RECORD | {"cause": "late", "record_id": "R2", "what": "new", "city_id": "1245000"},
    RECORD | {"cause": "removed_or_merged", "record_id": "R3", "what": "duplicate_of, merged_at", "city_id": "1245000"},
]


def made(folder, figures=RESTATEMENTS, records=RECORDS, lacks=()):
    folder.mkdir(parents=True, exist_ok=True)
    for (name, empty), rows in zip(bridge.tables().items(), (figures, records), strict=True):
        told = pa.Table.from_pylist(rows, schema=empty)
        pq.write_table(told.drop_columns([c for c in lacks if c in told.column_names]), folder / f"{name}.parquet")


def published(home, lacks=(), restates=OLD, **other):
    """The new release with its bridge, as it is published."""
    made(home / "made", lacks=lacks, **other)
    sql = {name: f"from read_parquet('{home}/made/{name}.parquet')" for name in bridge.tables()}
    write_release(home, NEW, tables=TABLES | sql, restates=restates)
    shutil.rmtree(home / "made")


def restated_home(home: Path) -> tuple[str, str]:
    """Writes both into a HOME; returns their ids."""
    write_release(home, OLD)
    published(home)
    return OLD, NEW

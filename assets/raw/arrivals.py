"""reference.receipts: when each file of a feed came and how many of its rows were taken, for SQL to read.

One row per file that counts, and per day on which the same bytes came again under its name, without the name: only the feed,
the day and the counts go on.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import duckdb

from assets.raw.receipts import Receipt

COLUMNS = "feed varchar, delivered_on date, delivered_at timestamp, status varchar, received bigint, accepted bigint"


def build(
    connection: duckdb.DuckDBPyConnection, known: list[Receipt], zone: ZoneInfo, known_on: datetime | None = None
) -> None:
    """(Re)create reference.receipts from the receipts known to a run, and what of them came again up to known_on (None: ever).

    delivered_at is UTC, delivered_on its day in zone: as declared, else when the file was received. status: Receipt's. A
    repeat (the bytes of another file, or of its own again) came when it was received; its rows count as received once.
    """
    rows = []
    for receipt in known:
        counts = (0, 0) if receipt.status == "repeat" else (receipt.received, receipt.accepted)
        came = [(receipt.came_at(), receipt.status, *counts)]
        came += [
            (datetime.fromisoformat(at), "repeat", 0, 0) for at in receipt.seen_at if receipt.status != "withdrawn"
        ]
        rows += [
            (receipt.table, at.astimezone(zone).date(), at.astimezone(UTC).replace(tzinfo=None), *told)
            for at, *told in came
            if known_on is None or at <= known_on
        ]
    connection.execute(f"create or replace table reference.receipts ({COLUMNS})")
    if rows:
        connection.executemany("insert into reference.receipts values (?, ?, ?, ?, ?, ?)", sorted(rows))

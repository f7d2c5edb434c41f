"""reference.receipts: when each file of a feed came and how many of its rows were taken, for SQL to read.

One row per file that counts, without its name: only the feed, the day and the counts go on. The same bytes once more under their
own name are the file that is there already, and no other delivery.
"""

from datetime import UTC
from zoneinfo import ZoneInfo

import duckdb

from assets.raw.receipts import Receipt

COLUMNS = "feed varchar, delivered_on date, delivered_at timestamp, status varchar, received bigint, accepted bigint"


def build(connection: duckdb.DuckDBPyConnection, known: list[Receipt], zone: ZoneInfo) -> None:
    """(Re)create reference.receipts from the receipts known to a run.

    delivered_at is UTC, delivered_on its day in zone: as declared, else when the file was received. status: Receipt's. A
    repeat (the bytes of another file) came when it was received; its rows count as received once, with that other file.
    """
    rows = []
    for receipt in known:
        at = receipt.came_at()
        counts = (0, 0) if receipt.status == "repeat" else (receipt.received, receipt.accepted)
        told = (at.astimezone(zone).date(), at.astimezone(UTC).replace(tzinfo=None), receipt.status)
        rows.append((receipt.table, *told, *counts))
    connection.execute(f"create or replace table reference.receipts ({COLUMNS})")
    if rows:
        connection.executemany("insert into reference.receipts values (?, ?, ?, ?, ?, ?)", sorted(rows))

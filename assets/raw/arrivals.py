"""reference.receipts: when each file of a feed came and how many of its rows were taken, for SQL to read.

One row per file that counts, without its name: only the feed, the day and the counts go on.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import duckdb

from assets.raw.receipts import Receipt

COLUMNS = "feed varchar, delivered_on date, delivered_at timestamp, status varchar, received bigint, accepted bigint"


def build(
    connection: duckdb.DuckDBPyConnection, known: list[Receipt], zone: ZoneInfo, known_on: datetime | None = None
) -> None:
    """(Re)create reference.receipts from the receipts known to a run; of one asked for a known_on, none that came after.

    delivered_at is UTC, delivered_on its day in zone: as declared, else when the file was received. status: Receipt's. A
    repeat (the bytes of another file) came when it was received; its rows count as received once, with that other file.
    """
    rows = []
    for receipt in known:
        is_repeat = receipt.status == "repeat"
        at = datetime.fromisoformat(receipt.received_at if is_repeat else receipt.known_at)
        if known_on is not None and at > known_on:
            continue  # a repeat is known as early as the file that it repeats
        counts = (0, 0) if is_repeat else (receipt.received, receipt.accepted)
        rows.append(
            (
                receipt.table,
                at.astimezone(zone).date(),
                at.astimezone(UTC).replace(tzinfo=None),
                receipt.status,
                *counts,
            )
        )
    connection.execute(f"create or replace table reference.receipts ({COLUMNS})")
    if rows:
        connection.executemany("insert into reference.receipts values (?, ?, ?, ?, ?, ?)", sorted(rows))

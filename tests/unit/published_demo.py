"""A release of two small tables, published from a warehouse in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from assets.catalog import Catalog, Source, Table
from assets.releases import publish
from assets.releases.publish import Facts

FACTS = Facts("Test", date(2014, 9, 30), datetime(2014, 10, 6, 12, tzinfo=UTC), True, "code", "catalog")
CATALOG = Catalog(
    sources={
        "demo": Source.model_validate(
            {
                "source": "demo",
                "title": "",
                "publisher": "",
                "key": ["id"],
                "columns": {"id": {"type": "text"}, "contact_name": {"type": "text", "personal": True}},
            }
        )
    },
    tables={
        "published.demo": Table.model_validate({"table": "published.demo", "grain": "id, part", "key": ["id", "part"]}),
        "published.empty": Table.model_validate({"table": "published.empty", "grain": "id", "key": ["id"]}),
    },
    metrics={},
    recompute={},
    topics=[],
)
SOURCES = [
    {"source": "demo", "name": "demo/a.csv", "sha256": "abc", "received": 4, "accepted": 3, "quarantined": 1, "repeats": 0}
]  # fmt: skip
CHECKS = [
    {"name": "key_unique", "table": "published.demo", "severity": "fail", "passed": True, "failed_rows": 0, "detail": ""}
]  # fmt: skip
ROWS = "('b', 1, 2.5), ('a', 2, null), (null, 1, 0), ('a', 1, 1)"


@contextmanager
def connected() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as one:
        one.execute("create schema published; create table published.empty (id varchar)")
        one.execute(f"create table published.demo as select * from (values {ROWS}) as t(id, part, value)")
        one.execute("alter table published.demo alter value type double")
        yield one


def release(connection: duckdb.DuckDBPyConnection, folder: Path, facts: Facts = FACTS) -> str:
    return publish.publish(connection, folder, facts, CATALOG, ["demo", "empty"], SOURCES, CHECKS)

"""A bench that runs any file of sql/ alone, on tables a test makes in memory."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml

from assets import catalog as entries
from assets.metrics import computed
from assets.reference import Params, build

ROOT = Path(__file__).resolve().parents[1]
CATALOG = ROOT / "assets" / "catalog"
RECEIPT = {
    "_sha256": "varchar",
    "_row": "bigint",
    "_known_at": "timestamp",
    "_received_at": "timestamp",
    "_order": "bigint",
    "_file": "varchar",
    "_gone_at": "timestamp",
}

DESK = ("staging.requests", "staging.request_events", "core.request_instants", "core.day_parts", "core.requests")

Row = dict[str, Any]


@cache
def columns_of(table: str) -> dict[str, str]:
    """Column names and SQL types of `<layer>.<table>`, from the catalog: what it says is what a test is given."""
    layer, name = table.split(".")
    if layer != "raw":
        path = CATALOG / "tables" / f"{table}.yml"
        assert path.exists(), f"{path.name} is not in the catalog: give `columns` to the bench"
        return {column: spec["type"] for column, spec in yaml.safe_load(path.read_text())["columns"].items()}
    return entries.load().sources[name].raw_columns() | RECEIPT


@cache
def catalog(folder: str) -> list[Row]:
    """Every entry of the lists in assets/catalog/<folder>/*.yml."""
    return [entry for path in sorted((CATALOG / folder).glob("*.yml")) for entry in yaml.safe_load(path.read_text())]


def _quoted(name: str) -> str:
    return f'"{name}"'


class Bench:
    """An in-memory warehouse: `given` makes inputs, `run` runs sql files, `rows` reads what came out."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("set timezone = 'UTC'")
        for schema in ("raw", "reference", "staging", "core", "metrics", "published"):
            self.connection.execute(f"create schema {schema}")

    def given(self, table: str, rows: Iterable[Mapping[str, Any]] = (), columns: dict[str, str] | None = None) -> None:
        """(Re)make `table` with typed columns; keys a row leaves out are null, keys the table lacks are an error."""
        types = columns or columns_of(table)
        self.connection.execute(
            f"create or replace table {table} ({', '.join(f'{_quoted(name)} {kind}' for name, kind in types.items())})"
        )
        for row in rows:
            unknown = row.keys() - types.keys()
            assert not unknown, f"{table} has no column {', '.join(sorted(unknown))}"
            marks = ", ".join("?" for _ in row)
            names = ", ".join(map(_quoted, row))
            self.connection.execute(f"insert into {table} ({names}) values ({marks})", list(row.values()))

    def run(self, *tables: str) -> None:
        """Run sql/<layer>/<table>.sql for each `<layer>.<table>`, in the order given."""
        for table in tables:
            python = next((c for c in computed() if c.table == table), None)
            if python:
                self.connection.register("computed", python.make(self.connection))
                self.connection.execute(f"create or replace table {table} as select * from computed")
            else:
                text = (ROOT / "sql" / (table.replace(".", "/") + ".sql")).read_text()
                self.connection.execute(f"create or replace table {table} as\n{text}")

    def desk(
        self, requests: Iterable[Mapping[str, Any]], *tables: str, events: Iterable[Mapping[str, Any]] = ()
    ) -> None:
        """Raw requests and their events (receipts filled in) through staging and core, then each further table of `tables`."""
        receipt = {"_known_at": "2029-01-01", "_file": "requests/requests.csv", "_sha256": "0" * 64}
        self.given("raw.requests", ({**receipt, "_row": n, **row} for n, row in enumerate(requests, 2)))
        logged = ({**receipt, "_row": n, "event_id": f"V{n}", **row} for n, row in enumerate(events, 2))
        self.given("raw.request_events", logged)
        self.run(*DESK, *tables)

    def waits(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """core.request_waits of requests given as part, city_id, topic and the columns of waits, and their metrics.wait_piles."""
        ended = {"part": "2014-06", "topic": "budget", "outcome": "open", "hours": 0, "cause": "open", "open_hours": 0}
        every = [ended | {"request_id": str(n)} | dict(row) for n, row in enumerate(rows)]
        piles = {
            key: n for n, key in enumerate(dict.fromkeys((r["part"], r.get("city_id"), r["topic"]) for r in every), 1)
        }
        self.given("core.request_waits", (r | {"pile": piles[r["part"], r.get("city_id"), r["topic"]]} for r in every))
        self.run("metrics.wait_piles")

    def rows(self, query: str) -> list[Row]:
        """The answer to a query, one dict per row."""
        cursor = self.connection.execute(query)
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def value(self, query: str) -> Any:
        """The single cell that a query answers."""
        rows = self.connection.execute(query).fetchall()
        assert len(rows) == 1 and len(rows[0]) == 1, f"expected one cell, got {rows}"
        return rows[0][0]

    def reference(self, as_of: str = "2014-09-30", launched_on: str | None = "2014-05-22", **changes: Any) -> None:
        """Make schema reference with the project's own topics and metrics, as a run does."""
        day = date.fromisoformat(as_of)
        params: Row = {
            "as_of": day,
            "known_on": datetime(2030, 1, 1),
            "program": "Test network",
            "synthetic": True,
            "time_zone": "America/New_York",
            "launched_on": date.fromisoformat(launched_on) if launched_on else None,
            "rules": None,
        }
        topics = [topic.model_dump() for topic in entries.load().topics]
        due = [row.model_dump() for row in entries.load().due]
        build(self.connection, Params(**(params | changes)), topics=topics, metrics=catalog("metrics"), due=due)
        self.given("metrics.metric_lags")  # none observed: figures take the lag of reference.params

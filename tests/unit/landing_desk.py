"""A landing folder and a home, in which tests drop files and take them in."""

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import duckdb

from assets import catalog, models, reference
from assets.raw.ingest import ingest
from assets.raw.receipts import Receipt, Receipts
from assets.raw.views import make_views

EASTERN = "America/New_York"
LATER = datetime(2100, 1, 1, tzinfo=UTC)
GAZETTEER = "usps,geoid,name\nTN,4748000,Memphis city\nIN,1801468,Anderson city\nMA,2523000,Fall River city\n"
HEADER = "request_id,city,submitted_at,status,resolved_at,updated_at\n"


class Desk:
    """A landing folder and a home."""

    def __init__(self, folder: Path, connection: duckdb.DuckDBPyConnection) -> None:
        self.landing, self.home, self.connection = folder / "landing", folder / "home", connection
        self.drop("census_gazetteer/places.csv", GAZETTEER)

    def drop(self, name: str, content: str | bytes) -> Path:
        path = self.landing / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    @property
    def receipts(self) -> Receipts:
        return Receipts(self.home / "raw", self.home / "quarantine")

    def take(self) -> dict[str, Receipt]:
        """What a run writes now, by name."""
        return {r.name: r for r in ingest(self.landing, self.receipts, self.connection, catalog.load(), EASTERN)}

    def rows(self, query: str, known_on: datetime = LATER) -> list[tuple[object, ...]]:
        make_views(self.connection, self.receipts, catalog.load().sources, self.receipts.known(known_on))
        return self.connection.execute(query).fetchall()

    def made(self, *tables: str) -> list[tuple[object, ...]]:
        """Makes `tables` in this order; the rows of the last, but for when they were known. `clocks` comes first."""
        self.rows("select 1")
        for table in tables:
            self.connection.execute(f"create or replace table {table} as {all_models()[table].sql}")
        names = [d[0] for d in self.connection.execute(f"from {tables[-1]} limit 0").description or []]
        leave = "exclude (known_at)" if "known_at" in names else ""
        return self.connection.execute(f"select * {leave} from {tables[-1]} order by all").fetchall()


@cache
def all_models() -> dict[str, models.Model]:
    return models.load(catalog.load().sources)


def clocks(connection: duckdb.DuckDBPyConnection) -> None:
    """Schema reference as of 30 September 2014, and the empty schemas of models."""
    entries = catalog.load()
    make_views(connection, Receipts(Path("none"), Path("none")), entries.sources, [])
    params = reference.Params(
        as_of=date(2014, 9, 30), known_on=datetime(2014, 10, 6), program="Test", synthetic=True,
        time_zone=EASTERN, launched_on=date(2014, 5, 22),
    )  # fmt: skip
    topics = [t.model_dump() for t in entries.topics]
    metrics = [m.model_dump() for m in entries.metrics.values()]
    due = [row.model_dump() for row in entries.due]
    reference.build(connection, params, topics=topics, metrics=metrics, due=due)
    for schema in ("staging", "core", "published"):
        connection.execute(f"create schema if not exists {schema}")

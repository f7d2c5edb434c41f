"""A landing folder and a home, in which tests drop files and take them in."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb

from assets import catalog
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
        make_views(self.connection, self.receipts, catalog.load().sources, known_on)
        return self.connection.execute(query).fetchall()

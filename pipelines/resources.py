"""The one Dagster resource: where things lie and which clocks a run looks by."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import dagster as dg
import duckdb

from pipelines import knowledge, settings, writing


class Warehouse(dg.ConfigurableResource[None]):
    """Sole writer of HOME. Empty fields take the settings' defaults."""

    landing: str = ""
    home: str = ""
    as_of: str = ""
    known_on: str = ""

    def request(self) -> knowledge.Request:
        home = Path(self.home) if self.home else settings.home()
        return knowledge.Request(
            landing=Path(self.landing) if self.landing else settings.landing(),
            layout=settings.Layout(home),
            as_of=date.fromisoformat(self.as_of) if self.as_of else None,
            known_on=datetime.fromisoformat(self.known_on) if self.known_on else None,
        )

    def known(self) -> knowledge.Known:
        """What a step works from: read again by each, as a file may have come to be known in between."""
        return knowledge.of(self.request())

    @contextmanager
    def open(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The warehouse for one step; a step of another run waits its turn in Dagster's queue or is refused here."""
        with writing.alone(self.request().layout), writing.warehouse(self.request().layout) as connection:
            yield connection

"""Worlds: every table as it would stand had only this been known, made apart from the warehouse and gone once it was read."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from assets import catalog, models
from assets.models import Model
from assets.raw.receipts import Receipts
from pipelines import steps, writing
from pipelines.knowledge import Known
from pipelines.settings import Layout


@contextmanager
def scratch(layout: Layout) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the warehouse to change at will: what stands in it need not be made. No other run may write meanwhile."""
    copy = layout.warehouse.with_name("scratch.duckdb")
    with writing.alone(layout):
        _clear(copy)
        try:
            if layout.warehouse.exists():
                with writing.warehouse(layout) as connection:
                    connection.execute("checkpoint")
                shutil.copyfile(layout.warehouse, copy)
            copy.parent.mkdir(parents=True, exist_ok=True)
            with duckdb.connect(str(copy)) as connection:
                connection.execute("set enable_progress_bar = false")
                yield connection
        finally:
            _clear(copy)


def stand(
    connection: duckdb.DuckDBPyConnection,
    ledger: Receipts,
    known: Known,
    wanted: Iterable[str] = ("published.metric_values",),
) -> None:
    """Makes the tables wanted, and those they follow from, as they stood when this was known."""
    steps.point(connection, ledger, known)
    steps.set_clocks(connection, known)
    make(connection, ancestors(wanted))


def make(connection: duckdb.DuckDBPyConnection, every: dict[str, Model]) -> None:
    """Makes again what follows from what changed in the tables that none of these makes."""
    made = {t: one.version for t, one in models.prepare(connection).items() if t not in every}
    tables = catalog.load().tables
    models.build(connection, every, made, pieces={t: s.pieces for t, s in tables.items() if s.pieces})


def ancestors(wanted: Iterable[str], layers: Iterable[str] = steps.LAYERS) -> dict[str, Model]:
    """The models of these tables and of all that they follow from, of some layers, in the order in which they are made."""
    every = steps.every_model()
    needed, left = set[str](), list(wanted)
    while left:
        table = left.pop()
        if table in every and table not in needed:
            needed.add(table)
            left += every[table].reads
    return {t: m for t, m in every.items() if t in needed and m.layer in layers}


def _clear(copy: Path) -> None:
    for path in (copy, copy.with_name(f"{copy.name}.wal")):
        path.unlink(missing_ok=True)

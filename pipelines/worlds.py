"""Worlds: every table as it would stand had only this been known, made apart from the warehouse and gone once it was read."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from assets import catalog, models
from assets.models import Model, ModelError
from assets.program import ProgramError
from assets.raw.casts import file, quote
from assets.raw.receipts import Receipts
from pipelines import steps, writing
from pipelines.knowledge import Known, Request, of, receipts
from pipelines.released import Unknown
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


def known(layout: Layout, as_of: str | None, known_on: str | None) -> Known:
    """What was known at an instant to figures as of a day. Raises released.Unknown where that cannot be said."""
    request = Request(
        writing.landing_of(layout),
        layout,
        date.fromisoformat(as_of) if as_of else None,
        datetime.fromisoformat(known_on) if known_on else None,
    )
    try:
        return of(request)
    except ProgramError as error:
        raise Unknown(str(error)) from error


@contextmanager
def figures(layout: Layout, known: Known) -> Iterator[str]:
    """The figures as they would have been published when this was known, as SQL reads them. Raises released.Unknown."""
    try:
        with scratch(layout) as connection, TemporaryDirectory() as folder:
            stand(connection, receipts(layout), known)
            path = Path(folder) / "metric_values.parquet"
            connection.execute(f"copy published.metric_values to {quote(str(path))} (format parquet)")
            yield f"read_parquet({file(path)})"
    except (writing.Busy, ModelError, ValueError, OverflowError, OSError, duckdb.Error) as error:
        raise Unknown(f"that cannot be worked out: {str(error).splitlines()[0]}") from error


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

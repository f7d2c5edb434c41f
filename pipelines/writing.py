"""Who may write a HOME: one process at a time, for one landing folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipelines.settings import Layout


class Busy(Exception):
    """Another run holds the warehouse."""


class OtherLanding(Exception):
    """This HOME holds the files of another landing folder; mixing them would publish both as one program."""


_held: set[Path] = set()  # homes that this process already writes


@contextmanager
def alone(layout: Layout) -> Iterator[None]:
    """Holds HOME for one writer, the whole run long; steps inside it pass. Raises Busy, naming the holder."""
    if layout.home in _held:
        yield
        return
    layout.lock.parent.mkdir(parents=True, exist_ok=True)
    with layout.lock.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise Busy(
                f"another run (process {lock.read().strip()}) is writing {layout.home}; wait for it to end"
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        _held.add(layout.home)
        try:
            yield
        finally:
            _held.discard(layout.home)


@contextmanager
def warehouse(layout: Layout) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse, for writing."""
    layout.warehouse.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(layout.warehouse)) as connection:
        connection.execute("set enable_progress_bar = false")  # it would write among the answers of a command
        yield connection


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All that is written within, or none of it."""
    connection.begin()
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def landing_of(layout: Layout) -> Path:
    """The landing folder that a HOME was filled from; HOME/landing where it never was."""
    note = layout.raw / "LANDING"
    return Path(note.read_text(encoding="utf-8").strip()) if note.exists() else layout.home / "landing"


def keep_to(layout: Layout, landing: Path) -> None:
    """A HOME keeps to the landing folder that it was filled from, as long as that one is there."""
    note = layout.raw / "LANDING"
    landing = landing.resolve()
    if note.exists():
        earlier = Path(note.read_text(encoding="utf-8").strip())
        if earlier != landing and earlier.is_dir():
            raise OtherLanding(
                f"{layout.home} holds what arrived in {earlier}, not in {landing}; "
                "name another --home, so that two programs are never published as one"
            )
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(f"{landing}\n", encoding="utf-8")

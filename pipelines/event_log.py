"""Dagster's own SQLite event log, less the opening of a database for every event.

The stock storage makes an engine, connects, commits to disk and disconnects for each event: of a run's 540 events at scale 1
that was most of what Dagster cost (docs/architecture.md has the measurement). Here one connection a shard stays open, a table or
column that is there is not looked for again, and the disk is left to write when it likes: the log is a diary of runs, never
the source of a figure.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

BUSY_SECONDS = 30


class EventLog(SqliteEventLogStorage):
    """SqliteEventLogStorage with a pool of connections for each shard, and a memory of the tables and columns that it has."""

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> "EventLog":
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._engine(shard).connect() as connection, connection.begin():
            yield connection

    def has_table(self, table_name: str) -> bool:
        ask = super().has_table
        return self._there(table_name, lambda: ask(table_name))

    def _has_asset_key_col_on_connection(self, conn: Connection, column_name: str) -> bool:
        ask = super()._has_asset_key_col_on_connection
        return self._there(f"asset_keys.{column_name}", lambda: ask(conn, column_name))

    def _there(self, name: str, ask: Callable[[], bool]) -> bool:
        known: set[str] = self.__dict__.setdefault("_known", set())
        if name not in known and ask():
            known.add(name)
        return name in known

    def _engine(self, shard: str) -> Engine:
        engines: dict[str, Engine] = self.__dict__.setdefault("_engines", {})
        with self._db_lock:
            if shard not in engines:
                engine = create_engine(
                    self.conn_string_for_shard(shard), poolclass=QueuePool, connect_args={"timeout": BUSY_SECONDS}
                )
                event.listen(engine, "connect", _unhurried)
                if shard not in self._initialized_dbs:
                    self._initdb(engine)
                    self._initialized_dbs.add(shard)
                engines[shard] = engine
            return engines[shard]

    def dispose(self) -> None:
        for engine in self.__dict__.get("_engines", {}).values():
            engine.dispose()
        super().dispose()


def _unhurried(connection: object, _record: object) -> None:
    connection.execute("pragma synchronous = off")  # type: ignore[attr-defined]  # a sqlite3 connection

"""Tables that are made again piece by piece: what changed, and the few rows that follow from it.

A piece is the rows that share one value of a column, such as a month; the table's catalog entry names the column. A piece is
made again where the rows it follows from changed: those of the same piece in the tables named (`of`), of the pieces that a table
in between names (`through`), and every row of the other tables it reads. What changed is told by the
rows themselves, not by when they were made, so that a day of late records remakes its months and leaves the others alone.
Rows without a value of the column belong to no piece, and no table may make any.
"""

import hashlib
import re
from collections.abc import Iterable

import duckdb

from assets.catalog import Pieces

Prints = dict[str, str]  # {piece: what stands for all that it follows from}
# the number of rows and the sum of their hashes, which are compared with those of no other engine
CONTENT = "concat_ws(' ', count(*), sum(hash(r)))"
REST = ""  # no piece: what a whole table comes to


class Follower:
    """What the pieces of tables follow from, in one build: each table is looked through once for each column."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.seen: dict[tuple[str, str | None], Prints] = {}
        connection.execute(
            "create table if not exists meta.pieces (name varchar, kind varchar, piece varchar, print varchar)"
        )

    def prints(self, sql: str, reads: Iterable[str], pieces: Pieces) -> Prints:
        """Of each piece that the inputs have, what it follows from; the text of the table is part of it."""
        rest, per = [sql, duckdb.__version__, repr(pieces)], list[Prints]()
        for read in sorted(reads):
            if read in pieces.through:
                per.append(self._through(read, pieces))
            elif read in pieces.of:
                per.append(self._of(read, pieces.by))
            else:
                rest.append(f"{read}={self._of(read, None)[REST]}")
        every = {piece for one in per for piece in one}
        return {p: _digest(*rest, *(one.get(p, "") for one in per)) for p in every}

    def made(self, table: str, prints: Prints, by: str) -> None:
        """Notes what each piece of a table was made from; to be called in the transaction that makes it."""
        self.connection.execute("delete from meta.pieces where name = ?", [table])
        for piece, told in prints.items():
            self.connection.execute("insert into meta.pieces values (?, ?, ?, ?)", [table, by, piece, told])
        self.seen = {key: value for key, value in self.seen.items() if key[0] != table}
        self.seen[table, by] = prints

    def forget(self, table: str) -> None:
        """Of a table that was made whole."""
        self.connection.execute("delete from meta.pieces where name = ?", [table])
        self.seen = {key: value for key, value in self.seen.items() if key[0] != table}

    def stood(self, table: str, by: str) -> Prints:
        """What the pieces of a table that stands were made from; empty where it was never made in such pieces."""
        query = "select piece, print from meta.pieces where name = ? and kind = ?"
        return dict(self.connection.execute(query, [table, by]).fetchall())

    def remake(self, table: str, sql: str, reads: Iterable[str], pieces: Pieces, stale: Iterable[str]) -> None:
        """Replaces the stale pieces of a table by what its text makes of the rows that they follow from."""
        listed = ", ".join("'" + piece.replace("'", "''") + "'" for piece in sorted(stale))
        for read in sorted(reads):
            if read in pieces.through:
                link = pieces.through[read]
                where = f"{link.by} in (select {link.by} from {link.table} where {link.piece} in ({listed}))"
            elif read in pieces.of:
                where = f"{pieces.by} in ({listed})"
            else:
                continue
            view = "piece_" + read.replace(".", "_")
            self.connection.execute(f"create or replace temp view {view} as select * from {read} where {where}")
            sql = re.sub(rf"\b{re.escape(read)}\b", view, sql)
        self.connection.execute(f"delete from {table} where {pieces.by} in ({listed})")
        self.connection.execute(
            f"insert into {table} by name select * from (\n{sql}\n) as made where {pieces.by} in ({listed})"
        )

    def _through(self, read: str, pieces: Pieces) -> Prints:
        """Each piece follows from those pieces of `read` that the table in between names."""
        link = pieces.through[read]
        told = self._of(read, link.by)
        pairs = self.connection.execute(
            f"select distinct cast({link.piece} as varchar), cast({link.by} as varchar) from {link.table} order by all"
        ).fetchall()
        found: dict[str, list[str]] = {}
        for piece, needed in pairs:
            found.setdefault(piece, []).append(f"{needed}={told.get(needed, '')}")
        return {piece: _digest(*parts) for piece, parts in found.items()}

    def _of(self, table: str, by: str | None) -> Prints:
        """What the pieces of a table come to, or (by None) the whole of it."""
        if (table, by) not in self.seen:
            made = self.stood(table, by) if by else {}
            self.seen[table, by] = made or self._content(table, by)
        return self.seen[table, by]

    def _content(self, table: str, by: str | None) -> Prints:
        if by is None:
            return {REST: content(self.connection, table)}
        found = self.connection.execute(
            f"select cast({by} as varchar), {CONTENT} from {table} as r where {by} is not null group by all"
        ).fetchall()
        return dict(found)


def content(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """What a table says, whatever the order of its rows."""
    (found,) = connection.execute(f"select {CONTENT} from {table} as r").fetchall()[0]
    return str(found)


def _digest(*texts: str) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()

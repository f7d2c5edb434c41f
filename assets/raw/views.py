"""The views `raw.<table>`: the accepted rows of every file known by an instant."""

import hashlib
import json
from datetime import UTC, datetime

import duckdb

from assets.catalog import Source
from assets.raw.casts import file, quote
from assets.raw.casts import name as sql_name
from assets.raw.receipts import Receipt, Receipts, places_of


def make_views(
    connection: duckdb.DuckDBPyConnection,
    receipts: Receipts,
    sources: dict[str, Source],
    known: list[Receipt],
) -> dict[str, str]:
    """(Re)makes the view raw.<table> of each source from the receipts that are known; returns a fingerprint of each."""
    connection.execute("create schema if not exists raw")
    prints = {}
    for table, spec in sources.items():
        files = [r for r in known if r.table == table and r.status == "accepted"]
        gone = [_gone_at(r, files, known) for r in files]
        parts = [_file_view(receipts, r, spec, at) for r, at in zip(files, gone, strict=True)] or [_empty_view(spec)]
        connection.execute(f"create or replace view raw.{sql_name(table)} as {' union all '.join(parts)}")
        told = [(r.stored_as, r.known_at, r.order, r.name, at) for r, at in zip(files, gone, strict=True)]
        prints[table] = hashlib.sha256(json.dumps(told).encode()).hexdigest()
    return prints


def _gone_at(receipt: Receipt, files: list[Receipt], known: list[Receipt]) -> str | None:
    """When a later file said the whole again: the same name re-sent, or a full export into the same folder.

    A record that none of the later files has is then no longer at its source. Bytes that lie under a second name as well
    are gone when both are.
    """
    names = [receipt, *(r for r in known if r.status == "repeat" and r.alike() == receipt.alike())]
    gone = [_said_again(name, files) for name in names]
    return None if None in gone else max(at for at in gone if at)


def _said_again(receipt: Receipt, files: list[Receipt]) -> str | None:
    """Several files of one delivery are one export."""
    folder = receipt.name.rpartition("/")[0]
    again = [
        (r.known_at, r.order)
        for r in files
        if r.name == receipt.name
        or (
            r.declared.get("full") == "true"
            and r.name.rpartition("/")[0] == folder
            and not (receipt.declared.get("full") == "true" and r.known_at == receipt.known_at)
        )
    ]
    return min((at for at in again if at > (receipt.known_at, receipt.order)), default=(None, 0))[0]


def _utc(instant: str) -> str:
    return datetime.fromisoformat(instant).astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")


def _file_view(receipts: Receipts, receipt: Receipt, spec: Source, gone_at: str | None) -> str:
    typed = receipts.typed(receipt)
    cities = [c for c, s in spec.columns.items() if s.type == "city"]
    columns = ", ".join(
        f"{sql_name(c + '_place')}.geoid as {sql_name(c)}" if c in cities else f"t.{sql_name(c)}::{t} as {sql_name(c)}"
        for c, t in spec.raw_columns().items()
    )
    joins = "".join(
        f" left join read_parquet({file(places_of(typed))}) as {sql_name(c + '_place')}"
        f" on {sql_name(c + '_place')}.text = t.{sql_name(c)}"
        for c in cities
    )
    row = "t._row" if receipt.explicit_rows else f"t.file_row_number + {receipt.first_row}"
    gone = f"timestamp {quote(_utc(gone_at))}" if gone_at else "null::timestamp"
    aside = file(receipts.aside(receipt))
    fits = "true"
    if receipt.quarantined or receipt.repeats:
        fits = f't.file_row_number not in (select "index" from read_parquet({aside}) where "index" is not null)'
    return f"""
        select {columns}, {quote(receipt.sha256)} as _sha256, ({row})::bigint as _row,
            timestamp {quote(_utc(receipt.known_at))} as _known_at,
            timestamp {quote(_utc(receipt.received_at))} as _received_at, {receipt.order}::bigint as _order,
            {quote(receipt.name)} as _file, {gone} as _gone_at
        from read_parquet({file(typed)}, file_row_number = true) as t{joins}
        where {fits}
    """


def _empty_view(spec: Source) -> str:
    columns = ", ".join(f"null::{t} as {sql_name(c)}" for c, t in spec.raw_columns().items())
    tail = (
        "null::varchar as _sha256, null::bigint as _row, null::timestamp as _known_at, null::timestamp as _received_at,"
        " null::bigint as _order, null::varchar as _file, null::timestamp as _gone_at"
    )
    return f"select {columns}, {tail} where false"

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
    connection: duckdb.DuckDBPyConnection, receipts: Receipts, sources: dict[str, Source], known_on: datetime
) -> dict[str, str]:
    """(Re)makes the view raw.<table> of each source from the receipts known by then; returns a fingerprint of each."""
    connection.execute("create schema if not exists raw")
    known = receipts.known(known_on)
    prints = {}
    for table, spec in sources.items():
        files = [r for r in known if r.table == table and r.status == "accepted"]
        parts = [_file_view(receipts, r, spec) for r in files] or [_empty_view(spec)]
        connection.execute(f"create or replace view raw.{sql_name(table)} as {' union all '.join(parts)}")
        told = [(r.stored_as, r.known_at, r.order, r.name) for r in files]
        prints[table] = hashlib.sha256(json.dumps(told).encode()).hexdigest()
    return prints


def _file_view(receipts: Receipts, receipt: Receipt, spec: Source) -> str:
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
    known = datetime.fromisoformat(receipt.known_at).astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
    aside = file(receipts.aside(receipt))
    fits = "true"
    if receipt.quarantined or receipt.repeats:
        fits = f't.file_row_number not in (select "index" from read_parquet({aside}) where "index" is not null)'
    return f"""
        select {columns}, {quote(receipt.sha256)} as _sha256, ({row})::bigint as _row,
            timestamp {quote(known)} as _known_at, {receipt.order}::bigint as _order, {quote(receipt.name)} as _file
        from read_parquet({file(typed)}, file_row_number = true) as t{joins}
        where {fits}
    """


def _empty_view(spec: Source) -> str:
    columns = ", ".join(f"null::{t} as {sql_name(c)}" for c, t in spec.raw_columns().items())
    tail = (
        "null::varchar as _sha256, null::bigint as _row, null::timestamp as _known_at, null::bigint as _order,"
        " null::varchar as _file"
    )
    return f"select {columns}, {tail} where false"

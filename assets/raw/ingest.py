"""From LANDING to raw: which files are new, who reads them, and a receipt for each.

A file whose size and time are unchanged is not opened; one whose bytes were read before is not read again. A receipt is
written last, so that a run that was killed leaves nothing half received.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import ModuleType
from zoneinfo import ZoneInfo

import duckdb
from rapidfuzz import process

from assets.catalog import Catalog, Source
from assets.raw import (
    bls_laus,
    census_gazetteer,
    census_population,
    delimited,
    hud_allocations,
    mapping,
    places,
    tabular,
)
from assets.raw.reading import Landed, NotNeeded, Parsed, Unreadable
from assets.raw.receipts import Receipt, Receipts
from assets.raw.receive import MissingColumns, receive
from assets.raw.views import make_views

PUBLISHERS: dict[str, ModuleType] = {
    "bls_laus": bls_laus,
    "census_gazetteer": census_gazetteer,
    "census_population": census_population,
    "hud_allocations": hud_allocations,
}
GAZETTEER = "census_gazetteer"
NOT_DATA = {mapping.NAME, "readme", "readme.txt", "readme.md", ".ds_store", "thumbs.db"}


def ingest(
    landing: Path,
    receipts: Receipts,
    connection: duckdb.DuckDBPyConnection,
    catalog: Catalog,
    zone: str,
    report: Callable[[str], None] = lambda line: None,
) -> list[Receipt]:
    """Takes in what is new below `landing`; returns the receipts written now. The gazetteer goes first."""
    new: list[Receipt] = []
    _places(connection, receipts, catalog)
    folders = (
        sorted(p for p in landing.iterdir() if p.is_dir() and not p.name.startswith(".")) if landing.exists() else []
    )
    for folder in sorted(folders, key=lambda p: (p.name != GAZETTEER, p.name)):
        taken = list(_folder(folder, landing, receipts, connection, catalog, zone, report))
        if taken and folder.name == GAZETTEER:
            _places(connection, receipts, catalog)
        new += taken
    return new


def _places(connection: duckdb.DuckDBPyConnection, receipts: Receipts, catalog: Catalog) -> None:
    """Names are looked up in every gazetteer that ever arrived."""
    make_views(connection, receipts, {GAZETTEER: catalog.sources[GAZETTEER]}, datetime.max.replace(tzinfo=UTC))
    places.build(connection)


def _folder(
    folder: Path,
    landing: Path,
    receipts: Receipts,
    connection: duckdb.DuckDBPyConnection,
    catalog: Catalog,
    zone: str,
    report: Callable[[str], None],
) -> Iterator[Receipt]:
    tables = [s for s in catalog.sources.values() if s.landing_folder == folder.name]
    files = sorted(
        p for p in folder.rglob("*") if p.is_file() and p.name.lower() not in NOT_DATA and not p.name.startswith(".")
    )
    fingerprint = _fingerprint(folder, tables, receipts, zone)
    for path in files:
        name, stat = path.relative_to(landing).as_posix(), path.stat()
        if receipts.unchanged(name, stat, fingerprint):
            continue
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        now = datetime.now(UTC).isoformat(timespec="seconds")
        receipt = Receipt(
            name,
            folder.name,
            "",
            sha256,
            stat.st_size,
            stat.st_mtime_ns,
            fingerprint,
            "refused",
            received_at=now,
            known_at=now,
        )
        earlier = receipts.all.get((name, sha256))
        if earlier:  # the same bytes under the same name: we knew them when we first did
            receipt = replace(receipt, received_at=earlier.received_at, known_at=earlier.known_at)
        first = receipts.read_as(folder.name, sha256, fingerprint)
        if first and first.name != name:
            receipt = receipt.as_repeat_of(first)
        elif first:
            receipt = replace(first, size=stat.st_size, mtime_ns=stat.st_mtime_ns)
        else:
            receipt = _read(path, folder, receipt, tables, receipts, connection, catalog, zone)
        receipts.keep(receipt)
        report(f"{name}: {receipt.message or f'{receipt.accepted:,} rows'}")
        yield receipt


def _read(
    path: Path,
    folder: Path,
    receipt: Receipt,
    tables: list[Source],
    receipts: Receipts,
    connection: duckdb.DuckDBPyConnection,
    catalog: Catalog,
    zone: str,
) -> Receipt:
    """Reads one file; a file that cannot be read is refused with its reason, and the others go on."""
    if not tables:
        nearest = [
            n
            for n, *_ in process.extract(
                folder.name, sorted({s.landing_folder for s in catalog.sources.values()}), limit=3
            )
        ]
        return replace(
            receipt, message=f"no source is called {folder.name!r}; nearest: {', '.join(nearest)}; rename the folder"
        )
    try:
        declared = mapping.load(folder, {c for s in tables for c in s.columns})
        facts = declared.facts(path.relative_to(folder).as_posix())
        if facts.delivered_on:
            delivered = datetime.fromisoformat(facts.delivered_on).replace(tzinfo=ZoneInfo(zone))
            receipt = replace(receipt, known_at=delivered.astimezone(UTC).isoformat(timespec="seconds"))
        landed = Landed(path, receipt.name, folder.name, {"encoding": declared.encoding} if declared.encoding else {})
        parsed = _parse(landed, connection, tables)
        if facts.vintage:
            parsed.facts["vintage"] = facts.vintage
        receipt = replace(receipt, table=parsed.table)
        outcome = receive(
            connection,
            parsed,
            catalog.sources[parsed.table],
            declared,
            zone,
            receipts.typed(receipt),
            receipts.aside(receipt),
        )
    except NotNeeded as reason:
        return replace(receipt, status="not_needed", message=str(reason))
    except MissingColumns as reason:
        return replace(receipt, message=str(reason), received=reason.rows, quarantined=reason.rows)
    except Unreadable as reason:
        return replace(receipt, message=str(reason))
    message = "" if outcome.received else "a header and no rows"
    return replace(receipt, status="accepted", message=message, **asdict(outcome))


def _parse(landed: Landed, connection: duckdb.DuckDBPyConnection, tables: list[Source]) -> Parsed:
    """The rows of the file: by the publisher's own reader where there is one, else by what the bytes are."""
    try:
        if landed.source in PUBLISHERS:
            parsed: Parsed = PUBLISHERS[landed.source].read(landed, connection)
            return parsed
        table = tables[0].source
        return tabular.read(landed, connection, table) or delimited.read(
            landed, connection, table, encodings=tuple(tables[0].encodings), trim=False
        )
    except (duckdb.Error, OSError, ValueError) as error:
        raise Unreadable(
            f"the file cannot be read: {type(error).__name__}; ask the sender to export it again"
        ) from error


def _fingerprint(folder: Path, tables: list[Source], receipts: Receipts, zone: str) -> str:
    """Of all that decides how a file of this folder is read, apart from its bytes."""
    parts = [_code(), zone, *(t.model_dump_json() for t in tables)]
    if (folder / mapping.NAME).exists():
        parts.append((folder / mapping.NAME).read_text(encoding="utf-8", errors="replace"))
    if any(c.type == "city" for t in tables for c in t.columns.values()):
        parts += sorted(r.sha256 for r in receipts.all.values() if r.table == GAZETTEER and r.status == "accepted")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


@cache
def _code() -> str:
    """Of the readers' own code: a changed reader reads its files again."""
    return hashlib.sha256(b"".join(p.read_bytes() for p in sorted(Path(__file__).parent.glob("*.py")))).hexdigest()

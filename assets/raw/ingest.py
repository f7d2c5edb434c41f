"""From LANDING to raw: which files are new, who reads them, and a receipt for each.

A file whose size and time are unchanged is not opened; one whose bytes were read before is not read again. A receipt is
written last, so that a run that was killed leaves nothing half received.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import ModuleType
from zoneinfo import ZoneInfo

import duckdb
from rapidfuzz import process

from assets.catalog import Catalog, Source
from assets.raw import delimited, mapping, places, tabular
from assets.raw import bls_laus, census_gazetteer, census_population, hud_allocations
from assets.raw.casts import name as sql_name
from assets.raw.casts import quote
from assets.raw.reading import Landed, NotNeeded, Parsed, Unreadable
from assets.raw.receive import MissingColumns, receive

PUBLISHERS: dict[str, ModuleType] = {
    "bls_laus": bls_laus,
    "census_gazetteer": census_gazetteer,
    "census_population": census_population,
    "hud_allocations": hud_allocations,
}
GAZETTEER = "census_gazetteer"
NOT_DATA = {mapping.NAME, "readme", "readme.txt", "readme.md", ".ds_store", "thumbs.db"}


@dataclass(frozen=True)
class Receipt:
    """What became of one file. status: accepted, repeat (same bytes as another file), refused, not_needed."""

    name: str
    source: str
    table: str
    sha256: str
    size: int
    mtime_ns: int
    fingerprint: str
    status: str
    message: str = ""
    received: int = 0
    accepted: int = 0
    quarantined: int = 0
    repeats: int = 0
    first_row: int = 2
    explicit_rows: bool = False
    unused: list[str] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    received_at: str = ""
    known_at: str = ""


class Ledger:
    """The receipts below HOME/raw: one JSON file per name that ever landed."""

    def __init__(self, raw: Path, quarantine: Path) -> None:
        self.raw, self.quarantine = raw, quarantine
        self.folder = raw / "receipts"
        self.receipts: dict[tuple[str, str], Receipt] = {}  # by name and hash: a name may carry several versions
        for path in sorted(self.folder.glob("*.json")):
            receipt = Receipt(**json.loads(path.read_text(encoding="utf-8")))
            self.receipts[receipt.name, receipt.sha256] = receipt

    def unchanged(self, name: str, stat: os.stat_result, fingerprint: str) -> bool:
        return any(
            r.name == name and (r.size, r.mtime_ns, r.fingerprint) == (stat.st_size, stat.st_mtime_ns, fingerprint)
            for r in self.receipts.values()
        )

    def first(self, source: str, sha256: str) -> Receipt | None:
        """The receipt under which these bytes were read, if they were."""
        found = [r for r in self.receipts.values() if (r.source, r.sha256) == (source, sha256) and r.status != "repeat"]
        return found[0] if found else None

    def keep(self, receipt: Receipt) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        key = hashlib.sha256(f"{receipt.name}\n{receipt.sha256}".encode()).hexdigest()[:32]
        part = self.folder / f"{key}.part"
        part.write_text(json.dumps(asdict(receipt), indent=1, ensure_ascii=False), encoding="utf-8")
        os.replace(part, self.folder / f"{key}.json")
        self.receipts[receipt.name, receipt.sha256] = receipt

    def typed(self, receipt: Receipt) -> Path:
        return self.raw / receipt.table / f"{receipt.sha256}.parquet"

    def aside(self, receipt: Receipt) -> Path:
        return self.quarantine / receipt.table / f"{receipt.sha256}.parquet"

    def known(self, known_on: datetime) -> list[Receipt]:
        """Receipts that count at that instant, oldest first."""
        found = [r for r in self.receipts.values() if datetime.fromisoformat(r.known_at) <= known_on]
        return sorted(found, key=lambda r: (r.known_at, r.name, r.sha256))


def ingest(
    landing: Path,
    ledger: Ledger,
    connection: duckdb.DuckDBPyConnection,
    catalog: Catalog,
    zone: str,
    report: Callable[[str], None] = lambda line: None,
) -> list[Receipt]:
    """Takes in what is new below `landing`; returns the receipts written now. The gazetteer goes first."""
    new: list[Receipt] = []
    _places(connection, ledger, catalog)
    folders = sorted(p for p in landing.iterdir() if p.is_dir() and not p.name.startswith(".")) if landing.exists() else []
    for folder in sorted(folders, key=lambda p: (p.name != GAZETTEER, p.name)):
        receipts = list(_folder(folder, landing, ledger, connection, catalog, zone, report))
        if receipts and folder.name == GAZETTEER:
            _places(connection, ledger, catalog)
        new += receipts
    return new


def make_views(
    connection: duckdb.DuckDBPyConnection, ledger: Ledger, sources: dict[str, Source], known_on: datetime
) -> dict[str, str]:
    """(Re)makes the view raw.<table> of each source from the receipts known by then; returns a fingerprint of each."""
    connection.execute("create schema if not exists raw")
    known = ledger.known(known_on)
    prints = {}
    for table, spec in sources.items():
        receipts = [r for r in known if r.table == table and r.status == "accepted"]
        parts = [_file_view(ledger, r, spec) for r in receipts] or [_empty_view(spec)]
        connection.execute(f"create or replace view raw.{sql_name(table)} as {' union all '.join(parts)}")
        told = [(r.sha256, r.fingerprint, r.known_at, r.name) for r in receipts]
        prints[table] = hashlib.sha256(json.dumps(told).encode()).hexdigest()
    return prints


def _places(connection: duckdb.DuckDBPyConnection, ledger: Ledger, catalog: Catalog) -> None:
    """Names are looked up in every gazetteer that ever arrived."""
    make_views(connection, ledger, {GAZETTEER: catalog.sources[GAZETTEER]}, datetime.max.replace(tzinfo=UTC))
    places.build(connection)


def _folder(
    folder: Path,
    landing: Path,
    ledger: Ledger,
    connection: duckdb.DuckDBPyConnection,
    catalog: Catalog,
    zone: str,
    report: Callable[[str], None],
) -> Iterator[Receipt]:
    tables = [s for s in catalog.sources.values() if s.landing_folder == folder.name]
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name.lower() not in NOT_DATA and not p.name.startswith("."))
    fingerprint = _fingerprint(folder, tables, ledger, zone)
    for path in files:
        name, stat = path.relative_to(landing).as_posix(), path.stat()
        if ledger.unchanged(name, stat, fingerprint):
            continue
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        now = datetime.now(UTC).isoformat(timespec="seconds")
        receipt = Receipt(name, folder.name, "", sha256, stat.st_size, stat.st_mtime_ns, fingerprint, "refused", received_at=now, known_at=now)
        earlier = ledger.receipts.get((name, sha256))
        if earlier:  # the same bytes under the same name: we knew them when we first did
            receipt = replace(receipt, received_at=earlier.received_at, known_at=earlier.known_at)
        first = ledger.first(folder.name, sha256)
        if first and first.fingerprint == fingerprint and first.name != name:
            receipt = replace(
                receipt, table=first.table, status="repeat", message=f"the same bytes as {first.name}",
                received=first.received, repeats=first.received, known_at=first.known_at,
            )
        elif first and first.fingerprint == fingerprint:
            receipt = replace(first, size=stat.st_size, mtime_ns=stat.st_mtime_ns)
        else:
            receipt = _read(path, folder, receipt, tables, ledger, connection, catalog, zone)
        ledger.keep(receipt)
        report(f"{name}: {receipt.message or f'{receipt.accepted:,} rows'}")
        yield receipt


def _read(
    path: Path,
    folder: Path,
    receipt: Receipt,
    tables: list[Source],
    ledger: Ledger,
    connection: duckdb.DuckDBPyConnection,
    catalog: Catalog,
    zone: str,
) -> Receipt:
    """Reads one file; a file that cannot be read is refused with its reason, and the others go on."""
    if not tables:
        nearest = [n for n, *_ in process.extract(folder.name, sorted({s.landing_folder for s in catalog.sources.values()}), limit=3)]
        return replace(receipt, message=f"no source is called {folder.name!r}; nearest: {', '.join(nearest)}; rename the folder")
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
        outcome = receive(connection, parsed, catalog.sources[parsed.table], declared, zone, ledger.typed(receipt), ledger.aside(receipt))
    except NotNeeded as reason:
        return replace(receipt, status="not_needed", message=str(reason))
    except MissingColumns as reason:
        return replace(receipt, message=str(reason), received=reason.rows, quarantined=reason.rows)
    except Unreadable as reason:
        return replace(receipt, message=str(reason))
    return replace(receipt, status="accepted", **asdict(outcome))


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
        raise Unreadable(f"the file cannot be read: {type(error).__name__}; ask the sender to export it again") from error


def _fingerprint(folder: Path, tables: list[Source], ledger: Ledger, zone: str) -> str:
    """Of all that decides how a file of this folder is read, apart from its bytes."""
    parts = [_code(), zone, *(t.model_dump_json() for t in tables)]
    if (folder / mapping.NAME).exists():
        parts.append((folder / mapping.NAME).read_text(encoding="utf-8", errors="replace"))
    if any(c.type == "city" for t in tables for c in t.columns.values()):
        parts += sorted(r.sha256 for r in ledger.receipts.values() if r.table == GAZETTEER and r.status == "accepted")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


@cache
def _code() -> str:
    """Of the readers' own code: a changed reader reads its files again."""
    return hashlib.sha256(b"".join(p.read_bytes() for p in sorted(Path(__file__).parent.glob("*.py")))).hexdigest()


def _file_view(ledger: Ledger, receipt: Receipt, spec: Source) -> str:
    columns = ", ".join(f"{sql_name(c)}::{t} as {sql_name(c)}" for c, t in spec.raw_columns().items())
    row = "_row" if receipt.explicit_rows else f"file_row_number + {receipt.first_row}"
    known = datetime.fromisoformat(receipt.known_at).astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
    repeats = ""
    if receipt.repeats:
        aside = quote(str(ledger.aside(receipt)))
        repeats = f' and file_row_number not in (select "index" from read_parquet({aside}) where state = \'repeat\')'
    return f"""
        select {columns}, {quote(receipt.sha256)} as _sha256, ({row})::bigint as _row,
            timestamp {quote(known)} as _known_at, {quote(receipt.name)} as _file
        from read_parquet({quote(str(ledger.typed(receipt)))}, file_row_number = true)
        where _sent is null{repeats}
    """


def _empty_view(spec: Source) -> str:
    columns = ", ".join(f"null::{t} as {sql_name(c)}" for c, t in spec.raw_columns().items())
    tail = "null::varchar as _sha256, null::bigint as _row, null::timestamp as _known_at, null::varchar as _file"
    return f"select {columns}, {tail} where false"

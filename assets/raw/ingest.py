"""From LANDING to raw: which files are new, who reads them, and a receipt for each.

A file whose size and time are unchanged is not opened; one whose bytes were read before is not read again. A receipt is
written last, so that a run that was killed leaves nothing half received.
"""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
from rapidfuzz import process

from assets.catalog import Catalog
from assets.decisions import PlaceName
from assets.raw import copies, corrections, drops, mapping, places, readers
from assets.raw.drops import GAZETTEER, Drop
from assets.raw.reading import Landed, Looked, NotNeeded, Unreadable
from assets.raw.receipts import Receipt, Receipts
from assets.raw.receive import MissingColumns, Outcome, receive
from assets.raw.views import make_views

NOT_DATA = {
    mapping.NAME,
    corrections.NAME,
    "program.yml",
    "truth.json",
    "readme",
    "readme.txt",
    "readme.md",
    "thumbs.db",
}
Report = Callable[[str], None]


@dataclass(frozen=True)
class Intake:
    """What taking in needs: the folder, the receipts, a connection with reference.places, the catalog, the zone."""

    landing: Path
    receipts: Receipts
    connection: duckdb.DuckDBPyConnection
    catalog: Catalog
    zone: str
    decided: Sequence[PlaceName]
    drops: dict[Path, Drop] = field(default_factory=dict)

    def folder(self, folder: Path, report: Report, deep: bool = True) -> Iterator[Receipt]:
        """Takes in what is new in one folder; a file that fails is refused with its reason, and the others go on."""
        for path in _files(folder, deep):
            drop = self.drop(path, folder)
            name = _name(path, self.landing)
            try:
                stat = path.stat()
                declared = drop.declared(path)
                fingerprint = hashlib.sha256(f"{drop.fingerprint} {declared}".encode()).hexdigest()[:16]
                if self.receipts.unchanged(name, stat, fingerprint):
                    continue
                blank = _blank(name, folder.name, stat.st_size, stat.st_mtime_ns, fingerprint, declared)
                receipt = self.file(path, drop, replace(blank, folder=drop.within))
            except OSError as error:
                receipt = _blank(name, folder.name, 0, 0, "", {})
                receipt = replace(
                    receipt, message=f"the file cannot be opened: {error.strerror}; check its permissions"
                )
            self.receipts.keep(receipt)
            report(f"{name}: {receipt.message or f'{receipt.accepted:,} rows'}")
            yield receipt
        if deep:
            self.withdraw(folder)

    def drop(self, file: Path, source: Path) -> Drop:
        """How a file is read: by the declarations nearest to it, each read once."""
        folder = mapping.folder_of(file, source)
        if folder not in self.drops:
            tables = [s for s in self.catalog.sources.values() if s.landing_folder == source.name]
            self.drops[folder] = drops.load(folder, source, tables, self.receipts, self.zone, self.decided)
        return self.drops[folder]

    def withdraw(self, folder: Path) -> None:
        """Marks the files that a declaration withdraws by now, and those that it does no longer."""
        for receipt in [r for r in self.receipts.all.values() if r.source == folder.name]:
            path = self.landing / receipt.name
            drop = self.drop(path, folder)
            if drop.broken:
                continue
            why = drop.corrections.withdraws(drop.below(path), receipt.sha256)
            stands = bool(receipt.withdrawn_at and not receipt.restored_at)
            if bool(why) != stands:  # what was known before stays known: since when, and until when, it did not count
                now = datetime.now(UTC).isoformat(timespec="seconds")
                self.receipts.keep(
                    replace(receipt, withdrawn=why, withdrawn_at=now, restored_at="")
                    if why
                    else replace(receipt, restored_at=now)
                )
            elif why and why != receipt.withdrawn:
                self.receipts.keep(replace(receipt, withdrawn=why))

    def file(self, path: Path, drop: Drop, receipt: Receipt) -> Receipt:
        """Fills in the receipt of one new or changed file."""
        with ThreadPoolExecutor(1) as aside:
            looking = aside.submit(copies.look_through, path)
            # Bytes that were read before have the size that they had then; any other file is read while it is hashed.
            if self.receipts.any_of_size(receipt.source, receipt.size):
                receipt = replace(receipt, sha256=looking.result().sha256)
                seen = self._seen(receipt)
                if seen:
                    return seen
            read, outcome = self.read(path, drop, receipt, looking.result)
            if looking.result().late_returns:  # found after the reader had begun without knowing
                read, outcome = self.read(path, drop, receipt, None)
            receipt = replace(read, sha256=looking.result().sha256)
        receipt = replace(receipt, stored_as=f"{receipt.sha256}.{receipt.fingerprint}")
        if outcome:
            self.receipts.store(receipt)
            return receipt
        earlier = self.receipts.latest(receipt.name, receipt.sha256)
        if earlier and earlier.status == "accepted":  # a slip in mapping.yml must not empty a feed
            message = f"kept as it was read before; now: {receipt.message}"
            return replace(earlier, fingerprint=receipt.fingerprint, mtime_ns=receipt.mtime_ns, message=message)
        return receipt

    def _seen(self, receipt: Receipt) -> Receipt | None:
        """The receipt of bytes that were read before, the way they would be read now."""
        first = self.receipts.read_as(receipt)
        if first and first.name != receipt.name:
            here = self.receipts.latest(receipt.name, receipt.sha256)
            if here and here.status == "repeat" and self.receipts.is_latest(here):  # it came when it first did
                receipt = replace(receipt, received_at=here.received_at)
            return receipt.as_repeat_of(first)
        if first and self.receipts.is_latest(first):
            return replace(first, size=receipt.size, mtime_ns=receipt.mtime_ns)
        if first:  # an earlier version has come back: another arrival, and the latest again
            again = replace(first, mtime_ns=receipt.mtime_ns, received_at=receipt.received_at, order=0)
            return replace(again, known_at=self._known_at(receipt), arrival=first.arrival + 1)
        return None

    def _known_at(self, receipt: Receipt) -> str:
        """The declared delivery (a time without an offset is taken in the program's zone), else the receipt."""
        if not receipt.declared.get("delivered_on"):
            return receipt.received_at
        delivered = datetime.fromisoformat(receipt.declared["delivered_on"])
        local = delivered if delivered.tzinfo else delivered.replace(tzinfo=ZoneInfo(self.zone))
        return local.astimezone(UTC).isoformat(timespec="seconds")

    def read(
        self, path: Path, drop: Drop, receipt: Receipt, looked: Callable[[], Looked] | None
    ) -> tuple[Receipt, Outcome | None]:
        """Reads one file into the incoming files of its table."""
        earlier = self.receipts.latest(receipt.name, receipt.sha256)
        if earlier and self.receipts.is_latest(earlier):  # read anew for its reader's sake: known since it first was
            receipt = replace(receipt, received_at=earlier.received_at, arrival=earlier.arrival)
            kept = {key: getattr(earlier, key) for key in ("withdrawn", "withdrawn_at", "restored_at")}
            receipt = replace(receipt, **kept)
        elif earlier:
            receipt = replace(receipt, arrival=earlier.arrival + 1)
        try:
            receipt = replace(receipt, known_at=self._known_at(receipt))
            if not drop.tables:
                raise Unreadable(
                    self._no_source(self.landing / receipt.source if "/" in receipt.name else self.landing)
                )
            if "\\x" in receipt.name:
                raise Unreadable("its name holds bytes that are not UTF-8; rename the file")
            if drop.broken:
                raise drop.broken
            options = drop.mapping.model_dump() | receipt.declared
            parsed = readers.parse(
                Landed(path, receipt.name, receipt.source, options, looked), self.connection, drop.tables
            )
            if receipt.declared.get("vintage"):
                parsed.facts["vintage"] = receipt.declared["vintage"]
            receipt = replace(receipt, table=parsed.table)
            spec = self.catalog.sources[parsed.table]
            receipt = replace(receipt, key_rule=drop.mapping.rule_of(spec.key))
            target, aside = self.receipts.incoming(parsed.table)
            repairs = drop.corrections.of(drop.below(path))
            outcome = receive(self.connection, parsed, spec, drop.mapping, self.zone, target, aside, repairs)
        except NotNeeded as reason:
            return replace(receipt, status="not_needed", message=str(reason)), None
        except MissingColumns as reason:
            return replace(receipt, message=str(reason), received=reason.rows, quarantined=reason.rows), None
        except Unreadable as reason:
            return replace(receipt, message=str(reason)), None
        except Exception as error:  # whatever a file does to its reader, the other files go on
            return replace(receipt, message=_unforeseen(error)), None
        message = "" if outcome.received else "a header and no rows"
        return replace(receipt, status="accepted", message=message, **asdict(outcome)), outcome

    def _no_source(self, folder: Path) -> str:
        known = sorted({s.landing_folder for s in self.catalog.sources.values()})
        if folder == self.landing:
            return f"a file outside the folders of sources; move it into the one it belongs to: {', '.join(known)}"
        nearest = ", ".join(n for n, *_ in process.extract(folder.name, known, limit=3))
        return f"no source is called {folder.name!r}; nearest: {nearest}; rename the folder"


def ingest(
    landing: Path,
    receipts: Receipts,
    connection: duckdb.DuckDBPyConnection,
    catalog: Catalog,
    zone: str,
    report: Report = lambda line: None,
    decided: Sequence[PlaceName] = (),
) -> list[Receipt]:
    """Takes in what is new below `landing`; returns the receipts written now. The gazetteer goes first.

    decided: what people decided of names of places.
    """
    intake = Intake(landing, receipts, connection, catalog, zone, decided)
    new: list[Receipt] = []
    _places(connection, receipts, catalog, decided)
    folders = [p for p in landing.iterdir() if p.is_dir() and not p.name.startswith(".")] if landing.exists() else []
    for folder in sorted(folders, key=lambda p: (p.name != GAZETTEER, p.name)):
        taken = list(intake.folder(folder, report))
        if taken and folder.name == GAZETTEER:
            _places(connection, receipts, catalog, decided)
        new += taken
    return new + list(intake.folder(landing, report, deep=False))


def _places(
    connection: duckdb.DuckDBPyConnection, receipts: Receipts, catalog: Catalog, decided: Sequence[PlaceName]
) -> None:
    """Names are looked up in every gazetteer that ever arrived."""
    ever = datetime.max.replace(tzinfo=UTC)
    prints = make_views(connection, receipts, {GAZETTEER: catalog.sources[GAZETTEER]}, receipts.known(ever))
    places.build(connection, decided, prints[GAZETTEER])


def _files(folder: Path, deep: bool) -> list[Path]:
    """The files of a source's folder at any depth, or only those that lie in `folder` itself."""
    found = folder.rglob("*") if deep else folder.iterdir()
    return sorted(p for p in found if p.is_file() and p.name.lower() not in NOT_DATA and not p.name.startswith("."))


def _name(path: Path, landing: Path) -> str:
    """The path below landing as text, whatever bytes its name is made of."""
    return os.fsencode(path.relative_to(landing).as_posix()).decode("utf-8", "backslashreplace")


def _blank(name: str, source: str, size: int, mtime_ns: int, fingerprint: str, declared: dict[str, str]) -> Receipt:
    """A receipt to fill in: refused until the file has been read."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Receipt(
        name, source, "", "", size, mtime_ns, fingerprint, "refused", declared, received_at=now, known_at=now
    )


def _unforeseen(error: Exception) -> str:
    """The kind of error only: its text may quote the file."""
    return f"the file cannot be read: {type(error).__name__}; ask the sender to export it again"

"""Receipts: what became of each file that ever landed, one JSON file each below HOME/raw/receipts."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Receipt:
    """What became of one file. status: accepted, repeat (same bytes as another file), refused, not_needed, withdrawn."""

    name: str
    source: str
    table: str
    sha256: str
    size: int
    mtime_ns: int
    fingerprint: str
    status: str
    declared: dict[str, str] = field(default_factory=dict)  # what mapping.yml says of this one file
    key_rule: str = ""  # of the mapping that its keys were read by
    folder: str = ""  # below the source's, where the declarations lie by which it is read
    message: str = ""
    received: int = 0
    accepted: int = 0
    quarantined: int = 0
    repeats: int = 0
    first_row: int = 2
    explicit_rows: bool = False
    unused: list[str] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    corrections: dict[str, list[int]] = field(default_factory=dict)  # tried on it: rows found, mended, right already
    withdrawn: str = ""  # why it does not count, since when, and until when
    withdrawn_at: str = ""
    restored_at: str = ""
    arrival: int = 0  # of the same bytes under the same name: a version that comes back is another one
    received_at: str = ""
    known_at: str = ""
    stored_as: str = ""  # stem of the files that hold its rows
    order: int = 0  # of arrival; a version that comes back is the latest again
    earlier: list[dict[str, Any]] = field(default_factory=list)  # how it was read before, each `until` it was read anew

    def reading(self, until: str) -> dict[str, Any]:
        """What was made of the file, as it counts until it is read another way."""
        return {"until": until, **{key: getattr(self, key) for key in READING}}

    def as_read(self, known_on: datetime) -> "Receipt":
        """The receipt as it stood then: a file that was read anew since, by another mapping, told something else."""
        for reading in self.earlier:
            if known_on < datetime.fromisoformat(reading["until"]):
                return replace(self, **{key: reading[key] for key in READING})
        return self

    def alike(self) -> tuple[object, ...]:
        """What two files have in common whose rows count once."""
        return self.source, self.sha256, tuple(sorted(self.declared.items())), self.folder

    def came_at(self) -> datetime:
        """When it was known: as declared, else when received. A repeat is known as early as its rows, and came when received."""
        return datetime.fromisoformat(self.received_at if self.status == "repeat" else self.known_at)

    def as_repeat_of(self, first: "Receipt") -> "Receipt":
        """This file, whose bytes were read under another name."""
        return replace(
            self,
            table=first.table,
            status="repeat",
            message=f"the same bytes as {first.name}",
            received=first.received,
            accepted=0,
            quarantined=0,
            repeats=first.received,
            known_at=first.known_at,
        )


READING = (
    *("table", "fingerprint", "status", "declared", "key_rule", "folder", "message", "received", "accepted"),
    *(
        "quarantined",
        "repeats",
        "first_row",
        "explicit_rows",
        "unused",
        "facts",
        "corrections",
        "known_at",
        "stored_as",
    ),
)


class Receipts:
    """The receipts below HOME/raw: one JSON file per name that ever landed."""

    def __init__(self, raw: Path, quarantine: Path) -> None:
        self.raw, self.quarantine = raw, quarantine
        self.folder = raw / "receipts"
        self.all: dict[tuple[str, str, int], Receipt] = {}  # a name may carry several versions, which may come back
        for path in sorted(self.folder.glob("*.json")):
            receipt = Receipt(**json.loads(path.read_text(encoding="utf-8")))
            self.all[receipt.name, receipt.sha256, receipt.arrival] = receipt

    def latest(self, name: str, sha256: str | None = None) -> Receipt | None:
        """The last receipt of a name, or of these bytes under it."""
        found = [r for r in self.all.values() if r.name == name and sha256 in (None, r.sha256)]
        return max(found, key=lambda r: r.order, default=None)

    def unchanged(self, name: str, stat: os.stat_result, fingerprint: str) -> bool:
        last = self.latest(name)
        told = (stat.st_size, stat.st_mtime_ns, fingerprint)
        return last is not None and (last.size, last.mtime_ns, last.fingerprint) == told

    def any_of_size(self, source: str, size: int) -> bool:
        """Whether bytes of this size ever came: other bytes cannot have been read before."""
        return any((r.source, r.size) == (source, size) for r in self.all.values())

    def read_as(self, receipt: Receipt) -> Receipt | None:
        """The receipt under which these bytes were read, the way they would be read now."""
        found = [
            r
            for r in self.all.values()
            if (r.source, r.sha256, r.fingerprint) == (receipt.source, receipt.sha256, receipt.fingerprint)
            and (
                r.status == "accepted" or (r.name == receipt.name and r.status != "repeat")
            )  # a new name may be its cure
        ]
        here = [r for r in found if r.name == receipt.name]
        return max(here or found[:1], key=lambda r: r.order, default=None)

    def is_latest(self, receipt: Receipt) -> bool:
        """Whether no other bytes came under its name since."""
        return all(r.order <= receipt.order for r in self.all.values() if r.name == receipt.name)

    def keep(self, receipt: Receipt) -> None:
        """Writes a receipt. One name stands for the same bytes, whichever was read last."""
        if not receipt.order:
            receipt = replace(receipt, order=1 + max((r.order for r in self.all.values()), default=0))
        before = self.all.get((receipt.name, receipt.sha256, receipt.arrival))
        if before:
            anew = before.stored_as != receipt.stored_as
            receipt = replace(receipt, earlier=[*before.earlier, *([before.reading(self._now())] if anew else [])])
        self.folder.mkdir(parents=True, exist_ok=True)
        told = [receipt.name, receipt.sha256, *([str(receipt.arrival)] if receipt.arrival else [])]
        key = hashlib.sha256("\n".join(told).encode()).hexdigest()[:32]
        part = self.folder / f"{key}.part"
        part.write_text(json.dumps(asdict(receipt), indent=1, ensure_ascii=False), encoding="utf-8")
        os.replace(part, self.folder / f"{key}.json")
        self.all[receipt.name, receipt.sha256, receipt.arrival] = receipt
        if receipt.status == "accepted":
            for other in list(self.all.values()):
                if other.alike() == receipt.alike() and other.status == "accepted" and other.name != receipt.name:
                    self.keep(other.as_repeat_of(receipt))

    def _now(self) -> str:
        """Now, and later than anything that was known so far: what is read anew counts from here on."""
        last = self.last_known()
        now = max(datetime.now(UTC), last + timedelta(seconds=1)) if last else datetime.now(UTC)
        return now.isoformat(timespec="seconds")

    def incoming(self, table: str) -> tuple[Path, Path]:
        """Where a file is written while it is read: typed rows, rows set aside."""
        return self.raw / table / "incoming.parquet", self.quarantine / table / "incoming.parquet"

    def store(self, receipt: Receipt) -> None:
        """Gives what was written while reading its place; nothing counts before the receipt is kept."""
        typed, aside = self.incoming(receipt.table)
        moves = [
            (typed, self.typed(receipt)),
            (places_of(typed), places_of(self.typed(receipt))),
            (aside, self.aside(receipt)),
        ]
        for incoming, place in moves:
            if incoming.exists():
                os.replace(incoming, place)
            else:
                place.unlink(missing_ok=True)

    def typed(self, receipt: Receipt) -> Path:
        return self.raw / receipt.table / f"{receipt.stored_as}.parquet"

    def aside(self, receipt: Receipt) -> Path:
        return self.quarantine / receipt.table / f"{receipt.stored_as}.parquet"

    def known(self, known_on: datetime) -> list[Receipt]:
        """Receipts that count at that instant, oldest first; one that was withdrawn by then says so, and holds no rows."""
        known = [r.as_read(known_on) for r in self.all.values()]
        known = [r for r in known if r.came_at() <= known_on]
        found = [_standing(r, known_on) for r in known]
        gone = {r.alike(): known[at] for at, r in enumerate(found) if r.status == "withdrawn" and r.stored_as}
        for at, repeat in enumerate(found):  # the same bytes under a name that nobody withdrew
            first = gone.get(repeat.alike())
            if repeat.status == "repeat" and first:
                here = {key: getattr(repeat, key) for key in ("name", "received_at", "known_at", "order", "arrival")}
                found[at] = replace(first, **here, message="", withdrawn="", withdrawn_at="")
                del gone[repeat.alike()]
        return sorted(found, key=lambda r: (r.known_at, r.order, r.name))

    def standing(self) -> list[Receipt]:
        """Every receipt as it counts now, by source and name."""
        return sorted(self.known(datetime.max.replace(tzinfo=UTC)), key=lambda r: (r.source, r.name, r.order))

    def last_known(self) -> datetime | None:
        """The instant of the last thing that became known: a file, that one is withdrawn, or read another way."""
        told = [at for r in self.all.values() for at in (r.withdrawn_at, r.restored_at) if at]
        told += [reading["until"] for r in self.all.values() for reading in r.earlier]
        return max([r.came_at() for r in self.all.values()] + [datetime.fromisoformat(at) for at in told], default=None)


def _standing(receipt: Receipt, known_on: datetime) -> Receipt:
    since, until = receipt.withdrawn_at, receipt.restored_at
    restored = until and datetime.fromisoformat(until) <= known_on
    if since and datetime.fromisoformat(since) <= known_on and not restored:
        return replace(
            receipt, status="withdrawn", message=receipt.withdrawn, received=0, accepted=0, quarantined=0, repeats=0
        )
    return receipt


def places_of(typed: Path) -> Path:
    """The spellings of cities in a file of typed rows, and what each means."""
    return typed.with_suffix(".places")

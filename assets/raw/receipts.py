"""Receipts: what became of each file that ever landed, one JSON file each below HOME/raw/receipts."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path


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


class Receipts:
    """The receipts below HOME/raw: one JSON file per name that ever landed."""

    def __init__(self, raw: Path, quarantine: Path) -> None:
        self.raw, self.quarantine = raw, quarantine
        self.folder = raw / "receipts"
        self.all: dict[tuple[str, str], Receipt] = {}  # by name and hash: a name may carry several versions
        for path in sorted(self.folder.glob("*.json")):
            receipt = Receipt(**json.loads(path.read_text(encoding="utf-8")))
            self.all[receipt.name, receipt.sha256] = receipt

    def unchanged(self, name: str, stat: os.stat_result, fingerprint: str) -> bool:
        return any(
            r.name == name and (r.size, r.mtime_ns, r.fingerprint) == (stat.st_size, stat.st_mtime_ns, fingerprint)
            for r in self.all.values()
        )

    def read_as(self, source: str, sha256: str, fingerprint: str) -> Receipt | None:
        """The receipt under which these bytes were read, the way they would be read now."""
        found = (
            r
            for r in self.all.values()
            if (r.source, r.sha256, r.fingerprint) == (source, sha256, fingerprint) and r.status != "repeat"
        )
        return next(found, None)

    def keep(self, receipt: Receipt) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        key = hashlib.sha256(f"{receipt.name}\n{receipt.sha256}".encode()).hexdigest()[:32]
        part = self.folder / f"{key}.part"
        part.write_text(json.dumps(asdict(receipt), indent=1, ensure_ascii=False), encoding="utf-8")
        os.replace(part, self.folder / f"{key}.json")
        self.all[receipt.name, receipt.sha256] = receipt
        if receipt.status == "accepted":  # one name stands for the bytes, whichever was read last
            for other in list(self.all.values()):
                same = (other.source, other.sha256, other.status) == (receipt.source, receipt.sha256, "accepted")
                if same and other.name != receipt.name:
                    self.keep(other.as_repeat_of(receipt))

    def typed(self, receipt: Receipt) -> Path:
        return self.raw / receipt.table / f"{receipt.sha256}.parquet"

    def aside(self, receipt: Receipt) -> Path:
        return self.quarantine / receipt.table / f"{receipt.sha256}.parquet"

    def known(self, known_on: datetime) -> list[Receipt]:
        """Receipts that count at that instant, oldest first."""
        found = [r for r in self.all.values() if datetime.fromisoformat(r.known_at) <= known_on]
        return sorted(found, key=lambda r: (r.known_at, r.name, r.sha256))

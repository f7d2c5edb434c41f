"""What figures follow from besides code and catalog: two clocks, the program's rules, what arrived, what people decided."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from assets import decisions, duplicates, locks, program
from assets.decisions import PlaceName
from assets.duplicates import Decided
from assets.locks import Lock
from assets.program import Program
from assets.raw.receipts import Receipt, Receipts
from pipelines.settings import Layout


@dataclass(frozen=True)
class Request:
    """What a run is asked to do. as_of and known_on: None takes the program's day and all that is known."""

    landing: Path
    layout: Layout
    as_of: date | None = None
    known_on: datetime | None = None


@dataclass(frozen=True)
class Known:
    """All of it, as it stood at known_on. The same gives the same figures, by the same code and catalog."""

    program: Program
    as_of: date
    known_on: datetime
    receipts: list[Receipt]
    decided: list[PlaceName]
    duplicates: list[Decided]
    locks: list[Lock]

    def digest(self, *more: str) -> str:
        """Stands for all of it."""
        return digest(
            repr((self.as_of, self.known_on, self.program.model_dump())),
            *(repr((r.name, r.sha256, r.fingerprint, r.status, r.known_at)) for r in self.receipts),
            decisions.text(self.decided),
            repr(self.duplicates),
            *more,
        )


def receipts(layout: Layout) -> Receipts:
    return Receipts(layout.raw, layout.quarantine)


def of(request: Request, ledger: Receipts | None = None) -> Known:
    """What is known to a run; ledger: the receipts of its HOME, where they are read already. Raises program.ProgramError."""
    ledger = ledger or receipts(request.layout)
    told, known_on = program.load(request.landing), instant(request, ledger)
    return at(request.layout, told, told.last_day(request.as_of), known_on, ledger.known(known_on))


def at(layout: Layout, told: Program, as_of: date, known_on: datetime, arrived: list[Receipt]) -> Known:
    """What was known at an instant, with what people had decided by then."""
    return Known(
        program=told,
        as_of=as_of,
        known_on=known_on,
        receipts=arrived,
        decided=decisions.place_names(layout.decisions, known_on),
        duplicates=duplicates.confirmed(layout.decisions, known_on),
        locks=locks.locked(layout.decisions),  # all there are: what came before one stays where it is
    )


def instant(request: Request, ledger: Receipts) -> datetime:
    """Up to when receipts and decisions count: as asked, else the last one there is, so that the same give the same release."""
    if request.known_on:
        return request.known_on
    folder = request.layout.decisions
    decided = [line["at"] for log in (decisions.PLACES, duplicates.LOG) for line in decisions.history(folder, log)]
    told = [at for at in (ledger.last_known(), *map(datetime.fromisoformat, decided)) if at]
    return max(told, default=datetime.fromtimestamp(0, UTC))


def digest(*texts: str) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()

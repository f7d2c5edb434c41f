"""What people decide: append-only logs in HOME/decisions, one JSON object a line, written by `record` alone.

Nothing is edited or deleted: a later line on the same matter replaces an earlier one. Until there is sign-in, `who` is
what the person declared, and every line says so.
"""

import fcntl
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PLACES = "places"
PLACE, NOT_A_PLACE, UNDO = "place", "not_a_place", "undo"


class Refused(Exception):
    """A decision that cannot be taken as it stands; the message says what is missing."""


@dataclass(frozen=True)
class PlaceName:
    """A name of a place that a person decided. source: the one table it holds for, empty for all; geoid: None where the
    name is no place; on: day of the decision (UTC), YYYY-MM-DD."""

    name: str
    source: str
    geoid: str | None
    on: str


def record(folder: Path, log: str, who: str, why: str, **what: Any) -> dict[str, Any]:
    """Appends one decision to `folder/<log>.jsonl` and returns the line as written.

    Raises Refused where who or why is empty. Two writers at once take turns; a line is whole or not there.
    """
    if not who.strip() or not why.strip():
        raise Refused("a decision needs who decides and why; neither may be empty")
    told = {"who": who.strip(), "who_is": "declared, not signed in", "why": why.strip()}
    line = {"at": datetime.now(UTC).isoformat(timespec="seconds"), **told, **what}
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{log}.jsonl").open("a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return line


def name_place(
    folder: Path, name: str, decided: str, geoid: str | None, source: str, who: str, why: str
) -> dict[str, Any]:
    """Records what a name of a place means; returns the line as written.

    decided: PLACE (geoid says which), NOT_A_PLACE, or UNDO of what was decided before; source: the table it holds for,
    empty for all. Raises Refused where there is no name, nobody decides, or nothing is there to undo.
    """
    name = " ".join(name.split())
    if not name:
        raise Refused("a decision needs the name as the file has it, with its state: 'ST LOUIS, MO'")
    if decided == UNDO and not any((n.name.lower(), n.source) == (name.lower(), source) for n in place_names(folder)):
        where = f"for {source}" if source else "for all sources"
        raise Refused(f"nothing is decided of {name!r} {where}, so that there is nothing to undo")
    return record(folder, PLACES, who, why, decided=decided, name=name, source=source, geoid=geoid)


def history(folder: Path, log: str) -> list[dict[str, Any]]:
    """Every line of a log, oldest first; none where nobody has decided anything."""
    path = folder / f"{log}.jsonl"
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def place_names(folder: Path) -> list[PlaceName]:
    """The decisions on names of places that stand, in order of name and source."""
    last: dict[tuple[str, str], dict[str, Any]] = {}
    for line in history(folder, PLACES):
        last[line["name"].lower(), line["source"]] = line
    standing = [line for _, line in sorted(last.items()) if line["decided"] != UNDO]
    return [PlaceName(line["name"], line["source"], line["geoid"], line["at"][:10]) for line in standing]


def text(names: Iterable[PlaceName], sources: Iterable[str] | None = None) -> str:
    """The decisions that hold for any of the sources (None: for whatever source), as text to compare or hash."""
    wanted = None if sources is None else {"", *sources}
    return "\n".join(repr(n) for n in names if wanted is None or n.source in wanted)

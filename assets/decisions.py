"""What people decide: append-only logs in HOME/decisions, one JSON object a line, written by `record` alone.

Nothing is edited or deleted: a later line on the same matter replaces an earlier one. Each line ends with `chain`, the
SHA-256 of everything above it and of itself without that, so that a change of any line is found (`broken`). Until there
is sign-in, `who` is what the person declared, and every line says so.
"""

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PLACES = "places"
PLACE, NOT_A_PLACE, UNDO = "place", "not_a_place", "undo"
CHAIN = re.compile(rb', "chain": "([0-9a-f]{64})"\}$')

Lines = list[dict[str, Any]]


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


def record(
    folder: Path, log: str, who: str, why: str, *, allowed: Callable[[Lines], None] | None = None, **what: Any
) -> dict[str, Any]:
    """Appends one decision to `folder/<log>.jsonl` and returns the line as written.

    allowed: looks at the lines that stand, and raises Refused where the decision does not go with them. Raises Refused
    where who or why is empty, and where a line above was changed. Two writers at once take turns; a line is whole or not
    there.
    """
    if not who.strip() or not why.strip():
        raise Refused("a decision needs who decides and why; neither may be empty")
    try:
        f"{who}{why}".encode()
    except UnicodeEncodeError as error:
        raise Refused("who and why must be text in UTF-8") from error
    told = {"who": who.strip(), "who_is": "declared, not signed in", "why": why.strip()}
    line = {"at": datetime.now(UTC).isoformat(timespec="seconds"), **told, **what}
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{log}.jsonl").open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        above = file.read()
        if fault := _fault(above):
            raise Refused(f"{log}.jsonl: {fault}")
        if allowed:
            allowed(_lines(above))
        body = json.dumps(line, ensure_ascii=False).encode()
        line["chain"] = hashlib.sha256(above + body).hexdigest()
        file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return line


def broken(folder: Path) -> list[str]:
    """The logs of a folder that are not as they were written: which, and the first line that does not hold."""
    logs = sorted(folder.glob("*.jsonl")) if folder.is_dir() else []
    return [f"{log.name}: {fault}" for log in logs if (fault := _fault(log.read_bytes()))]


def verified(folder: Path, log: str) -> Lines:
    """The decisions of a log, oldest first. Raises Refused where it is not as this program wrote it."""
    if wrong := [fault for fault in broken(folder) if fault.startswith(f"{log}.jsonl")]:
        raise Refused(wrong[0])
    return ours(log, history(folder, log))


def ours(log: str, lines: Lines) -> Lines:
    """The same lines. Raises Refused where one is not chained to those above it, as `record` does."""
    if any("chain" not in line for line in lines):
        raise Refused(f"{log}.jsonl holds a line that this program did not write; restore the file from a copy")
    return lines


def _fault(content: bytes) -> str:
    """What is wrong with the bytes of a log; empty where each line holds. Lines from before there were chains stand first."""
    above, chained = hashlib.sha256(), False
    if content and not content.endswith(b"\n"):
        return "its last line is not whole; restore the file from a copy"
    for number, line in enumerate((line + b"\n" for line in content.split(b"\n")[:-1]), 1):
        told = CHAIN.search(line.rstrip(b"\n"))
        if told:
            held = above.copy()
            held.update(line[: told.start()] + b"}")
            if held.hexdigest() != told[1].decode():
                return f"line {number}, or one above it, is not as it was written; restore the file from a copy"
        elif line.strip() and (chained or b'"chain"' in line):
            return f"line {number} was not written by this program; restore the file from a copy"
        if line.strip() and not _is_object(line):
            return f"line {number} cannot be read; restore the file from a copy"
        chained = chained or bool(told)
        above.update(line)
    return ""


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def _lines(content: bytes) -> Lines:
    return [json.loads(line) for line in content.split(b"\n") if line.strip()]


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


def history(folder: Path, log: str, known_on: datetime | None = None) -> Lines:
    """Every line of a log (or those written up to known_on), oldest first; none where nobody has decided anything."""
    path = folder / f"{log}.jsonl"
    lines = _lines(path.read_bytes()) if path.exists() else []
    return [line for line in lines if known_on is None or datetime.fromisoformat(line["at"]) <= known_on]


def place_names(folder: Path, known_on: datetime | None = None) -> list[PlaceName]:
    """The decisions on names of places that stand, or stood at known_on, in order of name and source."""
    last: dict[tuple[str, str], dict[str, Any]] = {}
    for line in history(folder, PLACES, known_on):
        last[line["name"].lower(), line["source"]] = line
    standing = [line for _, line in sorted(last.items()) if line["decided"] != UNDO]
    return [PlaceName(line["name"], line["source"], line["geoid"], line["at"][:10]) for line in standing]


def text(names: Iterable[PlaceName], sources: Iterable[str] | None = None) -> str:
    """The decisions that hold for any of the sources (None: for whatever source), as text to compare or hash."""
    wanted = None if sources is None else {"", *sources}
    return "\n".join(repr(n) for n in names if wanted is None or n.source in wanted)

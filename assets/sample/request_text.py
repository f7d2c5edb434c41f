"""Requests as the desk's system exports them at one instant: every column as text, nothing from after the export."""

import re
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assets.sample import topics
from assets.sample.clock import Clock, instant
from assets.sample.desk import NEVER, Requests
from assets.sample.topics import TOPICS
from assets.sample.world import Bools, Ints, World, generator

COLUMNS = (
    "request_id", "city", "caller_type", "submitted_at", "topic", "status", "first_response_at", "resolved_at",
    "reopened_at", "withdrawn_at", "merged_at", "duplicate_of", "disposition", "replies", "channel", "priority",
    "is_test", "partner", "assigned_to", "subject", "question", "contact_name", "contact_email", "updated_at",
)  # fmt: skip
INSTANTS = (
    "submitted_at",
    "first_response_at",
    "resolved_at",
    "reopened_at",
    "withdrawn_at",
    "merged_at",
    "updated_at",
)


class Export:
    """What an export on `day` (its start, Eastern) shows of the requests. All arrays are aligned with requests."""

    def __init__(self, requests: Requests, day: date) -> None:
        r, self.until = requests, instant(day)
        self.requests = r
        closed_at, self.again = self.seen(r.closed_at), self.seen(r.again)
        reopened = self.seen(r.reopened)
        self.is_closed: Bools = ((closed_at < NEVER) & (reopened == NEVER)) | (self.again < NEVER)
        # The desk records some endings only as a status and the day of the last change.
        resolved = np.where(r.marked_only | (r.luck < 0.5), r.resolved, np.minimum(r.resolved, r.closes))
        merged = np.where(r.marked_only, NEVER, r.merged)
        response = self.seen(r.response)
        seen = [r.submitted, response, closed_at, reopened, self.again]
        self.times: dict[str, Ints] = {
            "submitted_at": r.submitted,
            "first_response_at": response,
            "resolved_at": self.seen(resolved),
            "reopened_at": reopened,
            "withdrawn_at": self.seen(r.withdrawn),
            "merged_at": self.seen(merged),
            "updated_at": np.maximum.reduce([np.where(at == NEVER, 0, at) for at in seen]),
        }
        self.ended: Bools = closed_at < NEVER
        # Only these may be touched later without moving the instant at which they were closed.
        told = (self.times["resolved_at"] < NEVER) & ~r.spam & (reopened == NEVER) & (response < NEVER)
        self.correctable: Bools = told

    def seen(self, at: Ints) -> Ints:
        """The instants before the export; NEVER for the others."""
        found: Ints = np.where(at < self.until, at, NEVER)
        return found


def request_id(position: int) -> str:
    """The desk's number of the request at this position."""
    return f"R{position + 1:07d}"


def texts(world: World, clock: Clock, export: Export, rows: Ints) -> pa.Table:
    """The given positions as a table of strings with COLUMNS; an empty cell is null."""
    r = export.requests
    # Words are drawn by position, so that a later export of a record repeats what an earlier one said.
    rng = generator(world.seed, "words")
    draws = rng.random((8, len(r)))[:, rows]
    topic, city = r.topic[rows], r.city[rows]
    columns = {
        "request_id": request_ids(rows),
        "city": _cities(world, city, draws[0] < 0.5),
        "caller_type": _words(topics.CALLERS, r.caller[rows]),
        "topic": _words([*(t.topic for t in TOPICS[:-1]), "misc"], topic),
        "status": _words(("open", "closed"), export.is_closed[rows].astype(np.int64)),
        "duplicate_of": _masked(
            request_ids(np.maximum(r.duplicate[rows], 0)), (r.duplicate[rows] >= 0) & export.ended[rows]
        ),
        "disposition": _masked(_words(topics.DISPOSITIONS, r.disposition[rows]), _has_disposition(export, rows)),
        "replies": _masked(_replies(export.times["first_response_at"][rows] < NEVER, draws[1]), draws[2] > 0.04),
        "channel": _pick(topics.CHANNELS, draws[3]),
        "priority": _pick(topics.PRIORITIES, draws[4] ** 2),
        "is_test": _words(("false", "true"), r.test[rows].astype(np.int64)),
        "partner": _words([t.partner for t in TOPICS], topic),
        "assigned_to": _words([f"{t.partner} desk" for t in TOPICS], topic),
        "subject": _sentences(topics.SUBJECTS, topic, draws[5]),
        "question": _sentences(topics.QUESTIONS, topic, draws[6]),
        "contact_name": _pick(topics.ROLES, draws[7]),
        "contact_email": _words([*(_address(place.short_name) for place in world.cities), "desk@caller.example"], city),
    }
    zoned = draws[0] * 10 % 1 < 0.7
    columns |= {name: iso(clock, export.times[name][rows], zoned) for name in INSTANTS}
    return pa.table({name: columns[name] for name in COLUMNS})


def iso(clock: Clock, at: Ints, zoned: Bools) -> pa.Array:
    """ISO 8601 in Eastern time, with the offset where zoned or where a time without one could be read twice."""
    known = np.where(at == NEVER, 0, at)
    offset = np.where(at == NEVER, 0, clock.offset(np.where(at == NEVER, instant(date(2014, 1, 2)), at)))
    local = pc.replace_substring(pa.array(known + offset).cast(pa.timestamp("s")).cast(pa.string()), " ", "T")
    said = zoned | clock.near_change(known)
    suffix = _words(("", "-04:00", "-05:00"), np.where(said, -offset // 3600 - 3, 0).clip(0, 2))
    return _masked(pc.binary_join_element_wise(local, suffix, ""), at != NEVER)


def _words(values: list[str] | tuple[str | None, ...], codes: Ints) -> pa.Array:
    """values[code] for each code; -1 takes the last."""
    whole = np.where(codes < 0, len(values) - 1, codes)
    return pa.array(values, pa.string()).take(pa.array(whole))


def _pick(values: tuple[str | None, ...], draw: np.ndarray) -> pa.Array:
    return _words(values, (draw * len(values)).astype(np.int64))


def _masked(values: pa.Array, keep: Bools) -> pa.Array:
    return pc.if_else(pa.array(keep), values, pa.scalar(None, values.type))


def request_ids(positions: Ints) -> pa.Array:
    """`request_id` of each position."""
    digits = pc.utf8_lpad(pa.array(positions + 1).cast(pa.string()), 7, padding="0")
    return pc.binary_join_element_wise("R", digits, "")


def _cities(world: World, city: Ints, by_name: Bools) -> pa.Array:
    """About half as GEOID, half as "Name, ST"; null for a caller without a city."""
    names = _words([*(f"{place.short_name}, {place.state}" for place in world.cities), ""], city)
    codes = _words([*(place.geoid for place in world.cities), ""], city)
    return _masked(pc.if_else(pa.array(by_name), names, codes), city >= 0)


def _has_disposition(export: Export, rows: Ints) -> Bools:
    """How it ended is known once the desk itself ended it: not for the withdrawn and the merged."""
    r = export.requests
    by_desk: Bools = (export.seen(np.minimum(r.resolved, r.closes)) < NEVER)[rows]
    return by_desk


def _replies(answered: Bools, draw: np.ndarray) -> pa.Array:
    return pa.array(np.where(answered, 1 + (draw**3 * 5).astype(np.int64), 0)).cast(pa.string())


def _sentences(templates: tuple[str, ...], topic: Ints, draw: np.ndarray) -> pa.Array:
    values = [template.format(t.title) for template in templates for t in TOPICS]
    return _words(values, (draw * len(templates)).astype(np.int64) * len(TOPICS) + topic)


def _address(name: str) -> str:
    return f"desk@{re.sub('[^a-z]+', '-', name.lower()).strip('-')}.example"

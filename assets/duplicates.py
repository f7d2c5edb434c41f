"""Requests that may say the same: suggested by their words for a person to confirm, and what persons have decided.

The words are personal: they are compared in the private warehouse and never leave this module. Nothing is merged
without a decision.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from rapidfuzz import fuzz, process, utils

from assets import decisions
from assets.decisions import Refused

LOG = "duplicates"
DUPLICATE, DISTINCT, UNDO = "duplicate", "distinct", "undo"
APART = timedelta(days=30)  # two requests further from each other are two questions
RECENT_DAYS = 180  # a closed request older than this is history
LEAST = 85  # of 100: below it two texts only share a subject
SHORTEST = 12  # characters: "Parking" and "Parking" need not be one question
CHUNK = 1000  # rows compared at once
TABLE = "request_id varchar, duplicate_of varchar, decided_at timestamp"
# The latest version of each request that may be one half of a pair, as staging.requests picks it.
CANDIDATES = f"""
    select c.request_id, c.city_id, c.topic, c.submitted_at, trim(concat_ws(' ', r.subject, r.question)) as words
    from core.requests as c
    cross join reference.params as p
    inner join raw.requests as r on r.request_id = c.request_id
    where c.is_canonical and c.city_id is not null
        and (c.status = 'open' or date_diff('day', c.submitted_on, p.as_of) <= {RECENT_DAYS})
    qualify row_number() over (
        partition by r.request_id
        order by r.updated_at desc nulls last, r._known_at desc nulls last, r._order desc nulls last, r._file desc,
            r._sha256 desc, r._row desc
    ) = 1
"""


@dataclass(frozen=True)
class Decided:
    """Request `request_id` is the same as the earlier `duplicate_of`; at: when a person said so (UTC)."""

    request_id: str
    duplicate_of: str
    at: datetime


@dataclass(frozen=True)
class Pair:
    """Two requests of one city and topic whose words agree; score: 0 to 100, duplicate_of: the earlier one."""

    request_id: str
    duplicate_of: str
    city_id: str
    topic: str
    submitted_on: date
    earlier_on: date
    score: int


def decide(folder: Path, request_id: str, duplicate_of: str, decided: str, who: str, why: str) -> dict[str, Any]:
    """Records what two requests are to each other: DUPLICATE, DISTINCT, or UNDO; returns the line as written.

    Raises Refused where they are one request, nobody decides, nothing is there to undo, or the decisions would go in a
    circle.
    """
    if request_id == duplicate_of:
        raise Refused(f"{request_id} is one request; name two")
    standing = _standing(folder)
    if decided == UNDO and frozenset((request_id, duplicate_of)) not in standing:
        raise Refused(f"nothing is decided of {request_id} and {duplicate_of}, so that there is nothing to undo")
    if decided == DUPLICATE:
        others = {d.request_id: d.duplicate_of for d in confirmed(folder)}
        if others.get(request_id, duplicate_of) != duplicate_of:
            raise Refused(f"{request_id} is already decided to be {others[request_id]}; undo that first")
        if _last(duplicate_of, others) == request_id:
            raise Refused(f"{duplicate_of} is already decided to be {request_id}; undo that first")
    return decisions.record(folder, LOG, who, why, decided=decided, request_id=request_id, duplicate_of=duplicate_of)


def confirmed(folder: Path, known_on: datetime | None = None) -> list[Decided]:
    """The duplicates that stand, or stood at known_on, as they were decided, in order of request."""
    lines = [line for line in _standing(folder, known_on).values() if line["decided"] == DUPLICATE]
    found = [Decided(n["request_id"], n["duplicate_of"], datetime.fromisoformat(n["at"])) for n in lines]
    return sorted(found, key=lambda d: d.request_id)


def build(connection: duckdb.DuckDBPyConnection, decided: Iterable[Decided]) -> None:
    """(Re)makes reference.decided_duplicates, where a duplicate of a duplicate is one of the first."""
    known = list(decided)
    others = {d.request_id: d.duplicate_of for d in known}
    connection.execute("create schema if not exists reference")
    connection.execute(f"create or replace table reference.decided_duplicates ({TABLE})")
    rows = [(d.request_id, _last(d.duplicate_of, others), d.at.replace(tzinfo=None)) for d in known]
    if rows:
        connection.executemany("insert into reference.decided_duplicates values (?, ?, ?)", rows)


def suggest(connection: duckdb.DuckDBPyConnection, folder: Path, limit: int | None = None) -> list[Pair]:
    """Pairs that nobody has decided on, the likest first: open or recent, canonical, of one city and topic, at most 30
    days apart. `connection` is on a warehouse that a run has filled; folder: of the decisions."""
    decided = set(_standing(folder))
    rows = connection.execute(f"select * from ({CANDIDATES}) order by city_id, topic, submitted_at, request_id")
    blocks: dict[tuple[str, str], list[tuple[str, datetime, str]]] = {}
    for request_id, city_id, topic, submitted_at, words in rows.fetchall():
        text = utils.default_process(words)
        if len(text) >= SHORTEST:
            blocks.setdefault((city_id, topic), []).append((request_id, submitted_at, text))
    found = [
        Pair(later[0], earlier[0], *block, later[1].date(), earlier[1].date(), score)
        for block, requests in blocks.items()
        for earlier, later, score in _alike(requests)
        if frozenset((later[0], earlier[0])) not in decided
    ]
    found.sort(key=lambda p: (-p.score, p.duplicate_of, p.request_id))
    return found[:limit]


def _alike(
    requests: list[tuple[str, datetime, str]],
) -> Iterable[tuple[tuple[str, datetime, str], tuple[str, datetime, str], int]]:
    """Earlier, later and score of each pair near enough in time and words; `requests` in order of time."""
    times = np.array([r[1] for r in requests], dtype="datetime64[us]")
    texts = [r[2] for r in requests]
    for start in range(0, len(requests), CHUNK):
        end = min(start + CHUNK, len(requests))
        until = int(np.searchsorted(times, times[end - 1] + np.timedelta64(APART), side="right"))
        scores = process.cdist(
            texts[start:end], texts[start:until], scorer=fuzz.token_sort_ratio, score_cutoff=LEAST, dtype=np.uint8
        )
        for row, column in zip(*np.nonzero(scores), strict=True):
            one, other = start + int(row), start + int(column)
            if one < other and requests[other][1] - requests[one][1] <= APART:
                yield requests[one], requests[other], int(scores[row, column])


def _standing(folder: Path, known_on: datetime | None = None) -> dict[frozenset[str], dict[str, Any]]:
    """The last line on each pair (up to known_on), those undone left out."""
    last = {frozenset((n["request_id"], n["duplicate_of"])): n for n in decisions.history(folder, LOG, known_on)}
    return {pair: line for pair, line in last.items() if line["decided"] != UNDO}


def _last(request_id: str, others: dict[str, str]) -> str:
    """The request at the end of a chain of duplicates; a circle, which only two writers at once can make, has none."""
    seen = {request_id}
    while (request_id := others.get(request_id, request_id)) not in seen:
        seen.add(request_id)
    return request_id

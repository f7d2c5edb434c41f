"""Open311 GeoReport v2 answers and bulk files as `requests`, and service lists as `open311_services`.

Fields and the two states of v2: open311.org, GeoReport v2 and GeoReport Bulk. The other states: mySociety's FixMyStreet,
where an internal referral ends a report; and words that desks use for the same.
"""

import fnmatch
import re
from collections.abc import Iterator
from typing import Any

import duckdb

from assets.raw import json_rows, open311_answers, tabular
from assets.raw.casts import name, quote
from assets.raw.open311_answers import CANONICAL, Answer, fold
from assets.raw.reading import Fault, Landed, NotNeeded, Parsed

OPEN = [
    *("open", "investigating", "in_progress", "planned", "action_scheduled", "for_triage", "processing", "hold"),
    *("new", "received", "acknowledged", "assigned", "pending", "on_hold", "reopened"),
]
ENDS: dict[str, dict[str, str]] = {  # contract columns by state, as `values:` of a mapping.yml would say it
    "closed": {},
    "completed": {},
    "resolved": {},
    "no_further_action": {},
    "fixed": {"disposition": "answered"},
    "internal_referral": {"disposition": "referred"},
    "not_councils_responsibility": {"disposition": "out_of_scope"},
    "duplicate": {"duplicate_of": "unknown"},
    "cancelled": {"withdrawn": "yes"},
    "canceled": {"withdrawn": "yes"},
}
STATES = {word: {"status": "open"} for word in OPEN} | {word: {"status": "closed", **e} for word, e in ENDS.items()}
CLOSING = ["closed_datetime", "closed_date"]
SOURCES = {  # the fields that each column of the contract is read from
    "request_id": ["service_request_id"],
    "submitted_at": ["requested_datetime"],
    "updated_at": ["updated_datetime"],
    "topic": ["service_name"],
    "partner": ["agency_responsible"],
    "question": ["description"],
    "channel": ["channel", "source"],
    "status": ["status", "status_description"],
    "disposition": [],
    "resolved_at": CLOSING,
    "withdrawn_at": [],
    "duplicate_of": ["duplicate", "parent_service_request_id"],
    "caller_type": [],
}
LIFTED = {"channel", "duplicate", "parent_service_request_id"}  # out of extended_attributes
IGNORED = {  # places, media, questions and answers, free text: no figure needs them, and they may be personal
    "requests": {"address", "address_id", "zipcode", "lat", "long", "lon", "media_url", "notes"}
    | {"attributes", "extended_attributes"},
    "open311_services": {"description"},
}
ACKNOWLEDGED = {"service_request_id", "service_notice", "account_id", "token"}
SHOWN = re.compile(
    r"[^\W\d_][^\W\d]*(?:[ /()-]+[^\W\d]+)*[)]?"
)  # letters only: a word of state that a reason may quote
PROCESSING = "a service_request_id; a request that the server is still processing has none: ask again later"
UNTIMED = "a requested_datetime; without it the request has no place in time: ask the server for it"
UNKNOWN = f"one of {', '.join(STATES)}; say what another word means in mapping.yml, such as values: {{status: {{Done: closed}}}}"


def read(landed: Landed, connection: duckdb.DuckDBPyConnection) -> Parsed | None:
    """Rows of `requests` or `open311_services`, `_row` their position; None where the bytes are not Open311.

    What mapping.yml mentions (`landed.options`: columns, constants, words of status) is left to it, under the field's own
    name. Raises Unreadable for a server's error, NotNeeded for answers without rows (definitions, tokens, POST answers).
    """
    answer = open311_answers.read(landed)
    if answer is None:
        return None
    ignored: dict[str, None] = {}
    asked = set(landed.options.get("columns") or {})
    rows = json_rows.table(json_rows.records(_flat(answer, asked, ignored), answer.rejects))
    tabular.refuse_repeated(column for column in rows.column_names if column != "_row")
    facts = {"ignored": ", ".join(ignored)} if ignored else {}
    relation = connection.from_arrow(rows)
    if answer.table == "open311_services":
        folder = "/".join(landed.name.split("/")[1:-1])
        jurisdiction = landed.options.get("jurisdiction") or folder
        facts |= {"jurisdiction": jurisdiction} if jurisdiction else {}
        return Parsed(answer.table, relation, first_row=1, rejects=answer.rejects, facts=facts)
    if rows.num_rows and set(rows.column_names) - {"_row"} <= ACKNOWLEDGED:
        raise NotNeeded(
            "the answer to a new request or about a token: an id and no time; ask the server for the request"
        )
    if rows.num_rows:
        relation, told = _contract(relation, landed.options, answer.rejects)
        facts |= told
    return Parsed("requests", relation, first_row=1, rejects=answer.rejects, facts=facts)


def _flat(answer: Answer, asked: set[str], ignored: dict[str, None]) -> Iterator[tuple[int, Any]]:
    """Records under the standard's names; extensions that are read are lifted, places and media left out and named."""
    known: dict[str, str] = {}
    for number, record in answer.records:
        if not isinstance(record, dict):
            yield number, record
            continue
        flat: dict[str, Any] = {}
        for key, value in record.items():
            if key not in known:
                known[key] = key if key in asked else CANONICAL.get(fold(key)) or key
            column = known[key]
            if column == "extended_attributes" and isinstance(value, dict):
                flat = {k: _plain(v) for k, v in value.items() if k in LIFTED} | flat
            if column in IGNORED[answer.table] and key not in asked:
                ignored[column] = None
            elif flat.get(column) is None:
                flat[column] = _plain(value)
        yield number, flat


def _plain(value: Any) -> Any:
    """A value out of the list or object that a server wraps it in: ["open"], {"recipient": ["Works"]}."""
    if isinstance(value, dict) and len(value) == 1:
        return _plain(next(iter(value.values())))
    if isinstance(value, list) and not any(isinstance(v, dict | list) for v in value):
        return ", ".join(filter(None, map(json_rows.text, value))) or None
    return value


def _contract(
    rows: duckdb.DuckDBPyRelation, options: dict[str, Any], rejects: list[Fault]
) -> tuple[duckdb.DuckDBPyRelation, dict[str, str]]:
    """The columns of the contract and those that nothing read, and facts to tell. Rows without a place go to rejects."""
    columns = options.get("columns") or {}
    targets = {t for ours in columns.values() for t in ([ours] if isinstance(ours, str) else ours)}
    theirs = targets | set(columns) | set(options.get("constants") or {})

    def given(fields: list[str]) -> str:
        there = [name(f) for f in fields if f in rows.columns]
        return f"coalesce({', '.join(there)})" if there else "null::varchar"

    word, closing = given(SOURCES["status"]), given(CLOSING)
    mapped = (options.get("values") or {}).get("status") or {}
    words = [w for (w,) in rows.project(f"{word} as word").distinct().fetchall() if w and "status" not in theirs]
    left = [w for w in words if any(w == t or fnmatch.fnmatchcase(w, t) for t in mapped)]
    known = {w: STATES[s] for w in words if w not in left and (s := re.sub(r"[\s_-]+", "_", w.lower())) in STATES}
    unknown = _in(word, [w for w in words if w not in known and w not in left])

    def by_word(column: str, otherwise: str = "null::varchar") -> str:
        arms = " ".join(f"when {word} = {quote(w)} then {quote(s[column])}" for w, s in known.items() if column in s)
        return f"case {arms} else {otherwise} end" if arms else otherwise

    is_open, is_withdrawn = f"{by_word('status')} = 'open'", f"{by_word('withdrawn')} = 'yes'"
    is_duplicate = (
        f"lower({given(['duplicate'])}) in ('true', 't', 'yes', 'y', '1') or {by_word('duplicate_of')} = 'unknown'"
    )
    worked_out = {
        "status": by_word("status", word),
        "disposition": by_word("disposition"),
        "resolved_at": f"case when {is_open} or {is_withdrawn} then null else {closing} end",
        "withdrawn_at": f"case when {is_withdrawn} then coalesce({closing}, {given(['updated_datetime'])}) end",
        "duplicate_of": f"case when {is_duplicate} then coalesce({given(['parent_service_request_id'])}, 'unknown') end",
        "caller_type": "'other'",  # residents: no city government asks
    }
    ours = {
        column: worked_out.get(column, given(fields))
        for column, fields in SOURCES.items()
        if column not in theirs and not set(fields) & set(columns)
    }
    if {"city", "caller_type"} & (theirs | set(rows.columns)):
        ours.pop("caller_type", None)
    read = {field for column in ours for field in SOURCES[column]} - set(columns)
    kept = [c for c in rows.columns if c not in read and c not in ours]
    faults = {
        ("service_request_id", PROCESSING): f"{ours.get('request_id', quote(''))} is null",
        ("requested_datetime", UNTIMED): f"{ours.get('submitted_at', quote(''))} is null",
        ("status", UNKNOWN): unknown,
    }
    arms = " ".join(f"when {test} then {at}" for at, test in enumerate(faults.values()))
    judged = rows.project(f"*, case {arms} end as _fault")
    for row, at, found in judged.filter("_fault is not null").project(f"_row, _fault, {word}").fetchall():
        column, expected = list(faults)[at]
        shown = "nothing"
        if column == "status":
            shown = found[:80] if SHOWN.fullmatch(found[:80]) else "a word that is not shown"
        rejects.append(Fault(row, column, shown, expected))
    (unread,) = judged.filter(f"_fault is null and {is_open} and {closing} is not null").shape[:1]
    facts = {"closing_times_of_open_requests": f"{unread} not read"} if unread else {}
    select = ", ".join([*(f"{text} as {name(c)}" for c, text in ours.items()), *map(name, kept)])
    return judged.filter("_fault is null").project(select), facts


def _in(text: str, words: list[str]) -> str:
    return f"{text} in ({', '.join(map(quote, words))})" if words else "false"

"""What an Open311 server answered, or a bulk file gave, as numbered records: XML, JSON and CSV."""

import csv
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from assets.raw import json_rows, limits, open311_xml, tabular
from assets.raw.delimited import DELIMITERS, plain
from assets.raw.reading import Fault, Landed, NotNeeded, Unreadable
from assets.raw.set_aside import TELEPHONE, WITHHELD

NAMES = [  # fields and wrappers of the two standards and of their extensions
    *("service_request_id", "token", "account_id", "service_code", "service_name", "service_subtype", "description"),
    *("status", "status_description", "status_notes", "agency_responsible", "service_notice", "source", "channel"),
    *("requested_datetime", "updated_datetime", "closed_datetime", "closed_date", "expected_datetime", "duplicate"),
    *("parent_service_request_id", "address", "address_id", "zipcode", "lat", "long", "lon", "media_url", "notes"),
    *("attributes", "extended_attributes", "metadata", "type", "keywords", "group", "jurisdiction_id", "code", "error"),
    *("errors", "endpoints", "service_definition", *open311_xml.LISTS, *open311_xml.RECORDS),
]
SIGN = re.compile(
    rb'"(service_?(request_?id|requests?"|code|name|definition)|services?"|requests?"|requested_?date|errors?"|code"|token"|endpoints)',
    re.IGNORECASE,
)
HTTP = re.compile(rb"\s*HTTP/[0-9.]+ ([0-9]{3})[^\n]*\n(?:[^\n<{\[]*[^\s<{\[][^\n]*\n)*\s*")
SECRET = re.compile(r"[A-Za-z0-9_-]{20,}")  # a key that the server repeats
SAID = 160  # characters of a server's words that a message quotes
KNOWN = {  # of the roots of answers that hold no rows
    "service_definition": "the definition of one service (its questions and choices)",
    "discovery": "a discovery document (where the server's endpoints are)",
    "service_requests_updates": "updates of requests; their state is read from the requests themselves",
    "service_request_updates": "updates of requests; their state is read from the requests themselves",
}
TIMES = ("requested_datetime", "updated_datetime", "closed_datetime", "closed_date")
Records = Iterator[tuple[int, Any]]


def fold(name: str) -> str:
    """Names are matched without case, spaces or punctuation."""
    return "".join(c for c in name.lower() if c.isalnum())


CANONICAL = {fold(name): name for name in NAMES}


@dataclass(frozen=True)
class Answer:
    """table: requests or open311_services. records: numbered from 1, each an object (a dict). rejects fill meanwhile."""

    table: str
    records: Records
    rejects: list[Fault]


def read(landed: Landed) -> Answer | None:
    """The records of an Open311 file; None where it is none.

    Raises Unreadable for a server's error, with its code and words, and for other XML; NotNeeded for answers without rows.
    """
    path, start = plain(landed.path), tabular.head(landed.path)
    http = HTTP.match(start)
    if http:
        path = _without(path, http.end())
        start = start[http.end() :] or b" "
    wide = "utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else None
    encoding = landed.options.get("encoding") or wide
    rejects: list[Fault] = []
    shown = start.decode(wide or "utf-8-sig", "ignore").lstrip()
    if shown.startswith("<"):
        return _xml(path, encoding, rejects, shown)
    if shown[:1] in ("[", "{") and (http or SIGN.search(start)):
        answer = _json(json_rows.items(path, encoding or "utf-8", rejects), rejects)
    elif {"servicerequestid", "requesteddatetime"} <= set(map(fold, re.split(f"[{DELIMITERS}\n]", shown[:4096]))):
        answer = Answer("requests", _csv(path, encoding or "utf-8-sig", shown, rejects), rejects)
    else:
        answer = None
    if http and (answer is None or http[1] >= b"400"):
        raise Unreadable(f"the server answered with HTTP status {http[1].decode()} and no requests; ask it again")
    return answer


def _without(path: Path, header: int) -> Path:
    """A copy of an answer that was kept with its HTTP header, less the header."""
    body = limits.scratch() / "body"
    with path.open("rb") as file:
        file.seek(header)
        body.write_bytes(file.read())
    return body


def _xml(path: Path, encoding: str | None, rejects: list[Fault], shown: str) -> Answer:
    if re.match(r"<!doctype html|<html", shown, re.IGNORECASE):
        raise Unreadable(
            "a web page in place of an Open311 answer; expected XML, JSON or CSV; ask the server for one of them"
        )
    root, found = open311_xml.read(path, encoding)
    if root in ("errors", "error"):
        raise _refused([value for _, value in found])
    if root in KNOWN:
        raise NotNeeded(KNOWN[root])
    if root not in open311_xml.LISTS | open311_xml.RECORDS:
        raise Unreadable(f"XML whose root is {root[:40]!r}; expected an Open311 answer: service_requests or services")
    table = "open311_services" if root in ("services", "service") else "requests"
    return Answer(table, _elements(found, rejects), rejects)


def _elements(found: Iterable[tuple[str, Any]], rejects: list[Fault]) -> Records:
    for number, (name, value) in enumerate(found, start=1):
        if name in ("error", "errors"):
            raise _refused([value])
        if name in open311_xml.RECORDS:
            yield number, value or {}
        else:
            rejects.append(Fault(number, None, "an element of another kind", "a request or a service"))


def _json(found: Records, rejects: list[Fault]) -> Answer | None:
    first = next(found, None)
    if first is None:
        return None
    if first[0] == 1 and isinstance(first[1], dict):
        inner = _opened(first[1])
        if inner is not first[1]:
            found = enumerate(inner if isinstance(inner, list) else [inner], start=1)
            first = next(found, None)
            if first is None:
                return Answer("requests", found, rejects)
    names = {CANONICAL.get(fold(key), key) for key in first[1]} if isinstance(first[1], dict) else set()
    found = chain([first], found)
    if "update_id" in names:
        raise NotNeeded(KNOWN["service_request_updates"])
    if names & {"service_request_id", "requested_datetime"} or "token" in names:
        return Answer("requests", found, rejects)
    if "service_code" in names and "attributes" in names and "service_name" not in names:
        raise NotNeeded(KNOWN["service_definition"])
    if {"service_code", "service_name"} <= names:
        return Answer("open311_services", found, rejects)
    if names & {"endpoints", "discovery"}:
        raise NotNeeded(KNOWN["discovery"])
    if names & {"code", "error", "errors"} and names <= {"code", "description", "message", "status", "error", "errors"}:
        raise _refused([item for _, item in found])
    return None


def _opened(item: Any) -> Any:
    """What an envelope holds: the list below service_requests, requests or services, or below the one in the other."""
    while isinstance(item, dict):
        folded = {CANONICAL.get(fold(key), key): value for key, value in item.items()}
        lists = open311_xml.LISTS | open311_xml.RECORDS | {"service_definition"}
        held = [value for key, value in folded.items() if key in lists and isinstance(value, list | dict)]
        if "service_request_id" in folded or len(held) != 1:
            return item
        item = held[0]
    return item


def _refused(errors: list[Any]) -> Unreadable:
    """The server's own code and words, of bounded length, without what may be personal or a key."""
    told = []
    for error in _leaves(errors):
        words = " ".join(error.split())
        private = "@" in words or re.search(TELEPHONE, words)
        told.append(WITHHELD if private else SECRET.sub("…", words))
    said = ": ".join(told)[:SAID] or "no reason given"
    return Unreadable(f"the server answered with an error in place of rows: {said}; mend the query and ask again")


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _leaves(inner)
    elif value is not None:
        yield str(value)


def _csv(path: Path, encoding: str, shown: str, rejects: list[Fault]) -> Records:
    """Rows of a bulk file, numbered as a spreadsheet does. A quote in an unquoted cell is a character of it."""
    csv.field_size_limit(sys.maxsize)  # a long cell is a cell
    delimiter = max(DELIMITERS, key=shown.partition("\n")[0].count)
    with path.open(encoding=encoding, errors="surrogateescape", newline="") as file:
        header: list[str] = []
        times: list[int] = []  # the bulk standard's own example has a time with a quote behind it and none before
        for number, cells in enumerate(csv.reader(file, delimiter=delimiter), start=1):
            while cells and not cells[-1].strip() and len(cells) > len(header) > 0:
                cells.pop()  # a stray delimiter at the end of the line
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = [name.strip() or f"column {at}" for at, name in enumerate(cells, start=1)]
                tabular.refuse_repeated(header)
                times = [at for at, name in enumerate(header) if CANONICAL.get(fold(name)) in TIMES]
            elif len(cells) != len(header):
                wanted = (
                    f"{len(header)} columns, as in the header; close each quote, and quote cells with the delimiter"
                )
                rejects.append(Fault(number, None, f"{len(cells)} columns", wanted))
            elif not "".join(cells).isascii() and any("\udc80" <= c <= "\udcff" for c in "".join(cells)):
                wanted = "UTF-8; send it as UTF-8, or declare `encoding: latin-1` in mapping.yml"
                rejects.append(Fault(number, None, "bytes that are not UTF-8", wanted))
            else:
                for at in times:
                    cells[at] = cells[at].rstrip('"')
                yield number, dict(zip(header, cells, strict=True))

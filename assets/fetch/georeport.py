"""Answers of an Open311 GeoReport v2 server: how many requests they have and which; or the error that they tell."""

import json
import re
from dataclasses import dataclass
from html import unescape

from assets.fetch.http import Refused

ID = re.compile(
    r'"service_request_id"\s*:\s*\[?\s*("(?:[^"\\]|\\.)*"|[^\s,}\]]+)'
    r"|<service_request_id\s*(?:/>|>([^<]*)</service_request_id>)"
)
FAULT = re.compile(r"<errors?\b.*?>(.*)</errors?>", re.DOTALL)


@dataclass(frozen=True)
class Page:
    """One answer: how many requests it has, and their ids (a request that is still being processed has none)."""

    content: bytes
    count: int
    ids: frozenset[str]


def read(content: bytes, url: str) -> Page:
    """An answer to requests.json or .xml. Ids are looked for in the text, for some servers' JSON is not valid.

    Raises Refused with the server's own words for an error, and where it is no list of requests.
    """
    text = content.decode("utf-8-sig", "replace").strip()
    found = [(in_json or in_xml).strip('" \n') for in_json, in_xml in ID.findall(text)]
    listed = _listed(text)
    if not found and (said := _fault(text)):
        raise Refused(f"{url} answered with an error: {said}")
    if not found and listed is None:
        raise Refused(
            f"{url} answered with something other than a list of requests; does it speak Open311 GeoReport v2?"
        )
    return Page(content, listed or len(found), frozenset(i for i in found if i and i != "null"))


def _listed(text: str) -> int | None:
    """How many requests a list has, those without an id too; None where it is no list or not valid."""
    if text.startswith("<"):
        return len(re.findall(r"<(?:service_)?request[\s>]", text)) if "<service_requests" in text else None
    try:
        sent = json.loads(text)
    except ValueError:
        return None
    if isinstance(sent, dict) and "service_request_id" in sent:
        return 1
    held = sent.values() if isinstance(sent, dict) else [sent]
    lists = [v for v in held if isinstance(v, list)]
    return len(lists[0]) if len(lists) == 1 else None


def _fault(text: str) -> str:
    """The code and description of an error body, on one short line; empty where it is none."""
    said = ""
    if match := FAULT.search(text):
        said = unescape(re.sub(r"<[^>]*>", " ", match[1]))
    elif '"description"' in text and '"code"' in text:
        parts = re.findall(r'"(?:code|description)"\s*:\s*("(?:[^"\\]|\\.)*"|[^\s,}\]]+)', text)
        said = " ".join(part.strip('"') for part in parts)
    return " ".join(said.split())[:300]

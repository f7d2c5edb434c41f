"""Ids, states, nouns and names of cities as words; part of format.py, which pages and reports use."""

from collections.abc import Mapping
from typing import Any

Row = Mapping[str, Any]
NONE = "\N{EM DASH}"
LEGAL_SUFFIXES = ("city", "town", "village", "borough", "municipality", "township")
PHRASES = {
    "cross_cutting": "Cross-cutting",
    "population_change_2000_2010_pct": "Population change, 2000 to 2010",
    "noncollege_poverty_pct": "Noncollege poverty",
}
TOKENS = {"usd": "dollars", "pct": "percent"} | {name: name.upper() for name in ("cdbg", "esg", "home", "hopwa")}

STATE_WORDS = {
    "withheld": "Withheld",
    "suppressed": "Suppressed by the publisher",
    "not_reported": "Not reported",
    "not_computable": "Not computable",
    "not_reached": "Not reached",
    "not_due": "Not yet due",
    "absent": "None recorded",
    "not_published": "Not published",
}
SINGULAR = {
    "cities": "city",
    "requests": "request",
    "questions": "question",
    "engagements": "engagement",
    "milestones": "milestone",
    "targets": "target",
    "applications": "application",
    "pairs": "pair",
    "events": "event",
    "reports": "report",
    "things": "thing",
    "days": "day",
    "weeks": "week",
}


def words(identifier: str | None) -> str:
    """An id as words: economic_development -> Economic development, cdbg_usd -> CDBG dollars."""
    if identifier is None:
        return NONE
    if identifier in PHRASES:
        return PHRASES[identifier]
    text = " ".join(TOKENS.get(token, token) for token in identifier.split("_"))
    return text[:1].upper() + text[1:]


def city(row: Row) -> str:
    """Memphis, TN, from a row of `cities`, whose names may carry the legal suffix of the Census ('Memphis city')."""
    place, _, suffix = str(row["name"]).rpartition(" ")
    return f"{place if place and suffix in LEGAL_SUFFIXES else row['name']}, {row['state']}"

"""The finding of a page in one or two sentences, by rules from its rows. Numbers are taken, never worked out."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboards import format as fmt
from dashboards.figure import BEFORE

Row = Mapping[str, Any]


def join(*parts: str) -> str:
    """Sentences as one paragraph; empty ones are left out."""
    return " ".join(part for part in parts if part)


def reach(row: Row, before: Row | None, when: str) -> str:
    """How many cities used a service: '31 of 50 eligible cities used the desk in FY2015 Q2, up from 27 of 48 …'."""
    if not fmt.k_of_n(row):
        return f"How many cities used the desk in {when} is {_missing(row)}."
    said = f"{fmt.k_of_n(row)} eligible cities used the desk in {when}"
    if before is None or not fmt.k_of_n(before):
        return said + "."
    was, now = before["numerator"], row["numerator"]
    verb = "up from" if now > was else "down from" if now < was else "as against"
    return f"{said}, {verb} {fmt.k_of_n(before)} {BEFORE.get(str(row.get('period_type')), 'before')}."


def on_time(row: Row) -> str:
    """What share of the answers due came on time, and whether that changed."""
    counted = fmt.k_of_n(row)
    match row["state"]:
        case "value":
            return f"{fmt.percent(row['value'])} of the answers due came on time ({counted}){_moved(row)}."
        case "withheld":
            return f"{counted} answers due came on time: too few for a percentage."
        case "not_computable" | "not_due" | "absent":
            return "No answer was due."
    return f"Whether answers came on time is {_missing(row)}."


def _moved(row: Row) -> str:
    change, before = fmt.change(row), BEFORE.get(str(row.get("period_type")))
    if not change or not before:
        return ""
    return f", {change[0].lower()}{change[1:]} from {before}"


def _missing(row: Row) -> str:
    word = fmt.STATE_WORDS.get(row["state"], "not known").lower()
    return "not in this release" if row["state"] == "absent" else word


def city(name: str, created: Row, answered: Row, when: str) -> str:
    """What a city asked in a period and whether the answers came on time."""
    if created["state"] not in ("value", "absent"):
        return f"What {name} asked the desk in {when} is {_missing(created)}."
    if not created.get("value"):
        return (
            f"{name} asked the desk nothing in {when}."
            if created["state"] == "value"
            else (f"No request of {name} is on record for {when}.")
        )
    asked = fmt.quantity(created["value"], "requests")
    return join(f"{name} sent the desk {asked} in {when}.", on_time(answered))


def topics(rated: Sequence[Row], when: str) -> str:
    """The topics answered on time most and least often, of `rated`: on_time_pct rows that have a value, ascending."""
    if not rated:
        return f"No topic had ten or more answers due in {when}, so no percentage is given: the counts are below."
    low, high = rated[0], rated[-1]
    if low["topic"] == high["topic"]:
        return f"{fmt.words(low['topic'])} is the one topic with ten or more answers due in {when}. {on_time(low)}"
    overlap = _overlap(low, high)
    return join(
        f"In {when} answers on {_topic(high)} came on time most often ({fmt.percent(high['value'])}, "
        f"{fmt.k_of_n(high)}), those on {_topic(low)} least often ({fmt.percent(low['value'])}, {fmt.k_of_n(low)}).",
        "Their intervals overlap: the order is not certain." if overlap else "",
    )


def _overlap(low: Row, high: Row) -> bool:
    top, bottom = low.get("ci_high"), high.get("ci_low")
    return top is None or bottom is None or top >= bottom


def _topic(row: Row) -> str:
    return "unclassified questions" if row["topic"] == "unclassified" else fmt.words(row["topic"]).lower()


def funding(lines: Mapping[str, Any], day: str) -> str:
    """The federal share spent against what was authorized; `lines` maps 10a … 10o to dollars or None."""
    spent, authorized, left = lines.get("10e"), lines.get("10d"), lines.get("10h")
    if spent is None:
        return f"No expenditure is on record up to {day}."
    of = "" if authorized is None else f" of {fmt.money(authorized)} authorized"
    rest = "" if left is None else f" {fmt.money(left)} is neither spent nor obligated."
    return f"By {day} the federal share spent was {fmt.money(spent)}{of}.{rest}"


def where_next(waiting: int, unsure: int, first: Row | None) -> str:
    """How many eligible cities are not yet served, which comes first by the rule, how many cannot be judged."""
    one = waiting == 1
    said = f"{fmt.number(waiting)} eligible cit{'y has' if one else 'ies have'} not been served yet."
    lead = (
        ""
        if first is None
        else (
            f"{fmt.city(first)} comes first in order of need: it meets {fmt.number(first['criteria_met'])} of the "
            f"{fmt.number(first['criteria_known'])} criteria for which there is data."
        )
    )
    also = (
        ""
        if not unsure
        else (f"For {fmt.number(unsure)} of them the rule cannot say: a figure is missing, which is not a no.")
    )
    return join(said, lead, also)


def quality(files: int, with_rows_aside: int, refused: int, failed: int, checks: int) -> str:
    """How many files came in, how many had rows set aside or were refused, how the checks ended."""
    came = f"{fmt.number(files)} file{'' if files == 1 else 's'} came in"
    aside = f"{fmt.number(with_rows_aside)} had rows set aside" if with_rows_aside else "no row was set aside"
    bad = f", {fmt.number(refused)} could not be read" if refused else ""
    ended = (
        f"All {fmt.number(checks)} checks passed."
        if not failed
        else (f"{fmt.number(failed)} of {fmt.number(checks)} checks did not pass.")
    )
    return join(f"{came}; {aside}{bad}.", ended if checks else "")

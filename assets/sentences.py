"""The finding of a page in one or two sentences, by rules from its rows. Numbers are taken, never worked out."""

from collections.abc import Mapping, Sequence
from typing import Any

from assets import format as fmt

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
    return f"{said}, {verb} {fmt.k_of_n(before)} {fmt.BEFORE.get(str(row.get('period_type')), 'before')}."


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
    change, before = fmt.change(row), fmt.BEFORE.get(str(row.get("period_type")))
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


def responsiveness(answered: Row, waited: Row, still: Row, when: str) -> str:
    """Whether answers came on time in a period, how long half of the questions waited, and what is open."""
    said = on_time(answered)
    lead = f"In {when}, {said[0].lower()}{said[1:]}"
    half = f"Half of the questions had a first reply within {fmt.value(waited)}." if waited["state"] == "value" else ""
    left = ""
    if still["state"] == "value":
        n = fmt.number(still["value"])
        left = f"{n} request{' was' if n == '1' else 's were'} open at the end."
    return join(lead, half, left)


def satisfaction(row: Row, statement: Row | None) -> str:
    """What may be said of satisfaction: the statement of the release, which those who did not answer can downgrade."""
    if statement is not None:
        bounds = ""
        if statement.get("low_pct") is not None and statement.get("high_pct") is not None:
            low, high = fmt.percent(statement["low_pct"]), fmt.percent(statement["high_pct"])
            bounds = f"Had everybody answered, between {low} and {high} would have been satisfied."
        return join(str(statement["statement"]), bounds)
    match row["state"]:
        case "value":
            return f"{fmt.k_of_n(row)} who answered the survey were satisfied."
        case "withheld":
            return f"{fmt.k_of_n(row)} who answered the survey were satisfied: too few for a percentage."
    return "What callers thought of the answers is not known: no survey is on record."


def engagements(active: Row, late: int | None, ahead: int | None, when: str) -> str:
    """How many engagements were under way in a period, and which milestones need somebody now."""
    if active["state"] == "value":
        n = fmt.number(active["value"])
        said = f"{n} engagement{' was' if n == '1' else 's were'} under way in {when}."
    else:
        said = f"How many engagements were under way in {when} is {_missing(active)}."
    if late is None or ahead is None:
        return said
    overdue = (
        f"{fmt.quantity(late, 'milestones')} {'is' if late == 1 else 'are'} late" if late else "No milestone is late"
    )
    due = f"{fmt.number(ahead) if ahead else 'none'} come{'s' if ahead == 1 else ''} due in the 30 days after the as-of date"
    return join(said, f"{overdue} and {due}.")


def peers(peer: Row, library: Row, alone: int | None, when: str) -> str:
    """How many eligible cities met peers and used the library, and how many have never met another city."""
    parts = []
    for row, verb in ((peer, "came to a peer event"), (library, "used the library")):
        counted = fmt.k_of_n(row)
        parts.append(f"{counted} eligible cities {verb}" if counted else f"how many cities {verb} is {_missing(row)}")
    said = f"In {when}, {parts[0]}; {parts[1]}."
    if alone is None:
        return said
    rest = "Every eligible city has met another at an event."
    if alone:
        verb = "city has" if alone == 1 else "cities have"
        rest = f"{fmt.number(alone)} eligible {verb} never met another city at an event."
    return join(said, rest)


ALERTS = {
    "overdue_request": ("overdue request", "overdue requests"),
    "city_silent": ("city gone silent", "cities gone silent"),
    "late_milestone": ("late milestone", "late milestones"),
    "feed_missing": ("feed that did not arrive", "feeds that did not arrive"),
    "on_time_drop": ("fall in answers on time", "falls in answers on time"),
}


def alert_kind(kind: str, count: int) -> str:
    """`count` alerts of a kind in words: 12 overdue requests."""
    one, many = ALERTS.get(kind, (fmt.words(kind).lower(),) * 2)
    return f"{fmt.number(count)} {one if count == 1 else many}"


def alerts(counts: Mapping[str, int]) -> str:
    """What needs a person now, by kind."""
    kinds = [alert_kind(kind, count) for kind, count in counts.items() if count]
    if not kinds:
        return "Nothing needs a person now."
    return f"Needs a person now: {', '.join(kinds)}."


def p_value(p: float | None) -> str:
    """p = .03, or p < .001."""
    if p is None:
        return ""
    if p < 0.001:
        return "p < .001"
    text = f"{p:.3f}" if p < 0.095 else f"{p:.2f}"
    return "p > .99" if text == "1.00" else f"p = {text.removeprefix('0')}"


def equity(test: Row | None, of: str) -> str:
    """Whether waits for a first reply differ between groups of cities, by the log-rank test."""
    if test is None or test.get("p_value") is None:
        why = f": {test['reason']}" if test is not None and test.get("reason") else ""
        return f"Whether waits differ by {of} cannot be tested{why}."
    said = p_value(test["p_value"])
    if test["p_value"] < 0.05:
        return f"Waits for a first reply differ by {of} more than chance would explain (log-rank {said})."
    return f"No clear difference in waits for a first reply by {of} (log-rank {said})."


def targets(rows: Sequence[Row]) -> str:
    """How many of the targets that can be judged were met, and which misses still lack a reason."""
    judged = [row for row in rows if row["met"] is not None]
    if not judged:
        return "No target can be judged yet."
    met = [row for row in judged if row["met"]]
    unexplained = [row for row in judged if row.get("needs_reason")]
    said = f"{fmt.number(len(met))} of {fmt.quantity(len(judged), 'targets')} met."
    if not unexplained:
        return said
    return join(said, f"{fmt.number(len(unexplained))} missed without a reason: give one in the targets feed.")


def unclassified(row: Row, limit: float | None) -> str:
    """Whether too many requests lack a topic for a report to go out."""
    if row["state"] == "withheld":
        return f"{fmt.k_of_n(row)} requests have no topic: too few for a percentage."
    if row["state"] != "value":
        return f"How many requests have no topic is {_missing(row)}."
    share = f"{fmt.percent(row['value'], 1)} of requests have no topic ({fmt.k_of_n(row)})"
    if limit is None:
        return f"{share}."
    if row["value"] > limit:
        return f"{share}: above {fmt.percent(limit)}, which holds back a report until they are given one."
    return f"{share}: within the limit of {fmt.percent(limit)}."


def silent(count: int) -> str:
    """How many cities ask less than cities like them, beyond chance."""
    verb = "city has" if count == 1 else "cities have"
    return f"{fmt.number(count)} {verb} asked less than cities of their kind, beyond what chance would explain."


def gap(rows: Sequence[Row]) -> str:
    """The topic that is asked about most beyond its share of the library; rows have value, first the largest."""
    if not rows or rows[0]["value"] <= 0:
        return "Requests and the library are spread over topics alike"
    return (
        f"{fmt.words(rows[0]['topic'])} is asked about more than the library covers it, by {_points(rows[0]['value'])}"
    )


def _points(value: float) -> str:
    text = fmt.number(value)
    return f"{text} point{'' if text == '1' else 's'}"

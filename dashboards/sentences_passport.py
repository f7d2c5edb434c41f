"""What the page Passport says in words."""

from collections.abc import Mapping
from typing import Any

from assets import format as fmt
from dashboards.passports import NOT_TOLD, Passport

BASES = {"then": "cities eligible in the period", "now": "cities eligible now"}
QUARTILES = ("size_quartile", "poverty_quartile")


def part(row: Mapping[str, Any]) -> str:
    """Which part of a breakdown a figure is, and by which list of cities; empty for the whole."""
    said = []
    if row["dimension"]:
        value = row["dimension_value"] if row["dimension"] == "partner" else fmt.words(row["dimension_value"])
        if row["dimension"] in QUARTILES and str(row["dimension_value"]).isdigit():
            value = f"quartile {row['dimension_value']}"
        said.append(f"{fmt.words(row['dimension']).removesuffix(' quartile')}: {value}")
    if row["basis"]:
        said.append(BASES.get(row["basis"], row["basis"]))
    return ", ".join(said)


def whose(row: Mapping[str, Any], cities: Mapping[str, str]) -> str:
    """Of whom a figure is: a city, a topic, an engagement, a part of them, or all cities."""
    said = [cities.get(row["city_id"], row["city_id"])] if row["city_id"] else []
    said += [fmt.words(row["topic"])] if row["topic"] else []
    said += [f"engagement {row['engagement_id']}"] if row["engagement_id"] else []
    of = part(row)
    return ", ".join([*(said or ["all cities"]), *([of[:1].lower() + of[1:]] if of else [])])


def finding(told: Passport, whom: str) -> str:
    """The figure, and whether its records give it again: the page's sentence."""
    row = told.figure
    shown = fmt.withheld(row) if row["state"] == "withheld" else ""
    value = f"{fmt.value(row).lower()}, {shown}" if shown else fmt.value(row)
    start = f"{told.metric.get('title') or fmt.words(row['metric'])}, {whom}, {fmt.period_long(row)}: {value}."
    if told.counted is None:
        return f"{start} {NOT_TOLD.capitalize()}." if told.why == NOT_TOLD else f"{start} Its records cannot be told."
    one = told.counted == 1
    records = f"The {fmt.number(told.counted)} record{'' if one else 's'} behind it"
    if told.same is None:
        return f"{start} {records} cannot be compared with it."
    if told.same:
        return f"{start} {records} give{'s' if one else ''} the same figure again."
    return f"{start} {records} do{'es' if one else ''} NOT give the same figure again."


def again(told: Passport) -> str:
    """Whether working the figure out from its records gave it again, with what they give where not."""
    if told.counted is None:
        return f"{told.why[:1].upper()}{told.why[1:]}."
    if told.same is None:
        return f"The figure was not worked out again: {told.why}."
    if told.same:
        return "Worked out again from these records alone, the figure is the same."
    found = {name: value for name, value in (told.again or {}).items() if value is not None}
    given = ", ".join(f"{name} {exact(value)}" for name, value in found.items()) or "nothing"
    return f"Worked out again from these records, the figure is **not the same**. They give: {given}."


def exact(value: Any) -> str:
    """A count, or a sum of weights or dollars, without the noise of floating point."""
    return fmt.number(value, 4).rstrip("0").rstrip(".")


def of(count: Any, words: str | None) -> str:
    """A count with what is counted."""
    return f"**{exact(count)}** {words or ''}".strip()

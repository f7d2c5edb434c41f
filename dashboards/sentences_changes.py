"""What the page Changes says in words."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from assets import format as fmt
from dashboards.deciding import CAUSES, TITLES, k_of_n
from dashboards.queries import METRIC_KEYS, Rows

KEYS = ("metric", "grain", *METRIC_KEYS, "period_type", "period")
RECORDS = {
    "follow_up": "more time has passed",
    "late": "{} came late",
    "corrected": "{} {} corrected",
    "removed_or_merged": "{} {} taken away or merged",
    "eligibility": "the list of eligible cities was changed",
    "vintage": "reference data came in a newer edition",
    "definition_or_code": "a definition or the code was changed",
}
WHAT = {"new": "New", "gone": "No longer there", "changed": "Changed", "seen": "Looked at for longer"}


def figure_of(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Which figure a row of the bridge is about."""
    return tuple(row[key] for key in KEYS)


def finding(figures: Rows, records: Rows, old: str, new: str) -> str:
    """How many final figures were restated materially and what most of them come from: the page's sentence."""
    between = f"between {old} and {new}"
    every = {figure_of(row) for row in figures}
    material: dict[tuple[Any, ...], set[str]] = {}
    for row in figures:
        if row["is_material"]:
            material.setdefault(figure_of(row), set()).add(row["cause"])
    if not every:
        return f"No figure changed {between}."
    if all(row["is_material"] is None for row in figures):
        said = f"{_figures(len(every))} changed {between}"
        return f"{said}; {new} was published before final figures restated materially were told apart."
    if not material:
        was = "was" if len(every) == 1 else "were"
        said = f"No final figure was restated materially {between}"
        return f"{said}; {_figures(len(every))} changed by less or {was} provisional."
    said = f"{_figures(len(material), 'final ')} restated materially {between}"
    count = Counter(cause for causes in material.values() for cause in causes)
    top = max(CAUSES, key=lambda cause: count[cause])
    alone = all(causes == {top} for causes in material.values() if top in causes)
    partly = "" if alone else "at least in part "
    if len(material) == 1:
        share = ""
    elif count[top] == len(material):
        share = "all of them "
    else:
        share = "most of them " if 2 * count[top] > len(material) else f"{fmt.number(count[top])} of them "
    return f"{said}, {share}{partly}because {because(top, records)}."


def _figures(number: int, kind: str = "") -> str:
    if not kind:
        return f"{fmt.number(number)} {'figure' if number == 1 else 'figures'}"
    return f"{fmt.number(number)} {kind}{'figure was' if number == 1 else 'figures were'}"


def because(cause: str, records: Rows) -> str:
    """A cause as the end of a sentence, with the records of it."""
    of = Counter[str]()
    for row in records:
        if row["cause"] == cause:
            of[row["feed"]] += row["records"]
    number = of.total()
    noun = next(iter(of)).replace("_", " ") if len(of) == 1 else "records"
    if number == 1:
        noun = fmt.SINGULAR.get(noun, f"record of {noun}" if noun != "records" else "record")
    elif noun not in ("records", *fmt.SINGULAR):
        noun = f"records of {noun}"
    return RECORDS[cause].format(f"{fmt.number(number)} {noun}", "was" if number == 1 else "were")


def counted(cause: str, records: Rows) -> int:
    """How many records changed by a cause."""
    return sum(row["records"] for row in records if row["cause"] == cause)


def listed(causes: Sequence[str]) -> str:
    """Causes in a row: came late, corrected."""
    return ", ".join(TITLES[cause].lower() for cause in causes)


def scope(row: Mapping[str, Any], cities: Mapping[str, str]) -> str:
    """Whom or what a figure is of."""
    parts = [cities.get(row["city_id"], row["city_id"])] if row["city_id"] else []
    parts += [fmt.words(row["topic"])] if row["topic"] else []
    parts += [row["engagement_id"]] if row["engagement_id"] else []
    parts += [f"{fmt.words(row['dimension'])}: {row['dimension_value'].replace('_', ' ')}"] if row["dimension"] else []
    parts += [f"cities eligible {row['basis']}"] if row["basis"] else []
    return ", ".join(parts) if parts else "All cities"


def side(row: Mapping[str, Any], which: str) -> str:
    """What the old or the new release says of a figure: its value, or its state; with its counts where they alone changed."""
    state, counts = row[f"{which}_state"], k_of_n(row, which)
    if state == "value":
        return fmt.exact(row[f"{which}_value"], row["unit"]) + counts
    return fmt.STATE_WORDS.get(state, fmt.words(state)) + counts


def changed(what: str) -> str:
    """What became of a record: it is new or gone, or which of its columns changed."""
    return WHAT.get(what, what.replace("_", " "))


def bridged(title: str, whom: str, when: str, steps: Sequence[Mapping[str, Any]]) -> str:
    """The title of the bridge of one figure: from what to what."""
    old, new = side(steps[0], "old"), side(steps[0], "new")
    moved = f"stays {new}, as its changes cancel out" if old == new else f"went from {old} to {new}"
    return f"{title} ({whom}, {when}) {moved}"


def alternative(old: str, new: str, steps: Sequence[Mapping[str, Any]]) -> str:
    """The bridge of one figure for who cannot see it; steps: its rows with cause and delta in words."""
    parts = ", ".join(f"{row['cause'].lower()} {row['delta']}" for row in steps)
    return f"Bridge from {side(steps[0], 'old')} in {old} to {side(steps[0], 'new')} in {new}: {parts}."

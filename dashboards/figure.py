"""The one figure, of which every page is made.

Label, value with unit, k of N, interval, change, target, sparkline, state word, and what it means on hover and focus.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from assets import format as fmt
from dashboards import passports, queries, tables
from dashboards.filters import Selection
from dashboards.queries import Rows

SPARK_POINTS = 12


@dataclass(frozen=True)
class Figure:
    """One figure ready to be drawn: `row` of metric_values (or an absent one), its catalog entry, its recent rows."""

    row: Mapping[str, Any]
    meta: Mapping[str, Any]
    series: Sequence[Mapping[str, Any]] = ()
    label: str | None = None
    target: Mapping[str, Any] | None = None

    @property
    def title(self) -> str:
        """The label in plain words."""
        return self.label or str(self.meta.get("title") or fmt.words(self.row["metric"]))


def absent(metric: str, period: Mapping[str, Any] | None, unit: str = "", reason: str | None = None) -> dict[str, Any]:
    """A metric row for a figure that a release does not hold: never zero, always with the reason."""
    keys = dict.fromkeys(("value", "amount_usd", "numerator", "denominator", "ci_low", "ci_high", "change", "status"))
    known = {key: (period or {}).get(key) for key in ("period_type", "period", "period_start", "period_end")}
    return keys | known | {"metric": metric, "unit": unit, "state": "absent", "reason": reason}


def find(selection: Selection, metric: str, label: str | None = None, **keys: Any) -> Figure:
    """The figure of a metric for what is selected; `keys` replace or add to the selection's own."""
    release, period = selection.release, selection.period
    meta = queries.dictionary(release).get(metric, {})
    wanted = selection.keys | keys
    kind = period["period_type"] if period else None
    history = queries.figures(release, metric, order="period_start", period_type=kind, **wanted)
    if period is not None:
        history = [row for row in history if row["period_start"] <= period["period_start"]]
    here = history[-1] if history and period is not None and history[-1]["period"] == period["period"] else None
    reason = None if meta else "This release does not hold this figure."
    row = here or absent(metric, period, str(meta.get("unit", "")), reason)
    return Figure(row, meta, history[-SPARK_POINTS:], label, _target(selection, metric))


def counted(label: str, count: int | None, help: str) -> Figure:
    """A count of rows of the release as a figure; `None` where the release lacks the table."""
    row = absent("count", None, reason="This release does not carry the table.")
    if count is not None:
        row |= {"value": count, "state": "value"}
    return Figure(row, {"definition": help}, label=label)


def _target(selection: Selection, metric: str) -> Mapping[str, Any] | None:
    period = selection.period["period"] if selection.period else None
    keys = {"city": selection.keys["city_id"], "topic": selection.topic}
    found = queries.rows(selection.release, "targets", "set_on", metric=metric, period=period, **keys)
    return found[-1] if found else None


def meaning(figure: Figure) -> str:
    """What the figure means, for hover and focus: definition, what is counted over what, its limits."""
    meta, parts = figure.meta, [str(figure.meta.get("definition") or "").strip()]
    if meta.get("numerator") and meta.get("denominator"):
        parts.append(f"Counted: {meta['numerator']}. Out of: {meta['denominator']}.")
    if meta.get("limits"):
        parts.append(f"Limits: {meta['limits']}")
    if meta.get("version"):
        parts.append(f"Metric {meta['metric']}, version {meta['version']}.")
    return "\n\n".join(part for part in parts if part)


def spark(series: Sequence[Mapping[str, Any]]) -> list[float] | None:
    """The values of a sparkline: the unbroken run that ends with the figure, so a gap is never drawn as a value."""
    run: list[float] = []
    for row in reversed(series):
        value = row["amount_usd"] if row.get("amount_usd") is not None else row.get("value")
        if row["state"] != "value" or value is None:
            break
        run.insert(0, float(value))
    return run if len(run) > 2 else None


def tone(row: Mapping[str, Any], direction: str | None) -> str:
    """The color of a change: green or red only where it is clear and the metric has a better and a worse side."""
    clear = fmt.change(row).partition(" ")[0]
    if direction not in ("up", "down") or clear not in ("Up", "Down"):
        return "gray"
    return "green" if clear.lower() == direction else "red"


def notes(row: Mapping[str, Any], target: Mapping[str, Any] | None = None) -> list[str]:
    """The lines below the value: k of N, interval, interval of the change, target, why there is no value."""
    span, unit = fmt.change_interval(row), str(row.get("unit") or "")
    lines = [
        "" if row["state"] == "withheld" else fmt.counted(row),
        fmt.words(unit.removeprefix("percent ")) if row["state"] == "value" and unit.startswith("percent of ") else "",
        fmt.interval(row) if row["state"] == "value" else "",
        f"Change {span}" if span else "",
        f"Target {fmt.quantity(target['target'], row['unit'])}" if target else "",
        str(row.get("reason") or "") if row["state"] not in ("value", "withheld") else "",
    ]
    return [line for line in lines if line]


def draw(figure: Figure, *, link: bool = True) -> None:
    """Draw one figure in the container at hand, with a link to its passport.

    Label and lines wrap: nothing is cut off on a narrow screen.
    """
    row = figure.row
    change, (number, unit) = fmt.change(row, short=True), fmt.parts(row)
    shown = (fmt.withheld(row) if row["state"] == "withheld" else "") or number
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown(f"**{figure.title}**", help=meaning(figure) or None)
        st.metric(
            figure.title,
            f"{shown} :small[{unit}]" if unit else shown,
            delta=change or None,
            delta_color=tone(row, figure.meta.get("direction")),  # type: ignore[arg-type]
            delta_arrow="up" if change.startswith("Up") else "down" if change.startswith("Down") else "off",
            label_visibility="collapsed",
            chart_data=spark(figure.series),
        )
        if row["state"] != "value":
            st.badge(fmt.state(row), color="gray")
        elif row.get("status") == "provisional":
            st.badge("Provisional", color="orange", help="Late records may still change this figure.")
        lines = notes(row, figure.target)
        if lines:
            st.caption("  \n".join(lines))
        named = passports.query(row) if link else None
        if named:
            st.page_link(f"pages/{passports.PAGE}.py", label=f":small[:blue[{tables.LINK}]]", query_params=named)


def made(row: Mapping[str, Any]) -> dict[str, Any]:
    """What a row of a table of figures carries beside its columns: the way to its passport."""
    return {tables.PASSPORT: passports.address(row)}


def strip(figures: Sequence[Figure]) -> None:
    """Three to five figures side by side, below each other on a narrow screen."""
    for place, figure in zip(st.columns(len(figures), gap="xsmall"), figures, strict=True):
        with place:
            draw(figure)
    before = next((fmt.BEFORE[f.row["period_type"]] for f in figures if f.row.get("period_type") in fmt.BEFORE), None)
    if before and any(fmt.change(figure.row) for figure in figures):
        st.caption(f"Changes are from {before}. Hover or focus on a question mark for what a figure means.")


def values(rows: Rows) -> Rows:
    """Metric rows for a table twin: what was counted, with each state in words, and the way to each passport."""
    keep = ("period", "city_id", "topic", "dimension_value", "value", "amount_usd", "numerator", "denominator")
    return [
        {key: row.get(key) for key in keep}
        | {"ci_low": row.get("ci_low"), "ci_high": row.get("ci_high"), "state": fmt.state(row) or "Reported"}
        | {"status": fmt.words(row.get("status"))}
        | made(row)
        for row in rows
    ]

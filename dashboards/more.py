"""Figures beyond the first ones of a page, as compact tables: each with its count, interval and state, as a figure has them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from assets import format as fmt
from dashboards import figure, frame, passports, queries, sentences_compare, tables
from dashboards.filters import Selection
from dashboards.queries import Rows
from dashboards.tables import Column

COLUMNS = [
    Column("figure", "Figure"),
    Column("when", "Period"),
    Column("said", "Value"),
    Column("counted", "Counted"),
    Column("span", "95% interval"),
    Column("state", "State"),
    Column("meaning", "What it is", "long"),
]
SERVICES = {
    "desk": "Desk",
    "engagement": "Engagement",
    "peer": "Peer exchange",
    "library": "Library",
    "any": "Any of them",
}
BASES = {
    "reach_pct": "Reach",
    "uptake_pct": "Months with a use",
    "use_rate": "Uses per 100 eligible city-months",
}


def line(item: figure.Figure) -> dict[str, Any]:
    """A figure as a row of words."""
    row = item.row
    return {
        "figure": item.title,
        "when": fmt.period_short(row["period_type"], row["period"]) if row.get("period") else None,
        "said": fmt.value(row),
        "counted": fmt.withheld(row) if row["state"] == "withheld" else fmt.made_of(row),
        "span": fmt.interval(row).removeprefix("95% interval ") if row["state"] == "value" else "",
        "state": standing(row),
        "meaning": str(item.meta.get("definition") or "").strip(),
    } | figure.made(row)


def standing(row: Mapping[str, Any]) -> str:
    """The state of a figure, with the reason where it has no value."""
    said = fmt.state(row)
    if not said:
        return "Provisional" if row.get("status") == "provisional" else "Reported"
    reason = row.get("reason")
    return f"{said}: {reason}" if reason and str(reason) not in said else said


def show(items: Sequence[figure.Figure], name: str, alt: str) -> None:
    """The figures as one table, a line each; their period where they are not all of one."""
    lines = [line(item) for item in items]
    one = len({row["when"] for row in lines}) == 1
    columns = [column for column in COLUMNS if not (one and column.key == "when")]
    tables.show(lines, columns, name, alt, missing=fmt.NONE, whole=True)
    titles = [row["figure"] if one else f"{row['figure']}, {row['when']}" for row in lines]
    made({"": {title: item.row for title, item in zip(titles, items, strict=True)}})


def made(lines: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> None:
    """Links to the passports of the figures of a table, for who has no mouse and where a row holds several: line, title, row."""
    said = []
    for line, figures in lines.items():
        found = {title: passports.address(row) for title, row in figures.items()}
        links = [f"[{_plain(title)}]({address})" for title, address in found.items() if address]
        if links:
            said.append(f"- {f'**{_plain(line)}**: ' if line else ''}{f' {fmt.MIDDLE_DOT} '.join(links)}")
    if said:
        with st.expander("How these figures are made", icon=":material/badge:"):
            st.markdown("\n".join(said))


def _plain(text: str) -> str:
    """Words of a record as markdown shows them: a bracket or a star is no mark-up."""
    return re.sub(r"([\\\[\]*_`$:])", r"\\\1", text)


def service_figure(view: Selection, metric: str, name: str, basis: str | None = "then", **keys: Any) -> figure.Figure:
    """A figure of reach or use of one service, by the cities eligible in the period."""
    known = {"dimension": "service", "dimension_value": name, "basis": basis} | keys
    return figure.find(view, metric, SERVICES[name], **known)


def services(view: Selection, name: str) -> None:
    """Each service beside the others: how many cities it reached, how much, how soon, how evenly. The whole network."""
    network: dict[str, Any] = {"grain": "network", "city_id": None, "topic": None}
    lines, ways = [], {}
    for service, label in SERVICES.items():
        found = {
            "reach_pct": service_figure(view, "reach_pct", service, **network),
            "uptake_pct": service_figure(view, "uptake_pct", service, **network),
            "use_rate": service_figure(view, "use_rate", service, **network),
            "days_to_first_use": service_figure(view, "days_to_first_use", service, None, **network),
            "concentration_pct": service_figure(view, "concentration_pct", service, None, **network),
        }
        if all(item.row["state"] == "absent" for item in found.values()):
            continue
        cells = {metric: cell(item.row) for metric, item in found.items()}
        spans = {
            f"{metric}_span": fmt.interval(item.row).removeprefix("95% interval ") for metric, item in found.items()
        }
        lines.append({"service": label} | cells | spans)
        ways[label] = {HEADINGS[metric]: item.row for metric, item in found.items()}
    st.subheader("The services beside each other", anchor=False)
    if not lines:
        frame.empty("No figures by service.", "They need the list of eligible cities: land it and run again.")
        return
    when = fmt.period_long(view.period) if view.period else "this release"
    st.caption(
        f"All cities, {when}; by the cities eligible in the period. Days to the first use: half of the cities that became "
        "eligible in the period had used the service by then."
    )
    tables.show(lines, SERVICE_COLUMNS, name, "Reach and use of each service", missing=fmt.NONE, whole=True)
    made(ways)


SERVICE_COLUMNS = [
    Column("service", "Service"),
    Column("reach_pct", "Cities reached"),
    Column("reach_pct_span", "95% interval"),
    Column("uptake_pct", "City-months with a use"),
    Column("uptake_pct_span", "95% interval"),
    Column("use_rate", "Uses per 100 city-months"),
    Column("use_rate_span", "95% interval"),
    Column("days_to_first_use", "Days to the first use"),
    Column("days_to_first_use_span", "95% interval"),
    Column("concentration_pct", "Share of uses by five cities"),
    Column("concentration_pct_span", "95% interval"),
]
HEADINGS = {column.key: column.label for column in SERVICE_COLUMNS}


def cell(row: Mapping[str, Any]) -> str:
    """A value with what it is made of, or its state with the reason."""
    if row["state"] == "withheld":
        return f"{fmt.STATE_WORDS['withheld']} ({fmt.withheld(row)})"
    if row["state"] != "value":
        return standing(row)
    number, unit = fmt.parts(row)
    counted = fmt.made_of(row)
    said = number if " per " in str(row["unit"]) else f"{number} {unit}".strip()
    return f"{said} ({counted})" if counted else said


def bases(view: Selection, metrics: Sequence[str], services: Sequence[str] = tuple(SERVICES)) -> None:
    """Where a figure would be read differently over the cities eligible now: a sentence that says so, else nothing."""
    period: Mapping[str, Any] = view.period or {}
    of: dict[str, Any] = {"period_type": period.get("period_type"), "period": period.get("period")}
    for metric in metrics:
        found: Rows = queries.rows(
            view.release, "reach_bases", metric=metric, differs=True, service=list(services), **of
        )
        found.sort(key=lambda row: list(SERVICES).index(row["service"]))
        if found:
            meta = queries.dictionary(view.release).get(metric, {})
            said = sentences_compare.bases(BASES[metric], str(meta.get("unit") or "percent"), found, SERVICES)
            st.caption(f":material/compare_arrows: {said}")

"""What needs a person now: the alerts of the release, by kind, each leading to its page."""

from typing import Any

import streamlit as st

from assets import format as fmt
from assets import sentences
from dashboards import frame, queries, tables
from dashboards.filters import Selection
from dashboards.queries import Rows
from dashboards.tables import Column

COLUMNS = [
    Column("sentence", "In words", "long"),
    Column("since_on", "Since", "date"),
]


def find(view: Selection) -> Rows | None:
    """The alerts of the chosen topic, most urgent first; None where the release carries none."""
    if not view.release.has("alerts"):
        return None
    topic: dict[str, Any] = {"topic": view.topic} if view.topic else {}
    return queries.rows(view.release, "alerts", "sort_order", **topic)


def counts(rows: Rows) -> dict[str, int]:
    """How many of each kind, in the order of urgency."""
    kinds = dict.fromkeys(row["kind"] for row in rows)
    return {kind: len([row for row in rows if row["kind"] == kind]) for kind in kinds}


def target(row: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """The page that an alert leads to, with its filters."""
    if row["engagement_id"]:
        return "pages/engagements.py", {"engagement": row["engagement_id"]}
    if row["city_id"]:
        return "pages/city.py", {"city": row["city_id"]}
    if row["topic"]:
        return "pages/topics.py", {"topic": row["topic"]}
    return ("pages/data_quality.py", {}) if "feed" in row["kind"] else ("pages/responsiveness.py", {})


def show(view: Selection, rows: Rows | None) -> None:
    """Counts by kind with their sentences; selecting a row opens its page."""
    st.subheader("What needs a person now", anchor=False)
    if rows is None:
        frame.empty("No alerts in this release.", "It was made before alerts were: run again with the present version.")
        return
    if not rows:
        frame.empty(
            "Nothing needs a person now.", "No request is overdue, no city silent, no milestone late, no feed late."
        )
        return
    kinds = counts(rows)
    chosen = st.radio(
        "Kind of alert",
        list(kinds),
        format_func=lambda kind: sentences.alert_kind(kind, kinds[kind]).capitalize(),
        horizontal=True,
        key="alert_kind",
        label_visibility="collapsed",
    )
    lines = [row for row in rows if row["kind"] == chosen]
    st.caption("Most urgent first. Select a row to open its page.")
    opened = tables.show(
        lines, COLUMNS, f"alerts_{chosen}", sentences.alert_kind(chosen, kinds[chosen]), missing=fmt.NONE, pick=True
    )
    if opened is not None:
        page, query = target(lines[opened])
        st.switch_page(page, query_params=query)

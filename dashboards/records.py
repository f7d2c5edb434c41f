"""The records behind the figures, as tables: requests, engagements, milestones."""

from datetime import date
from typing import Any

import streamlit as st

from dashboards import format as fmt
from dashboards import frame, queries, tables
from dashboards.filters import Selection
from dashboards.queries import Rows
from dashboards.tables import Column

REQUESTS = [
    Column("request_id", "Request"),
    Column("submitted_at", "Submitted (Eastern)", "time"),
    Column("topic", "Topic", "words"),
    Column("status", "Status", "words"),
    Column("disposition", "Disposition", "words"),
    Column("first_response_at", "First answer (Eastern)", "time"),
    Column("due_at", "Due (Eastern)", "time"),
    Column("response_hours", "Business hours to answer", "hours"),
    Column("resolved_at", "Resolved (Eastern)", "time"),
    Column("reopened_at", "Reopened (Eastern)", "time"),
    Column("channel", "Channel"),
    Column("partner", "Partner"),
    Column("city_id", "GEOID"),
]


def requests(view: Selection, **keys: Any) -> None:
    """Requests of the selected topic and of `keys`, newest first; every period, so that an open one is never hidden."""
    topic: dict[str, Any] = {"topic": view.topic} if view.topic else {}
    found = queries.table(view.release, "requests", "submitted_at desc, request_id", **topic, **keys)
    if found is None:
        frame.empty("No request records.", "This release does not carry the table of requests.")
    elif not found.num_rows:
        frame.empty("No request on record.", "Nothing was received for this choice of city and topic.")
    else:
        st.caption(f"{fmt.number(found.num_rows)} on record over the whole program, newest first.")
        tables.show(found, REQUESTS, "requests", "Requests, newest first", missing="none")


def engagements(rows: Rows, name: str) -> None:
    """Engagements, one a line."""
    columns = [
        Column("engagement_id", "Engagement"),
        Column("title", "Title"),
        Column("topic", "Topic", "words"),
        Column("intensity", "Intensity", "words"),
        Column("status", "Status", "words"),
        Column("starts_on", "Starts", "date"),
        Column("ends_on", "Ends", "date"),
        Column("completed_on", "Completed", "date"),
        Column("lead_partner", "Lead partner"),
        Column("planned_cost_usd", "Planned cost", "money"),
        Column("cities", "Cities", "count"),
    ]
    tables.show(rows, columns, name, "Engagements", missing="not yet")


def standing(row: dict[str, Any], as_of: date) -> str:
    """Whether a milestone met the baseline that was frozen at approval, in words."""
    done, due = row["done_on"], row["baseline_due"]
    if done is not None:
        return "Met on time" if done <= due else "Met late"
    return "Not due yet" if due > as_of else "Overdue"


def milestones(rows: Rows, as_of: date, name: str) -> None:
    """Milestones, one a line, with their standing at as-of."""
    if not rows:
        frame.empty("No milestone on record.", "No milestone names these engagements.")
        return
    columns = [
        Column("engagement_id", "Engagement"),
        Column("title", "Milestone"),
        Column("baseline_due", "Due (baseline)", "date"),
        Column("due", "Due (now)", "date"),
        Column("done_on", "Done", "date"),
        Column("standing", "Standing"),
    ]
    shown = [row | {"standing": standing(row, as_of)} for row in rows]
    tables.show(shown, columns, name, "Milestones with their standing", missing="not yet")

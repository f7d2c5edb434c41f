"""The records behind the figures, as tables: requests, engagements, milestones."""

from datetime import date
from typing import Any

import streamlit as st

from assets import format as fmt
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


def engagements(rows: Rows, name: str, *, pick: bool = False) -> int | None:
    """Engagements, one a line; with `pick` the position of the row that the reader selected."""
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
    return tables.show(rows, columns, name, "Engagements", missing="not yet", pick=pick)


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


LEDGER = [
    Column("entry_id", "Entry"),
    Column("posted_on", "Posted", "date"),
    Column("kind", "Kind", "words"),
    Column("amount_usd", "Amount", "money"),
    Column("category", "Category", "words"),
    Column("partner", "Partner"),
    Column("reverses", "Reverses"),
]


def engagement(view: Selection, row: dict[str, Any]) -> None:
    """One engagement: its cities, milestones and ledger entries."""
    key = row["engagement_id"]
    st.subheader(f"{key}: {row['title'] or 'without a title'}", anchor=False)
    names = {city["city_id"]: fmt.city(city) for city in queries.rows(view.release, "cities")}
    served = queries.rows(view.release, "engagement_cities", "city_id", engagement_id=key)
    cities = [str(names.get(link["city_id"], link["city_id"])) for link in served]
    st.caption(f"{fmt.words(row['topic'])} {fmt.MIDDLE_DOT} {', '.join(cities) or 'No city on record'}")
    milestones(
        queries.rows(view.release, "milestones", "baseline_due, milestone_id", engagement_id=key),
        view.release.as_of,
        "engagement_milestones",
    )
    entries = queries.table(view.release, "ledger", "posted_on, entry_id", engagement_id=key)
    if entries is not None and entries.num_rows:
        with st.expander(f"Ledger entries ({fmt.number(entries.num_rows)})"):
            tables.show(entries, LEDGER, "engagement_ledger", f"Ledger entries of {key}", missing="none")
    else:
        st.caption("No ledger entry names this engagement.")

"""Data quality: nothing is lost, what is missing, and which checks passed."""

import streamlit as st

from assets import format as fmt
from assets import sentences
from dashboards import charts, exhibit, figure, frame, queries, tables
from dashboards.filters import Selection
from dashboards.tables import Column

FILES = [
    Column("source", "Feed"),
    Column("name", "File"),
    Column("received", "Received", "count"),
    Column("accepted", "Accepted", "count"),
    Column("quarantined", "Set aside", "count"),
    Column("repeats", "Exact repeats", "count"),
    Column("status", "Status"),
    Column("message", "What to do"),
    Column("unused", "Columns nobody reads"),
    Column("known_at", "Known (Eastern)", "time"),
    Column("sha256", "SHA-256"),
]


def missing(view: Selection) -> None:
    """The page's one chart: which feed reported in which month."""
    rows = queries.rows(view.release, "completeness", "feed, period")
    if not rows:
        frame.empty("No completeness table.", "This release does not say which feed reported in which month.")
        return
    feeds = list(dict.fromkeys(row["feed"] for row in rows))
    for row in rows:
        row["month"] = row["period"]
        row["said"] = "Reported" if row["state"] == "reported" else fmt.state(row)
    silent = [row for row in rows if row["state"] != "reported"]
    worst = list(dict.fromkeys(row["feed"] for row in silent))
    title = f"Months without records: {', '.join(worst[:4])}" if worst else "Every feed reported in every month"
    exhibit.show(
        charts.presence(rows, feeds),
        title + (" and others" if len(worst) > 4 else ""),
        "Feed by month: filled square = reported, cross = not reported (not zero)",
        source=frame.source(view.release, "receipts of the files"),
        alt="Grid of feeds by month that marks months in which a feed was not reported.",
        rows=rows,
        columns=[
            Column("feed", "Feed"),
            Column("month", "Month"),
            Column("records", "Records", "count"),
            Column("said", "State"),
            Column("first_known_at", "Known (Eastern)", "time"),
        ],
        name="completeness",
    )


FEEDS = [
    Column("feed", "Feed"),
    Column(
        "record_pct",
        "Cities",
        "percent",
        "Of the eligible cities of the last month reported, those with a record",
    ),
    Column("field_pct", "Cells", "percent", "Of the cells that the records of that month should have"),
    Column("valid_pct", "Rows taken", "percent", "Of the rows received in every file of the feed"),
    Column("lag", "Median delay", "number", "Half of the records are known within these days; 45 until 30 were timed"),
    Column("lag_p95", "95% within", "count", "95 in 100 records are known by then: figures stay provisional so long"),
    Column("lag_observations", "Timed", "count", "Records that came after the first delivery"),
    Column("revision_pct", "Revision", "percent", "How much the count of a month moves after it was first known"),
    Column("month", "Month"),
]


def feeds(view: Selection) -> None:
    """How complete each feed is, and how long it takes."""
    rows = queries.rows(view.release, "completeness", "feed, period")
    if not rows or "lag_days_p95" not in rows[0]:
        return  # a release made before these were worked out
    last = {row["feed"]: row for row in rows} | {row["feed"]: row for row in rows if row["state"] == "reported"}
    st.subheader("How complete each feed is, and how late", anchor=False)
    st.caption(
        "A figure is provisional until the delay within which 95 in 100 records of every feed behind it were known has passed "
        "since the end of its period. Delays in days. Cities heard from and cells filled are those of the last month reported."
    )
    shown = [
        row | {"month": row["period"], "lag": row["lag_days"], "lag_p95": row["lag_days_p95"]} for row in last.values()
    ]
    tables.show(
        shown, FEEDS, "feeds", "Feeds with the share of cities, cells and rows that came, and their delay", missing=""
    )


def aside(view: Selection) -> None:
    """What was set aside and why."""
    st.subheader("Rows set aside", anchor=False)
    rows = queries.rows(view.release, "quarantine", "source, reason")
    if rows:
        columns = [
            Column("name", "File"),
            Column("column", "Column"),
            Column("reason", "Expected", "long"),
            Column("rows", "Rows", "count"),
        ]
        tables.show(rows, columns, "quarantine", "Rows set aside by reason")
    else:
        st.caption(
            "`cities311 quarantine` lists each row set aside, with the column, what was found and what was expected."
        )


def vanished(view: Selection) -> None:
    """Records that a later export of the whole no longer has."""
    rows = queries.rows(view.release, "vanished_records", "vanished_at desc, feed, record_id")
    if not rows:
        return
    st.subheader("Records that left their source", anchor=False)
    st.caption(
        "A later export of the whole no longer has them. They still count, as they were last known: ask the sender whether "
        "they were deleted, and why."
    )
    columns = [
        Column("feed", "Feed"),
        Column("record_id", "Record"),
        Column("last_known_at", "Last told of (Eastern)", "time"),
        Column("vanished_at", "Missing since (Eastern)", "time"),
    ]
    tables.show(rows, columns, "vanished", "Records that left their source")


def checks(view: Selection) -> None:
    """The checks of the release, those that did not pass first."""
    st.subheader("Checks", anchor=False)
    rows = queries.rows(view.release, "checks", "passed, severity, table, name")
    if not rows:
        frame.empty("No checks on record.", "This release does not carry the table of checks.")
        return
    stops = {"fail": "Stops a release", "warn": "Warns"}
    shown = [
        row | {"outcome": "Passed" if row["passed"] else "Did not pass", "stops": stops.get(row["severity"], "")}
        for row in rows
    ]
    columns = [
        Column("outcome", "Outcome"),
        Column("table", "Table"),
        Column("name", "Check"),
        Column("stops", "If not"),
        Column("failed_rows", "Rows that fail", "count"),
        Column("detail", "Detail"),
    ]
    tables.show(shown, columns, "checks", "Checks of the release with their outcome")


view = frame.begin("data-quality", "Data quality", uses=())
release = view.release
files = queries.rows(release, "sources", "status desc, quarantined desc, source, name")
with_aside = [row for row in files if row["quarantined"]]
refused = [row for row in files if row["status"] == "refused"]
failed, every = queries.count(release, "checks", passed=False), queries.count(release, "checks")
silent = queries.count(release, "completeness", state="not_reported")
frame.finding(sentences.quality(len(files), len(with_aside), len(refused), failed or 0, every or 0))
figure.strip(
    [
        figure.counted(
            "Files received", len(files), "Every file that was opened, whether or not its rows could be used."
        ),
        figure.counted(
            "Files with rows set aside", len(with_aside), "A row that does not fit is set aside with its reason."
        ),
        figure.counted("Feed-months not reported", silent, "A feed that has started and gave no record of the month."),
        figure.counted("Checks not passed", failed, "A check that stops a release cannot stand here; a warning can."),
    ]
)
missing(view)
feeds(view)
st.subheader("Every file: received = accepted + set aside + exact repeats", anchor=False)
if files:
    tables.show(files, FILES, "sources", "Files with rows received, accepted, set aside and repeated", missing="")
else:
    frame.empty("No receipts.", "This release does not carry the table of sources.")
aside(view)
vanished(view)
checks(view)
frame.end(view)

"""Engagements, for the program lead: is the work on the ground on time and within its budget, and what is due?"""

from typing import Any

import streamlit as st

from assets import format as fmt
from assets import sentences
from dashboards import charts, charts_compare, exhibit, figure, frame, more, queries, records, tables
from dashboards.filters import Selection
from dashboards.tables import Column

STAGES = {
    "applications_received": "Applied",
    "applications_approved": "Approved",
    "engagements_started": "Started",
    "engagements_completed": "Completed",
}
BARS = 15


def chosen(view: Selection) -> queries.Rows:
    """Engagements of the chosen topic and city, those under way first."""
    conditions: dict[str, Any] = {"topic": view.topic} if view.topic else {}
    if view.city:
        linked = queries.rows(view.release, "engagement_cities", city_id=view.city["city_id"])
        conditions["engagement_id"] = [row["engagement_id"] for row in linked]
    rows = queries.rows(view.release, "engagements", "starts_on desc, engagement_id", **conditions)
    return sorted(rows, key=lambda row: row["completed_on"] is not None)


def funnel(view: Selection) -> None:
    """The page's first chart: from application to completion, over the whole program."""
    grain = view.keys | ({"grain": "city", "topic": None} if view.city else {})
    rows = {row["metric"]: row for row in queries.figures(view.release, list(STAGES), period_type="to_date", **grain)}
    ordered = [rows[metric] for metric in STAGES if metric in rows]
    if not any(row["value"] for row in ordered):
        frame.empty("No application and no engagement on record.", "Choose another city or topic.")
        return
    labels = [STAGES[row["metric"]] for row in ordered]
    said = [fmt.number(row["value"]) if row["state"] == "value" else fmt.state(row) for row in ordered]
    cohorts = queries.rows(view.release, "application_funnel", "period_start, cohort") if not view.scope else []
    exhibit.show(
        charts.bars(labels, [row["value"] for row in ordered], said),
        f"{said[0]} {labels[0].lower()}, "
        + ", ".join(f"{number} {label.lower()}" for number, label in zip(said[1:], labels[1:], strict=True)),
        "Engagements that reached each stage, program to date"
        + ("; the table has each quarter of application" if cohorts else ""),
        source=frame.source(view.release),
        alt="Bars of the engagements applied for, approved, started and completed, program to date.",
        rows=cohorts or [row | {"cohort": STAGES[row["metric"]], "applied": row["value"]} for row in ordered],
        columns=COHORTS if cohorts else [Column("cohort", "Stage"), Column("applied", "Engagements", "count")],
        name="funnel",
    )


COHORTS = [
    Column("cohort", "Quarter of application"),
    Column("applied", "Applied", "count"),
    Column("approved", "Approved", "count"),
    Column("started", "Started", "count"),
    Column("completed", "Completed", "count"),
    Column("withdrawn", "Withdrawn", "count"),
    Column("waiting", "Waiting", "count"),
    Column("stopped", "Stopped", "count"),
]


def milestones(view: Selection, ahead: queries.Rows | None) -> None:
    """Milestones that are late, and those due in the 30 days after as-of."""
    st.subheader("Milestones that need somebody now", anchor=False)
    if ahead is None:
        frame.empty(
            "No list of milestones ahead.", "This release does not carry it: run again with the present version."
        )
    elif not ahead:
        frame.empty("No milestone is late and none is due in the next 30 days.", "Nothing to do for this choice.")
    else:
        lines = [row | {"standing": STANDING.get(row["standing"], row["standing"])} for row in ahead]
        tables.show(lines, AHEAD, "milestones_ahead", "Milestones late or due in the next 30 days, oldest first")


STANDING = {"late": "Late", "ahead": "Due within 30 days"}
AHEAD = [
    Column("standing", "Standing"),
    Column("title", "Milestone"),
    Column("baseline_due", "Due (baseline)", "date"),
    Column("due", "Due (now)", "date"),
    Column("days_late", "Days late", "count"),
    Column("lead_partner", "Lead partner"),
    Column("city_names", "Cities"),
    Column("engagement_title", "Engagement"),
    Column("engagement_id", "Engagement id"),
]


def ahead_of(view: Selection, rows: queries.Rows) -> queries.Rows | None:
    """The late and coming milestones of the engagements shown."""
    if not view.release.has("milestones_ahead"):
        return None
    ids = {row["engagement_id"] for row in rows}
    found = queries.rows(view.release, "milestones_ahead", "baseline_due, milestone_id")
    found.sort(key=lambda row: row["standing"] != "late")
    names = {str(city["city_id"]): fmt.city(city) for city in queries.rows(view.release, "cities")}
    served: dict[str, list[str]] = {}
    for link in queries.rows(view.release, "engagement_cities", "engagement_id, city_id"):
        served.setdefault(link["engagement_id"], []).append(names.get(str(link["city_id"]), str(link["city_id"])))
    return [
        row | {"city_names": "; ".join(served.get(row["engagement_id"], []))}
        for row in found
        if row["engagement_id"] in ids
    ]


def partners(view: Selection) -> None:
    """Workload and lateness by partner."""
    order = "late_milestones desc, overdue_requests desc, partner"
    rows = queries.rows(view.release, "partner_workload", order)
    st.subheader("Workload by partner", anchor=False)
    if not rows:
        frame.empty("No workload by partner.", "No request and no engagement names a partner, or the release is older.")
        return
    st.caption("All topics and cities, at the as-of date; answers on time to date. Most late first.")
    lines = [
        row | {"on_time": fmt.k_of_n({"numerator": row["on_time_requests"], "denominator": row["due_requests"]})}
        for row in rows
    ]
    tables.show(lines, PARTNERS, "partners", "Open work and lateness by partner, most late first", whole=True)


PARTNERS = [
    Column("partner", "Partner"),
    Column("open_engagements", "Engagements under way", "count"),
    Column("overdue_engagements", "Past their end", "count"),
    Column("late_milestones", "Late milestones", "count"),
    Column("milestones_ahead", "Due in 30 days", "count"),
    Column("open_requests", "Open requests", "count"),
    Column("overdue_requests", "Overdue requests", "count"),
    Column("on_time", "Answers on time"),
]


def budgets(view: Selection, rows: queries.Rows) -> None:
    """Budget spent beside time elapsed, for each engagement under way."""
    found = queries.figures(
        view.release, ["budget_spent_pct", "time_elapsed_pct"], "engagement", "engagement_id", period_type="to_date"
    )
    cell = {(row["engagement_id"], row["metric"]): row["value"] for row in found}
    titles = {row["engagement_id"]: row for row in rows}
    lines = [
        {
            "engagement_id": each,
            "label": f"{each} {fmt.MIDDLE_DOT} {fmt.words(titles[each]['topic'])}",
            "title": titles[each]["title"],
            "spent": cell.get((each, "budget_spent_pct")),
            "elapsed": cell.get((each, "time_elapsed_pct")),
        }
        for each in dict.fromkeys(row["engagement_id"] for row in found)
        if each in titles
    ]
    lines = [line for line in lines if line["spent"] is not None or line["elapsed"] is not None]
    if not lines:
        frame.empty("No budget beside time.", "No engagement under way has a planned cost and dates, for this choice.")
        return
    lines.sort(key=lambda line: (line["spent"] is None, -(line["spent"] or 0), line["engagement_id"]))
    over = [line for line in lines if line["spent"] is not None and line["spent"] > 100]
    shown = lines[:BARS]
    exhibit.show(
        charts_compare.beside(
            [line["label"] for line in shown], [line["spent"] for line in shown], [line["elapsed"] for line in shown]
        ),
        f"{fmt.number(len(over))} of {fmt.quantity(len(lines), 'engagements')} under way spent more than planned"
        if over
        else f"None of {fmt.quantity(len(lines), 'engagements')} under way spent more than planned",
        "Percent of the planned cost spent (filled) beside percent of the planned time elapsed (open), at the as-of date"
        + (f"; the {fmt.number(BARS)} that spent most, the table has all" if len(lines) > BARS else ""),
        source=frame.source(view.release),
        alt="Two dots for each engagement under way on one scale: percent of its budget spent and of its time elapsed.",
        rows=lines,
        columns=BUDGETS,
        name="budgets",
    )


BUDGETS = [
    Column("engagement_id", "Engagement"),
    Column("title", "Title"),
    Column("spent", "Budget spent", "percent"),
    Column("elapsed", "Time elapsed", "percent"),
]


def every(view: Selection, rows: queries.Rows) -> None:
    """Each engagement as a row that opens its records; the address can name one."""
    st.subheader("Every engagement", anchor=False)
    if not rows:
        frame.empty("No engagement on record.", "No engagement names this city or topic.")
        return
    st.caption("Those under way first. Select a row to open its records below.")
    picked = records.engagements(rows, "engagements", pick=True)
    named = [row for row in rows if row["engagement_id"] == st.query_params.get("engagement")]
    opened = rows[picked] if picked is not None else named[0] if named else None
    if opened is not None:
        records.engagement(view, opened)


view = frame.begin("engagements", "Engagements", uses=("period", "city", "topic"))
when = fmt.period_long(view.period) if view.period else "this release"
rows = chosen(view)
ahead = ahead_of(view, rows)
late = None if ahead is None else [row for row in ahead if row["standing"] == "late"]
coming = None if ahead is None or late is None else [row for row in ahead if row["standing"] != "late"]
# Engagements are not counted by city and topic at once: with both chosen the figures are the city's.
narrow = {"grain": "city", "topic": None} if view.city and view.topic else {}
active = figure.find(view, "engagements_active", **narrow)
frame.finding(
    sentences.engagements(
        active.row, None if late is None else len(late), None if coming is None else len(coming), when
    )
)
if view.scope:
    st.caption(f"Figures below: {fmt.city(view.city) if narrow and view.city else view.scope}.")
figure.strip(
    [
        active,
        figure.find(view, "milestones_on_time_pct", **narrow),
        figure.find(view, "milestone_slip_days", **narrow),
        figure.find(view, "days_applied_to_approved", **narrow),
        figure.find(view, "adopted_12m_pct", "Advice adopted within a year", **narrow),
    ]
)
funnel(view)
milestones(view, ahead)
st.subheader("More figures", anchor=False)
st.caption(f"{view.scope or 'All cities and topics'}, {when}." if not narrow else f"All topics of the city, {when}.")
more.show(
    [
        figure.find(view, "engagements_on_time_pct", **narrow),
        figure.find(view, "rebaselined_count", **narrow),
        figure.find(view, "engagement_budget_variance_pct", **narrow),
    ],
    "more_engagements",
    "More figures of engagements and their milestones",
)
every(view, rows)
partners(view)
whole: dict[str, Any] = {"grain": "network", "city_id": None, "topic": None}
last = [period for period in queries.periods(view.release) if period["period_type"] == "to_date"]
to_date = Selection(view.release, last[0] if last else view.period, None, None)
st.subheader("Match, leverage and budget", anchor=False)
st.caption("The whole program. Budget and time: of the engagements now under way, to date.")
figure.strip(
    [
        figure.find(view, "match_pct", **whole),
        figure.find(view, "leverage_ratio", **whole),
        figure.find(view, "leverage_committed_usd", **whole),
        figure.find(to_date, "budget_spent_pct"),
        figure.find(to_date, "time_elapsed_pct"),
    ]
)
st.caption("What an outcome cost, program to date: a quarter says little, for the work comes before its outcome.")
more.show(
    [figure.find(to_date, "cost_per_engagement_usd"), figure.find(to_date, "cost_per_adopted_usd")],
    "engagement_costs",
    "Federal cost per completed engagement and per recommendation adopted",
)
budgets(view, rows)
frame.end(view)

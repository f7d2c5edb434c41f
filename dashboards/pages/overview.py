"""Overview, for the program lead: is the network being served, on time, and is anything going wrong?"""

import streamlit as st

from assets import format as fmt
from assets import sentences
from dashboards import alerts, charts, exhibit, figure, frame, more, queries, tables
from dashboards.filters import Selection
from dashboards.tables import Column

FLOWS = {
    "created": "Received",
    "reopened": "Reopened",
    "resolved": "Resolved",
    "withdrawn": "Withdrawn",
    "merged": "Merged",
    "closed_unanswered": "Closed unanswered",
    "backlog_open": "Open at the end",
}


def finding(view: Selection, reach: figure.Figure, on_time: figure.Figure) -> str:
    """The page in one sentence."""
    if view.period is None:
        return "This release holds no figures."
    when = fmt.period_long(view.period)
    before = reach.series[-2] if len(reach.series) > 1 else None
    if view.topic:
        return sentences.join(f"{fmt.words(view.topic)}, {when}.", sentences.on_time(on_time.row))
    return sentences.join(sentences.reach(reach.row, before, when), sentences.on_time(on_time.row))


def over_time(view: Selection) -> None:
    """The page's one chart: the share answered on time, period by period."""
    kind = view.period["period_type"] if view.period else ""
    rows = queries.figures(view.release, "on_time_pct", period_type=kind, **view.keys)
    if not any(row["state"] == "value" for row in rows) or kind == "to_date":
        frame.empty("No trend to draw.", "Choose a month, a quarter or a fiscal year with ten or more answers due.")
        return
    chosen = view.period["period"] if view.period else None
    here = next((row for row in rows if row["period"] == chosen), rows[-1])
    moved = fmt.change(here).lower()
    title = f"{fmt.value(here)} of answers due in {fmt.period_short(kind, here['period'])} came on time"
    exhibit.show(
        charts.trend(rows, "percent", chosen, waves(view, rows)),
        title + (f": {moved}" if moved else "")
        if here["state"] == "value"
        else f"Answers on time by {fmt.words(kind).lower()}",
        "Percent of answers due in the period that came within three business days; shaded: 95% interval",
        source=frame.source(view.release),
        alt=f"Line of the percent answered on time from {rows[0]['period']} to {rows[-1]['period']}, with its 95% interval.",
        rows=figure.values(rows),
        columns=TREND,
        name="on_time_over_time",
    )


TREND = [
    Column("period", "Period"),
    Column("value", "On time", "percent"),
    Column("numerator", "On time, count", "count"),
    Column("denominator", "Due", "count"),
    Column("ci_low", "95% low", "percent"),
    Column("ci_high", "95% high", "percent"),
    Column("state", "State"),
    Column("status", "Status"),
]


def waves(view: Selection, rows: queries.Rows) -> list[tuple[str, str]]:
    """The period in which each wave of cities entered, with its label."""
    marks: dict[str, list[str]] = {}
    for entry in queries.rows(view.release, "eligibility", "eligible_from, wave"):
        label = fmt.words(entry["wave"])
        if entry["wave"] is None or any(label in said for said in marks.values()):
            continue
        inside = [r for r in rows if r["period_start"] <= entry["eligible_from"] <= r["period_end"]]
        if inside:
            marks.setdefault(inside[0]["period"], []).append(label)
    return [(period, ", ".join(said)) for period, said in marks.items()]


def flows(view: Selection) -> None:
    """What came in, what went out and what is open, of the period."""
    period = view.period["period"] if view.period else None
    rows = queries.figures(view.release, list(FLOWS), period=period, **view.keys)
    by_metric = {row["metric"]: row for row in rows}
    ordered = [by_metric[metric] for metric in FLOWS if metric in by_metric]
    if not ordered:
        frame.empty("No request figures.", "This release has no counts of requests for this choice.")
        return
    still = by_metric.get("backlog_open")
    exhibit.show(
        charts.bars(
            [FLOWS[row["metric"]] for row in ordered],
            [row["value"] for row in ordered],
            [fmt.number(row["value"]) if row["state"] == "value" else fmt.state(row) for row in ordered],
            highlight=FLOWS["backlog_open"],
        ),
        f"{fmt.value(still)} open at the end of the period" if still else "What came in and what went out",
        f"Requests, {fmt.period_long(view.period)}" if view.period else "Requests",
        source=frame.source(view.release),
        alt="Bars of the requests received, reopened, closed in each way, and open at the end of the period.",
        rows=[
            row | {"flow": FLOWS[row["metric"]], "said": fmt.state(row) or "Reported"} | figure.made(row)
            for row in ordered
        ],
        columns=[Column("flow", "Requests"), Column("value", "Count", "count"), Column("said", "State")],
        name="flows",
    )


def cities(view: Selection) -> None:
    """Every city with its counts of the period; choosing a row opens its page."""
    period = view.period["period"] if view.period else None
    grain = "city_topic" if view.topic else "city"
    wanted = ["created", "on_time_pct", "backlog_open", "engagements_active"]
    found = queries.figures(view.release, wanted, grain, period=period, topic=view.topic)
    cell = {(row["city_id"], row["metric"]): row for row in found}
    lines = []
    for city in queries.rows(view.release, "cities", "name, state"):
        of = {metric: cell.get((city["city_id"], metric)) for metric in wanted}
        rate = of["on_time_pct"]
        lines.append(
            {
                "city_id": city["city_id"],
                "city": fmt.city(city),
                "wave": city["wave"],
                "created": (of["created"] or {}).get("value"),
                "counted": fmt.k_of_n(rate) if rate else None,
                "on_time": (rate or {}).get("value"),
                "said": (fmt.state(rate) or "Reported") if rate else fmt.STATE_WORDS["absent"],
                "open": (of["backlog_open"] or {}).get("value"),
                "active": (of["engagements_active"] or {}).get("value"),
            }
        )
    lines.sort(key=lambda line: (-(line["created"] or 0), line["city"]))
    st.subheader("Every city in this period", anchor=False)
    st.caption("Most requests first. A percentage is given from ten answers due. Select a row to open its page.")
    alt = "Cities with their requests, answers on time, open requests and engagements"
    opened = tables.show(lines, CITY_COLUMNS, "cities", alt, missing=fmt.NONE, pick=True)
    if opened is not None:
        st.switch_page("pages/city.py", query_params={"city": lines[opened]["city_id"]})


CITY_COLUMNS = [
    Column("city", "City"),
    Column("wave", "Wave"),
    Column("created", "Requests", "count"),
    Column("counted", "On time, count"),
    Column("on_time", "On time", "percent"),
    Column("said", "State"),
    Column("open", "Open", "count"),
    Column("active", "Engagements", "count"),
    Column("city_id", "GEOID"),
]

view = frame.begin("overview", "Overview", uses=("period", "topic"))
desk = {"dimension": "service", "dimension_value": "desk", "basis": "then", "grain": "network", "topic": None}
label = "Cities that used the desk" + (", on any topic" if view.topic else "")
reached = figure.find(view, "reach_pct", label, **desk)
answered = figure.find(view, "on_time_pct")
frame.finding(finding(view, reached, answered))
figure.strip(
    [
        reached,
        answered,
        figure.find(view, "response_hours_median"),
        figure.find(view, "backlog_open"),
        figure.find(view, "engagements_active"),
    ]
)
more.bases(view, ["reach_pct"], ["desk"])
urgent = alerts.find(view)
if urgent is not None:
    st.markdown(f"**{sentences.alerts(alerts.counts(urgent))}**")
over_time(view)
alerts.show(view, urgent)
flows(view)
cities(view)
frame.end(view)

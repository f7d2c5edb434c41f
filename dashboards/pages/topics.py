"""Topics: what cities ask about, and which topics are answered on time."""

import streamlit as st

from dashboards import charts, exhibit, figure, frame, queries, records, sentences
from dashboards import format as fmt
from dashboards.filters import Selection
from dashboards.tables import Column

RATES = [
    Column("label", "Topic"),
    Column("value", "On time", "percent"),
    Column("numerator", "On time, count", "count"),
    Column("denominator", "Due", "count"),
    Column("ci_low", "95% low", "percent"),
    Column("ci_high", "95% high", "percent"),
    Column("state", "State"),
]


def by_topic(view: Selection, metric: str) -> queries.Rows:
    """Rows of a metric for every topic of the chosen period, of the chosen city if there is one."""
    grain, city = ("city_topic", view.city["city_id"]) if view.city else ("topic", None)
    period = view.period["period"] if view.period else None
    return queries.figures(view.release, metric, grain, order="value desc, topic", period=period, city_id=city)


def rates(view: Selection, rows: queries.Rows, rated: queries.Rows, when: str) -> None:
    """The page's one chart: a dot with its interval for each topic, best first."""
    if not rows:
        frame.empty("No figure by topic.", "This release has no share answered on time for this choice.")
        return
    ordered = rated[::-1] + [row for row in rows if row["state"] != "value"]
    labels = [fmt.words(row["topic"]) for row in ordered]
    title = (
        f"{fmt.words(rated[-1]['topic'])} is answered on time most often, {fmt.words(rated[0]['topic']).lower()} least"
        if len(rated) > 1
        else "Too few answers were due by topic for a percentage"
    )
    exhibit.show(
        charts.dots(ordered, labels, fmt.words(view.topic) if view.topic else None),
        title,
        f"Percent of answers due that came on time, {when}; line: 95% interval",
        source=frame.source(view.release),
        alt="Dots of the percent answered on time for each topic with 95% intervals, highest first.",
        rows=[line | {"label": label} for line, label in zip(figure.values(ordered), labels, strict=True)],
        columns=RATES,
        name="topics_on_time",
    )


def asked(view: Selection, when: str) -> None:
    """How many requests each topic had."""
    rows = [row for row in by_topic(view, "created") if row["state"] == "value"]
    if not rows:
        frame.empty("No counts by topic.", "No request was received for this choice.")
        return
    labels = [fmt.words(row["topic"]) for row in rows]
    exhibit.show(
        charts.bars(
            labels,
            [row["value"] for row in rows],
            [fmt.number(row["value"]) for row in rows],
            highlight=fmt.words(view.topic) if view.topic else None,
        ),
        f"{labels[0]} is asked about most: {fmt.value(rows[0])}",
        f"Requests received, {when}",
        source=frame.source(view.release),
        alt="Bars of the requests received for each topic, most first.",
        rows=[row | {"label": label} for row, label in zip(rows, labels, strict=True)],
        columns=[Column("label", "Topic"), Column("value", "Requests", "count")],
        name="topics_requests",
    )


view = frame.begin("topics", "Topics", uses=("period", "city", "topic"))
when = fmt.period_long(view.period) if view.period else "this release"
on_time = by_topic(view, "on_time_pct")
rated = [row for row in on_time[::-1] if row["state"] == "value"]
rated.sort(key=lambda row: (row["value"], row["topic"]))
frame.finding(sentences.topics(rated, f"{when} for {fmt.city(view.city)}" if view.city else when))
st.caption(f"Figures below: {view.scope or 'all topics and cities'}.")
figure.strip(
    [
        figure.find(view, "created"),
        figure.find(view, "on_time_pct"),
        figure.find(view, "response_hours_median"),
        figure.find(view, "never_answered_pct"),
    ]
)
rates(view, on_time, rated, when)
asked(view, when)
if view.topic:
    st.subheader(f"Requests on record: {view.scope}", anchor=False)
    city = {"city_id": view.city["city_id"]} if view.city else {}
    records.requests(view, **city)
else:
    st.caption("Choose a topic in the filters to see the requests behind it.")
frame.end(view)

"""Topics: what cities ask about, and which topics are answered on time."""

from typing import Any

import streamlit as st

from assets import format as fmt
from assets import sentences
from dashboards import charts, charts_compare, exhibit, figure, frame, queries, records, sections, tables
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
        rows=[row | {"label": label} | figure.made(row) for row, label in zip(rows, labels, strict=True)],
        columns=[Column("label", "Topic"), Column("value", "Requests", "count")],
        name="topics_requests",
    )


def answered(view: Selection, when: str) -> None:
    """Of what was closed on each topic, how much was closed with an answer."""
    rows = [row for row in by_topic(view, "answered_pct") if row["denominator"]]
    st.subheader("Closed with an answer, by topic", anchor=False)
    if not rows:
        frame.empty("None closed.", "No request of this choice was closed in the period.")
        return
    rows.sort(key=lambda row: row["state"] != "value")
    st.caption(f"Of the requests closed by the desk, the share closed with an answer. {when}, most first.")
    lines = [line | {"label": fmt.words(line["topic"])} for line in figure.values(rows)]
    tables.show(lines, ANSWERED, "topics_answered", "Percent closed with an answer by topic", whole=True)


ANSWERED = [
    Column("label", "Topic"),
    Column("value", "With an answer", "percent"),
    Column("numerator", "With an answer, count", "count"),
    Column("denominator", "Closed", "count"),
    Column("ci_low", "95% low", "percent"),
    Column("ci_high", "95% high", "percent"),
    Column("state", "State"),
]

HEAT = {"created": "Requests", "on_time_pct": "Answers on time"}
HEAT_COLUMNS = [
    Column("label", "Topic"),
    Column("period", "Month"),
    Column("value", "Value", "number"),
    Column("numerator", "Count", "count"),
    Column("denominator", "Of", "count"),
    Column("state", "State"),
]
MONTHS = 24


def by_month(view: Selection) -> None:
    """Topic by month: how many requests, or what share of answers came on time."""
    metric = st.radio(
        "Topic by month", list(HEAT), format_func=lambda m: HEAT[m], horizontal=True, key="topics_heat_metric"
    )
    grain, city = ("city_topic", view.city["city_id"]) if view.city else ("topic", None)
    rows = queries.figures(view.release, metric, grain, period_type="month", city_id=city)
    rows = [row for row in rows if view.period is None or row["period_start"] <= view.period["period_end"]]
    months = sorted({row["period"] for row in rows})[-MONTHS:]
    rows = [row for row in rows if row["period"] in months]
    topics = [row["topic"] for row in by_topic(view, "created")] or sorted({row["topic"] for row in rows})
    if not rows:
        frame.empty("No figure by topic and month.", "No request was received for this choice.")
        return
    cell = {(row["topic"], row["period"]): row for row in rows}
    cells = [[cell.get((topic, month)) for month in months] for topic in topics]
    labels, names = [fmt.words(topic) for topic in topics], [fmt.month_short(month) for month in months]
    first, last = fmt.period_short("month", months[0]), fmt.period_short("month", months[-1])
    exhibit.show(
        charts_compare.heat(
            names,
            labels,
            [[row and row["value"] for row in line] for line in cells],
            [[fmt.value(row) if row else "" for row in line] for line in cells],
            [[in_words(row) for row in line] for line in cells],
        ),
        f"{HEAT[metric]} by topic and month, {first} to {last}",
        "Requests received; stronger color: more; open: none on record"
        if metric == "created"
        else "Percent of answers due in the month that came on time; stronger color: more; open: fewer than 10 due, or none",
        source=frame.source(view.release),
        alt=f"Heat map of {HEAT[metric].lower()}: topics down, months across, stronger color for more.",
        rows=[line | {"label": fmt.words(line["topic"])} for line in figure.values(rows)],
        columns=HEAT_COLUMNS,
        name=f"topics_heat_{metric}",
    )


def in_words(row: dict[str, object] | None) -> str:
    """A cell on hover: the value with k of N, or why there is none."""
    if row is None:
        return fmt.STATE_WORDS["absent"]
    counted = fmt.k_of_n(row)
    return f"{fmt.value(row)} ({counted})" if counted else fmt.value(row)


def unclassified(view: Selection) -> None:
    """The gate: too many requests without a topic hold back a report; the words that no taxonomy knows."""
    st.subheader("Requests without a topic", anchor=False)
    period = view.period["period"] if view.period else None
    share = figure.find(view, "unclassified_pct", grain="network", topic=None, city_id=None)
    gates = queries.rows(view.release, "topic_gates", period=period)
    st.markdown(sentences.unclassified(share.row, gates[0]["limit_pct"] if gates else None))
    words = queries.rows(view.release, "unmapped_topics", "records desc, feed, word")
    if words:
        columns = [Column("word", "Word as sent"), Column("feed", "Feed"), Column("records", "Records", "count")]
        with st.expander(f"Words for a topic that no list knows ({fmt.number(len(words))})"):
            st.caption("Map each to a topic in mapping.yml of its folder, and run again.")
            tables.show(words, columns, "unmapped_topics", "Words for a topic that no list knows, most records first")


def silent(view: Selection) -> None:
    """Cities that ask less than cities like them."""
    st.subheader("Silent cities", anchor=False)
    kind, period = "to_date", "to_date"
    if view.period is not None and view.period["period_type"] == "fiscal_year":
        kind, period = "fiscal_year", view.period["period"]
    keys: dict[str, Any] = {"period_type": kind, "period": period}
    rows = queries.rows(view.release, "silent_cities", "silent_requests desc, city_id", is_silent=True, **keys)
    if not rows:
        known = queries.count(view.release, "silent_cities", **keys)
        what = "No city asks less than expected beyond chance." if known else "Not known which cities are silent."
        frame.empty(
            what, "It is judged here by fiscal year and to date, from requests and the list of eligible cities."
        )
        return
    names = {row["city_id"]: fmt.city(row) for row in queries.rows(view.release, "cities")}
    lines = [row | {"city": names.get(row["city_id"], row["city_id"])} for row in rows]
    st.caption(
        f"{sentences.silent(len(rows))} All topics, {fmt.period_short(kind, period)}. Select a row to open the city."
    )
    opened = tables.show(lines, SILENT, "silent_cities", "Cities that asked less than expected", pick=True)
    if opened is not None:
        st.switch_page("pages/city.py", query_params={"city": lines[opened]["city_id"]})


SILENT = [
    Column("city", "City"),
    Column("observed", "Requests", "count"),
    Column("expected", "Expected", "number"),
    Column("expected_low", "At least", "number", "Of 95 in 100 such cities."),
    Column("expected_high", "At most", "number", "Of 95 in 100 such cities."),
    Column("silent_requests", "Not heard", "number"),
    Column("eligible_months", "Eligible months", "count"),
    Column("city_id", "GEOID"),
]

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
        figure.find(view, "answered_pct"),
    ]
)
rates(view, on_time, rated, when)
asked(view, when)
answered(view, when)
by_month(view)
sections.gap(view, "topics_gap")
unclassified(view)
silent(view)
if view.topic:
    st.subheader(f"Requests on record: {view.scope}", anchor=False)
    city = {"city_id": view.city["city_id"]} if view.city else {}
    records.requests(view, **city)
else:
    st.caption("Choose a topic in the filters to see the requests behind it.")
frame.end(view)

"""Responsiveness, for the program lead: is everyone answered in time, what is left open, are callers satisfied?"""

from typing import Any

import streamlit as st

from assets import format as fmt
from assets import sentences
from dashboards import charts, exhibit, figure, frame, leagues, more, queries, records, sections, tables
from dashboards.filters import Selection
from dashboards.tables import Column

LEAGUES = ("on_time_pct", "never_answered_pct", "reopened_pct", "satisfied_pct")
GROUPS = {"size_quartile": "city size", "poverty_quartile": "poverty"}
EQUITY = ("on_time_pct", "never_answered_pct", "response_hours_median", "response_hours_p90")
WORDS = {"channel": "Channel", "partner": "Partner"}  # breakdowns by a word of the record
MONTHS = [
    Column("period", "Month"),
    Column("value", "On time", "percent"),
    Column("numerator", "On time, count", "count"),
    Column("denominator", "Due", "count"),
    Column("ci_low", "95% low", "percent"),
    Column("ci_high", "95% high", "percent"),
    Column("state", "State"),
    Column("status", "Status"),
]


def by_month(view: Selection) -> None:
    """The page's first chart: the share answered on time, month by month up to the end of the chosen period."""
    rows = queries.figures(view.release, "on_time_pct", period_type="month", **view.keys)
    if view.period is not None:
        rows = [row for row in rows if row["period_start"] <= view.period["period_end"]]
    known = [row for row in rows if row["state"] == "value"]
    if not known:
        frame.empty("No month has ten or more answers due.", "Choose fewer filters, or read the counts above.")
        return
    last = known[-1]
    exhibit.show(
        charts.trend(rows, "percent", last["period"]),
        f"{fmt.value(last)} of answers due in {fmt.period_short('month', last['period'])} came on time",
        "Percent of answers due in the month that came within three business days; shaded: 95% interval; open: provisional",
        source=frame.source(view.release),
        alt=f"Line of the percent answered on time by month, {rows[0]['period']} to {rows[-1]['period']}, with its interval.",
        rows=figure.values(rows),
        columns=MONTHS,
        name="on_time_months",
    )


def satisfaction(view: Selection) -> None:
    """What callers said, with what those who did not answer could change."""
    st.subheader("Satisfaction", anchor=False)
    period = view.period["period"] if view.period else None
    found = queries.rows(view.release, "satisfaction_statement", period=period, **view.keys)
    share = figure.find(view, "satisfied_pct")
    st.markdown(sentences.satisfaction(share.row, found[0] if found else None))
    figure.strip(
        [
            share,
            figure.find(view, "satisfied_weighted_pct"),
            figure.find(view, "satisfied_low_pct", "If nobody else were satisfied"),
            figure.find(view, "satisfied_high_pct", "If everybody else were satisfied"),
            figure.find(view, "survey_response_pct"),
        ]
    )


def others(view: Selection) -> None:
    """What else is known of answers, endings and what is left open."""
    st.subheader("More figures", anchor=False)
    st.caption(f"{view.scope or 'All cities'}, {fmt.period_long(view.period) if view.period else 'this release'}.")
    metrics = (
        "on_time_calendar_pct",
        "response_hours_p90",
        "response_competing_pct",
        "resolved_within_5d_pct",
        "resolved_within_20d_pct",
        "closed_unanswered_pct",
        "repeat_contact_pct",
        "clearance_ratio",
        "open_age_days_p90",
        "satisfied_city_mean_pct",
    )
    found = [figure.find(view, metric) for metric in metrics]
    more.show(found, "more_responsiveness", "More figures of answers, endings and open requests")


def equity(view: Selection) -> None:
    """Whether cities of every size and poverty are answered alike: always of the whole network."""
    st.subheader("Are cities of every size and poverty answered alike?", anchor=False)
    kind, period = "to_date", "to_date"
    if view.period is not None and view.period["period_type"] == "fiscal_year":
        kind, period = "fiscal_year", view.period["period"]
    of: dict[str, Any] = {"period_type": kind, "period": period}
    st.caption(f"All cities, {fmt.period_short(kind, period)}. Quartile 1: the smallest, the least poor.")
    lines: list[dict[str, Any]] = []
    ways = {}
    for dimension, words in GROUPS.items():
        found = queries.figures(
            view.release, list(EQUITY), "network", "dimension_value, metric", dimension=dimension, **of
        )
        tests = queries.rows(view.release, "equity_tests", dimension=dimension, **of)
        if not found:
            continue
        st.markdown(sentences.equity(tests[0] if tests else None, words))
        for value, cell in by_value(found).items():
            name = f"{fmt.words(words)}, {group(value).lower()}"
            lines.append({"group": name} | cells(cell))
            ways[name] = titled(cell, EQUITY_COLUMNS)
    if not lines:
        frame.empty(
            "No breakdown by size and poverty.",
            "It is made to date and by fiscal year from the list of eligible cities and their indicators: land them.",
        )
        return
    tables.show(lines, EQUITY_COLUMNS, "equity", "Answers by quartile of city size and poverty", whole=True)
    more.made(ways)


def by_value(found: queries.Rows) -> dict[str, dict[str, Any]]:
    """The figures of each part of a breakdown, by metric."""
    parts: dict[str, dict[str, Any]] = {}
    for row in found:
        parts.setdefault(row["dimension_value"], {})[row["metric"]] = row
    return parts


def group(value: str) -> str:
    """A quartile in words."""
    return f"Quartile {value}" if value.isdigit() else fmt.words(value)


def cells(cell: dict[str, Any]) -> dict[str, Any]:
    """The figures of one group as words, each with its state where it has no value."""
    counted = {
        metric: f" ({fmt.k_of_n(row)})"
        for metric, row in cell.items()
        if fmt.k_of_n(row)
        and (metric == "on_time_pct" or row["state"] != "value")  # the others are of as many, or nearly
    }
    said = {metric: f"{fmt.value(row)}{counted.get(metric, '')}" for metric, row in cell.items()}
    spans = {f"{metric}_span": fmt.interval(row).removeprefix("95% interval ") for metric, row in cell.items()}
    # the unit stands with the value
    return said | {key: span.partition(" business ")[0] for key, span in spans.items()}


def titled(cell: dict[str, Any], columns: list[Column]) -> dict[str, Any]:
    """The figures of one group by the headings of their columns."""
    return {column.label: cell[column.key] for column in columns if column.key in cell}


EQUITY_COLUMNS = [
    Column("group", "Cities"),
    Column("on_time_pct", "On time"),
    Column("on_time_pct_span", "95% interval"),
    Column("never_answered_pct", "Never answered"),
    Column("response_hours_median", "Median wait"),
    Column("response_hours_median_span", "95% interval"),
    Column("response_hours_p90", "Nine in ten within"),
]
WORDED_COLUMNS = [
    Column("by", "By"),
    Column("group", "Requests"),
    Column("on_time_pct", "On time"),
    Column("on_time_pct_span", "95% interval"),
    Column("on_time_calendar_pct", "Within 72 hours"),
    Column("never_answered_pct", "Never answered"),
    Column("never_answered_pct_span", "95% interval"),
]


def worded(view: Selection) -> None:
    """Whether requests of every channel and partner are answered alike: always of the whole network."""
    if view.period is None:
        return
    of: dict[str, Any] = {key: view.period[key] for key in ("period_type", "period")}
    lines: list[dict[str, Any]] = []
    ways = {}
    for dimension, title in WORDS.items():
        metrics = ["on_time_pct", "on_time_calendar_pct", "never_answered_pct"]
        found = queries.figures(view.release, metrics, "network", "dimension_value, metric", dimension=dimension, **of)
        for value, cell in by_value(found).items():
            name = "Not known" if value == "not_known" else fmt.words(value) if dimension == "channel" else value
            lines.append({"by": title, "group": name} | cells(cell))
            ways[f"{title}: {name}"] = titled(cell, WORDED_COLUMNS)
    st.subheader("Are requests of every channel and partner answered alike?", anchor=False)
    if not lines:
        frame.empty("Nothing was due in this period.", "Choose a longer or an earlier period.")
        return
    st.caption(f"All cities, {fmt.period_long(view.period)}; by the words of the records.")
    tables.show(lines, WORDED_COLUMNS, "channels", "Answers by channel and partner", whole=True)
    more.made(ways)


def compared(view: Selection) -> None:
    """Cities beside each other, as intervals."""
    known = queries.dictionary(view.release)
    metrics = [metric for metric in LEAGUES if queries.count(view.release, "city_leagues", metric=metric)]
    if not metrics:
        st.subheader("Cities beside each other", anchor=False)
        frame.empty("No league of cities.", "This release does not carry it: run again with the present version.")
        return
    metric = st.radio(
        "Compare cities by",
        metrics,
        format_func=lambda m: str(known.get(m, {}).get("title") or fmt.words(m)),
        horizontal=True,
        key="league_metric",
    )
    leagues.show(view, metric, f"league_{metric}")


view = frame.begin("responsiveness", "Responsiveness", uses=("period", "city", "topic"))
when = fmt.period_long(view.period) if view.period else "this release"
answered, waited = figure.find(view, "on_time_pct"), figure.find(view, "response_hours_median")
still = figure.find(view, "backlog_open")
frame.finding(sentences.responsiveness(answered.row, waited.row, still.row, when))
if view.scope:
    st.caption(f"Figures below: {view.scope}.")
figure.strip([answered, figure.find(view, "never_answered_pct"), waited, still, figure.find(view, "overdue_pct")])
by_month(view)
figure.strip(
    [
        figure.find(view, "weeks_of_work"),
        figure.find(view, "open_age_days_p50"),
        figure.find(view, "resolved_within_10d_pct"),
        figure.find(view, "reopened_pct"),
        figure.find(view, "first_contact_pct"),
    ]
)
sections.first_reply(view, "first_reply", city_id=view.city["city_id"] if view.city else None, topic=view.topic)
sections.endings(view, "endings")
satisfaction(view)
others(view)
equity(view)
worded(view)
compared(view)
if view.city:
    sections.targets(view, "targets", "this city", city_id=view.city["city_id"])
else:
    sections.targets(view, "targets", "all cities together", city_id=None, topic=view.topic)
if view.scope:
    st.subheader(f"Requests on record: {view.scope}", anchor=False)
    records.requests(view, **({"city_id": view.city["city_id"]} if view.city else {}))
else:
    st.caption("Choose a city or a topic in the filters to see the requests behind these figures.")
frame.end(view)

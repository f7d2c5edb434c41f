"""City: its requests, engagements and indicators, with the records behind each figure."""

from typing import Any

import streamlit as st

from assets import format as fmt
from assets import sentences
from dashboards import charts, exhibit, figure, frame, more, queries, records, sections, tables
from dashboards.filters import Selection
from dashboards.tables import Column

VINTAGES = [
    Column("name", "Indicator"),
    Column("level", "Of"),
    Column("period_start", "From", "date"),
    Column("period_end", "To", "date"),
    Column("value", "Value", "number"),
    Column("moe", "Margin of error (90%)", "number"),
    Column("unit", "Unit"),
    Column("state", "State"),
    Column("source", "Source"),
    Column("vintage", "Vintage"),
    Column("note", "Note"),
]
LEVELS = {"place": "City", "county": "County {}: context, not the city"}


def about(view: Selection, city: Any) -> str:
    """Who the city is: population, wave, since when it is eligible."""
    spans = queries.rows(view.release, "eligibility", "eligible_from", city_id=city["city_id"])
    parts = [f"GEOID {city['city_id']}"]
    if city.get("population") is not None:
        parts.append(f"Population {fmt.number(city['population'])}")
    if city.get("wave") is not None:
        parts.append(f"Wave: {fmt.words(city['wave']).lower()}")
    for span in spans:
        until = f" to {fmt.day(span['eligible_to'])}" if span["eligible_to"] else ""
        parts.append(f"Eligible {'' if until else 'since '}{fmt.day(span['eligible_from'])}{until}")
    return " · ".join(parts if spans else [*parts, "Not on the list of eligible cities"])


def asked(view: Selection) -> None:
    """The page's one chart: requests by period."""
    kind = view.period["period_type"] if view.period else ""
    rows = queries.figures(view.release, "created", period_type=kind, **view.keys)
    if not rows or kind == "to_date":
        frame.empty(
            "No chart of requests.", "Choose a month, a quarter or a fiscal year in which the city asked something."
        )
        return
    chosen = view.period["period"] if view.period else None
    here = next((row for row in rows if row["period"] == chosen), rows[-1])
    exhibit.show(
        charts.columns(rows, here["period"]),
        f"{view.scope}: {fmt.value(here)} in {fmt.period_short(kind, here['period'])}",
        f"Requests received by {fmt.words(kind).lower()}",
        source=frame.source(view.release),
        alt=f"Columns of the requests {view.scope} sent, {rows[0]['period']} to {rows[-1]['period']}.",
        rows=figure.values(rows),
        columns=[Column("period", "Period"), Column("value", "Requests", "count"), Column("state", "State")],
        name="city_requests",
    )


def engagements(view: Selection, city_id: str) -> None:
    """Engagements that serve the city, with their milestones."""
    st.subheader("Engagements and milestones", anchor=False)
    linked = queries.rows(view.release, "engagement_cities", city_id=city_id)
    ids = [row["engagement_id"] for row in linked]
    topic: dict[str, Any] = {"topic": view.topic} if view.topic else {}
    rows = queries.rows(view.release, "engagements", "starts_on, engagement_id", engagement_id=ids, **topic)
    if not rows:
        frame.empty("No engagement on record.", "No engagement names this city for this choice of topic.")
        return
    records.engagements(rows, "city_engagements")
    shown = [row["engagement_id"] for row in rows]
    found = queries.rows(view.release, "milestones", "baseline_due, milestone_id", engagement_id=shown)
    with st.expander(f"Milestones of {'this engagement' if len(rows) == 1 else 'these engagements'}"):
        records.milestones(found, view.release.as_of, "city_milestones")


def uses(view: Selection) -> None:
    """How much the city uses each service."""
    st.subheader("Use of each service", anchor=False)
    st.caption(f"All topics, {fmt.period_long(view.period) if view.period else 'this release'}.")
    found = [more.service_figure(view, "use_rate", name, topic=None, grain="city") for name in more.SERVICES]
    if all(item.row["state"] == "absent" for item in found):
        frame.empty("No use on record.", "The city was not eligible in the period, or this release is older.")
        return
    more.show(found, "city_uses", "Uses per 100 months in which the city was eligible, by service")


def peers(view: Selection, city_id: str) -> None:
    """Whom the city met at peer events."""
    st.subheader("Peers", anchor=False)
    names = {row["city_id"]: fmt.city(row) for row in queries.rows(view.release, "cities")}
    found = queries.rows(view.release, "peer_links", "events desc, last_on desc", city_a=city_id)
    found += queries.rows(view.release, "peer_links", "events desc, last_on desc", city_b=city_id)
    if not found:
        frame.empty("This city has met no other at an event.", "Invite it to the next peer exchange.")
        return
    lines = []
    for row in found:
        other = row["city_b"] if row["city_a"] == city_id else row["city_a"]
        lines.append(row | {"other": names.get(other, other)})
    lines.sort(key=lambda row: (-row["events"], row["other"]))
    st.caption(f"{view.city and fmt.city(view.city)} met {fmt.quantity(len(lines), 'cities')} at peer events, to date.")
    columns = [Column("other", "City"), Column("events", "Events together", "count")]
    columns += [Column("first_on", "First", "date"), Column("last_on", "Last", "date")]
    tables.show(lines, columns, "city_peers", "Cities met at peer events, most often first")


def monthly(row: dict[str, Any]) -> bool:
    """Whether a figure is of one calendar month: never mixed with years."""
    start, end = row["period_start"], row["period_end"]
    return start < end and (start.year, start.month) == (end.year, end.month)


def indicators(view: Selection, city_id: str) -> None:
    """The city's indicators, each with source and vintage; where only its county has one, that, and said so."""
    st.subheader("Indicators", anchor=False)
    order = "indicator, period_start desc, vintage desc"
    rows = queries.rows(view.release, "indicator_values", order, city_id=city_id)
    rows += [
        row | {"is_default": True, "state": "value"}
        for row in queries.rows(view.release, "city_context", order, city_id=city_id)
    ]
    rows.sort(key=lambda row: (row["indicator"], -row["period_end"].toordinal(), row["geo_level"] != "place"))
    if not rows:
        frame.empty("No indicator is on record for this city.", "Land the publishers' files and run again.")
        return
    for row in rows:
        level = LEVELS.get(row["geo_level"], str(row["geo_level"])).format(row["geo_id"])
        row |= {"name": fmt.words(row["indicator"]), "level": level}
        row["state"] = fmt.state(row) or "Reported"
    latest = {(row["indicator"], row["level"]): row for row in reversed(rows) if row["is_default"] and not monthly(row)}
    st.caption("The latest year or date of each, as published last. A county's figure is context, not the city's own.")
    tables.show([latest[key] for key in sorted(latest)], VINTAGES, "indicators", "Latest indicators of the city")
    with st.expander("Every period and vintage"):
        tables.show(rows, VINTAGES, "indicator_vintages", "Every period and vintage of each indicator of the city")


def page(view: Selection) -> None:
    """One city."""
    city = view.city
    assert city is not None
    st.caption(about(view, city))
    created, answered = figure.find(view, "created"), figure.find(view, "on_time_pct")
    when = fmt.period_long(view.period) if view.period else "this release"
    frame.finding(sentences.city(view.scope, created.row, answered.row, when))
    figure.strip(
        [
            created,
            answered,
            figure.find(view, "response_hours_median"),
            figure.find(view, "backlog_open"),
            figure.find(view, "engagements_active", grain="city", topic=None),
        ]
    )
    asked(view)
    sections.first_reply(view, "city_first_reply", city_id=city["city_id"])
    uses(view)
    sections.targets(view, "city_targets", "this city", city_id=city["city_id"])
    st.subheader("Requests on record", anchor=False)
    records.requests(view, city_id=city["city_id"])
    engagements(view, city["city_id"])
    peers(view, city["city_id"])
    indicators(view, city["city_id"])


view = frame.begin("city", "City", uses=("period", "city", "topic"))
if view.city is None:
    frame.finding("Choose a city in the filters to see its requests, engagements and indicators.")
    listed = [row | {"city": fmt.city(row)} for row in queries.rows(view.release, "cities", "name, state")]
    st.caption("Or select a row.")
    columns = [Column("city", "City"), Column("population", "Population", "count"), Column("wave", "Wave")]
    opened = tables.show(
        listed, [*columns, Column("city_id", "GEOID")], "city_list", "Cities of this release", pick=True
    )
    if opened is not None:
        st.switch_page("pages/city.py", query_params={"city": listed[opened]["city_id"]})
else:
    page(view)
frame.end(view)

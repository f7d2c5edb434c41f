"""Peers and library, for the program lead: do cities meet each other, and find what they look for?"""

from typing import Any

import streamlit as st

from assets import format as fmt
from assets import sentences
from dashboards import charts, charts_compare, exhibit, figure, frame, more, queries, sections, tables
from dashboards.filters import Selection
from dashboards.tables import Column

REACH = [
    Column("label", "Service"),
    Column("value", "Reach", "percent"),
    Column("numerator", "Cities", "count"),
    Column("denominator", "Eligible", "count"),
    Column("ci_low", "95% low", "percent"),
    Column("ci_high", "95% high", "percent"),
    Column("state", "State"),
]
UNMET = [
    Column("label", "Topic"),
    Column("value", "Unmet", "percent"),
    Column("numerator", "Unmet, count", "count"),
    Column("denominator", "Requests and searches", "count"),
    Column("ci_low", "95% low", "percent"),
    Column("ci_high", "95% high", "percent"),
    Column("state", "State"),
]
MATRIX = 12


def reach(view: Selection) -> None:
    """Reach of each service beside each other."""
    period = view.period["period"] if view.period else None
    keys: dict[str, Any] = {"dimension": "service", "basis": "then", "period": period}
    found = {row["dimension_value"]: row for row in queries.figures(view.release, "reach_pct", "network", **keys)}
    rows = [found[name] for name in more.SERVICES if name in found]
    if not rows:
        frame.empty("No reach by service.", "It needs the list of eligible cities: land it and run again.")
        return
    labels = [more.SERVICES[row["dimension_value"]] for row in rows]
    of = next((row["denominator"] for row in rows if row["denominator"] is not None), None)
    exhibit.show(
        charts.dots(rows, labels),
        f"Of {fmt.quantity(of, 'eligible cities')}, "
        + ", ".join(f"{fmt.number(row['numerator'])} used {USED[row['dimension_value']]}" for row in used(rows))
        if used(rows)
        else "Reach of each service",
        f"Percent of eligible cities that used it at least once, {fmt.period_long(view.period)}; line: 95% interval"
        if view.period
        else "Percent of eligible cities that used it at least once",
        source=frame.source(view.release),
        alt="Dots of the percent of eligible cities that used each service, with 95% intervals.",
        rows=[row | {"label": label} for row, label in zip(figure.values(rows), labels, strict=True)],
        columns=REACH,
        name="reach_services",
    )


USED = {"desk": "the desk", "peer": "the peer exchange", "library": "the library"}


def used(rows: queries.Rows) -> queries.Rows:
    """Rows of the services that the title names, where they are known."""
    return [row for row in rows if row["dimension_value"] in USED and row["numerator"] is not None]


def links(view: Selection, names: dict[str, str]) -> None:
    """Who met whom: as a list, and as a small matrix of those who met most cities."""
    pairs = queries.rows(view.release, "peer_links", "events desc, last_on desc, city_a, city_b")
    mine = view.city["city_id"] if view.city else None
    if mine:
        pairs = [row for row in pairs if mine in (row["city_a"], row["city_b"])]
    if not pairs:
        st.subheader("Who met whom", anchor=False)
        frame.empty(
            "No two cities met.", "Nobody of this choice came to a peer event with another city, or none was sent."
        )
        return
    for row in pairs:
        row |= {key: names.get(row[f"city_{key}"], row[f"city_{key}"]) for key in ("a", "b")}
    if mine:
        st.subheader(f"Whom {names[mine]} met", anchor=False)
        for row in pairs:
            row["other"] = row["b"] if row["city_a"] == mine else row["a"]
        tables.show(pairs, [Column("other", "City"), *LINKS[2:]], "peer_links_city", f"Cities that {names[mine]} met")
        return
    met = queries.rows(view.release, "peer_cities", "cities_met desc, events desc, city_id", MATRIX)
    ids = [row["city_id"] for row in met if row["cities_met"]]
    times = {(row["city_a"], row["city_b"]): row for row in pairs}
    cells = [[times.get((one, other)) or times.get((other, one)) for other in ids] for one in ids]
    labels = [names.get(each, each) for each in ids]
    first = pairs[0]
    exhibit.show(
        charts_compare.heat(
            labels,
            labels,
            [[cell and cell["events"] for cell in row] for row in cells],
            [[fmt.number(cell["events"]) if cell else "" for cell in row] for row in cells],
            [[events(cell) for cell in row] for row in cells],
            slanted=True,
        ),
        f"{first['a']} and {first['b']} met most often: at {fmt.quantity(first['events'], 'events')}",
        f"Events at which both were present, program to date; the {fmt.number(len(ids))} cities that met most others. "
        "The table has every pair",
        source=frame.source(view.release),
        alt="Matrix of the cities that met most others: in each cell the number of events that both attended.",
        rows=pairs,
        columns=LINKS,
        name="peer_links",
    )


LINKS = [
    Column("a", "City"),
    Column("b", "City it met"),
    Column("events", "Events together", "count"),
    Column("first_on", "First", "date"),
    Column("last_on", "Last", "date"),
]


def events(cell: dict[str, int] | None) -> str:
    """How often two cities met, in words."""
    return fmt.quantity(cell["events"], "events") if cell else "Never met"


def alone(view: Selection, names: dict[str, str], rows: queries.Rows) -> None:
    """Eligible cities that never met another."""
    st.subheader("Cities never connected", anchor=False)
    if not view.release.has("peer_cities"):
        frame.empty("Not known.", "This release does not say who met whom: run again with the present version.")
        return
    if not rows:
        frame.empty("None.", "Every eligible city has met another at an event.")
        return
    lines = [row | {"city": names.get(row["city_id"], row["city_id"])} for row in rows]
    lines.sort(key=lambda row: row["city"])
    st.caption("Eligible, and never at an event with another city, to date. Invite them first.")
    tables.show(lines, ALONE, "never_connected", "Eligible cities that never met another city")


ALONE = [
    Column("city", "City"),
    Column("wave", "Wave"),
    Column("events", "Events attended", "count"),
    Column("population", "Population", "count"),
    Column("city_id", "GEOID"),
]


def unmet(view: Selection) -> None:
    """Requests without an answer and searches that found nothing, by topic."""
    period = view.period["period"] if view.period else None
    rows = queries.figures(view.release, "unmet_pct", "topic", "value desc, topic", period=period)
    known = [row for row in rows if row["state"] == "value"]
    rows = known + [row for row in rows if row["state"] != "value" and row["denominator"]]
    if not rows:
        frame.empty("No unmet need by topic.", "No request and no search of the library is on record for the period.")
        return
    labels = [fmt.words(row["topic"]) for row in rows]
    exhibit.show(
        charts.dots(rows, labels, fmt.words(view.topic) if view.topic else None),
        f"{labels[0]} is met least: {fmt.k_of_n(rows[0])} requests and searches led nowhere"
        if known
        else "Too few requests and searches by topic for a percentage",
        f"Percent of requests closed without an answer and searches that found nothing, {fmt.period_long(view.period)}"
        if view.period
        else "Percent of requests closed without an answer and searches that found nothing",
        source=frame.source(view.release),
        alt="Dots of the percent of unmet requests and searches by topic, with 95% intervals, highest first.",
        rows=[row | {"label": label} for row, label in zip(figure.values(rows), labels, strict=True)],
        columns=UNMET,
        name="unmet",
    )


def searches(view: Selection) -> None:
    """Searches that found nothing, by topic."""
    city = {"city_id": view.city["city_id"]} if view.city else {}
    found = queries.tally(
        view.release, "library_use", "topic", "used_on", view.period, action="search", results=0, **city
    )
    st.subheader("Searches that found nothing", anchor=False)
    if not found:
        frame.empty("None on record.", "No search of this period is known to have found nothing.")
        return
    lines = [row | {"label": fmt.words(row["topic"]) if row["topic"] else "No topic"} for row in found]
    st.caption(f"{view.scope or 'All cities'}, {fmt.period_long(view.period) if view.period else ''}. Most first.")
    columns = [Column("label", "Topic"), Column("records", "Empty searches", "count")]
    tables.show(lines, columns, "empty_searches", "Searches that found nothing by topic", whole=True)


view = frame.begin("peers_library", "Peers and library", uses=("period", "city", "topic"))
when = fmt.period_long(view.period) if view.period else "this release"
cities = {row["city_id"]: row for row in queries.rows(view.release, "cities")}
names = {key: fmt.city(row) for key, row in cities.items()}
single = queries.rows(view.release, "peer_cities", "city_id", never_connected=True)
single = [row | {"wave": cities.get(row["city_id"], {}).get("wave")} for row in single]
single = [row | {"population": cities.get(row["city_id"], {}).get("population")} for row in single]
network: dict[str, Any] = {"grain": "network", "city_id": None, "topic": None}
of: dict[str, Any] = network | {"dimension": "service", "basis": "then"}
peer = figure.find(view, "reach_pct", "Cities at a peer event", dimension_value="peer", **of)
library = figure.find(view, "reach_pct", "Cities that used the library", dimension_value="library", **of)
frame.finding(sentences.peers(peer.row, library.row, len(single) if view.release.has("peer_cities") else None, when))
figure.strip(
    [
        peer,
        library,
        figure.find(view, "peer_connected_pct", basis="then", **network),
        figure.find(view, "library_coverage_pct", **network),
        figure.find(view, "unmet_pct"),
    ]
)
sections.gap(view, "library_gap")
reach(view)
more.bases(view, ["reach_pct"])
more.services(view, "services")
more.bases(view, ["uptake_pct", "use_rate"])
st.subheader("More figures", anchor=False)
others = [figure.find(view, "peer_pairs", topic=None, grain="city" if view.city else "network")]
others.append(figure.find(view, "return_180d_pct", city_id=None, grain="topic" if view.topic else "network"))
more.show(others, "more_peers", "Pairs of cities that met, and cities that came back to the desk")
unmet(view)
searches(view)
links(view, names)
alone(view, names, single)
frame.end(view)

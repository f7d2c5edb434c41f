"""Where next: eligible cities not yet served, in order of need, with the figures that decide it."""

import streamlit as st

from dashboards import charts, figure, frame, queries, sentences, tables
from dashboards import format as fmt
from dashboards.filters import Selection
from dashboards.tables import Column

SHOWN = 15
RULE = (
    "**The rule.** A city must pass the population floor and at least one of three criteria: unemployment, poverty of "
    "people who are not in college, loss of population. Order of need: most criteria met, then highest unemployment rate, "
    "then GEOID. A criterion without its input is *cannot say*, never *no*. The order is a starting point for people who "
    "decide, not a decision."
)
COLUMNS = [
    Column("rank", "Order", "count"),
    Column("city", "City"),
    Column("criteria_met", "Criteria met", "count"),
    Column("criteria_known", "Criteria known", "count"),
    Column("unemployment_rate", "Unemployment", "percent"),
    Column("noncollege_poverty", "Noncollege poverty", "percent"),
    Column("population_change", "Population change 2000\N{EN DASH}2010", "percent"),
    Column("population", "Population", "count"),
    Column("eligible", "Eligible by the rule"),
    Column("city_id", "GEOID"),
]


def named(view: Selection, rows: queries.Rows) -> queries.Rows:
    """`rows` with the city in words; by its GEOID where the release does not name it."""
    names = {row["city_id"]: row for row in queries.rows(view.release, "cities")}
    known = [row | {key: names.get(row["city_id"], {}).get(key) for key in ("name", "state")} for row in rows]
    for row in known:
        row["city"] = fmt.city(row) if row["name"] else row["city_id"]
        row["eligible"] = {"cannot_say": "Cannot say"}.get(row["eligible"], fmt.words(row["eligible"]))
    return known


def need(view: Selection, rows: queries.Rows) -> None:
    """The page's one chart: the unemployment rate of the first cities in order of need."""
    first = [row for row in rows if row["unemployment_rate"] is not None][:SHOWN]
    if not first:
        frame.empty("Nothing to compare.", "The unemployment rate of these cities has not been landed.")
        return
    labels = [row["city"] for row in first]
    charts.exhibit(
        charts.bars(
            labels,
            [row["unemployment_rate"] for row in first],
            [f"{fmt.percent(r['unemployment_rate'], 1)} · {_criteria(r)}" for r in first],
            view.city and fmt.city(view.city),
        ),
        f"{labels[0]} comes first: {_criteria(first[0])}, unemployment {fmt.percent(first[0]['unemployment_rate'], 1)}",
        "Unemployment rate in percent, and criteria met of those known; first cities in order of need",
        source=frame.source(view.release, "Bureau of Labor Statistics, Census Bureau, program records"),
        alt="Bars of the unemployment rate of the first cities in order of need.",
        rows=first,
        columns=COLUMNS,
        name="need",
    )


def _criteria(row: dict[str, object]) -> str:
    return f"{row['criteria_met']} of {row['criteria_known']} criteria"


view = frame.begin("where-next", "Where next", uses=("city",))
if not view.release.has("candidates"):
    frame.empty(
        "No candidates in this release.", "They are made from indicators and eligibility: land both and run again."
    )
else:
    release = view.release
    waiting = named(view, queries.rows(release, "candidates", "rank, city_id", eligible="yes", served=False))
    unsure = named(view, queries.rows(release, "candidates", "city_id", eligible="cannot_say", served=False))
    frame.finding(sentences.where_next(len(waiting), len(unsure), waiting[0] if waiting else None))
    figure.strip(
        [
            figure.counted(
                "Eligible, not yet served", len(waiting), "Eligible by the rule; no engagement, no request yet."
            ),
            figure.counted(
                "Cannot say", len(unsure), "An input of the rule is missing, so it says neither yes nor no."
            ),
            figure.counted(
                "Already served",
                queries.count(release, "candidates", served=True),
                "Had an engagement or asked the desk.",
            ),
            figure.counted(
                "Not eligible by the rule",
                queries.count(release, "candidates", eligible="no", served=False),
                "Below the population floor, or every criterion is known and none is met.",
            ),
        ]
    )
    need(view, waiting)
    st.markdown(RULE)
    st.subheader("Eligible and not yet served, in order of need", anchor=False)
    if waiting:
        tables.show(waiting, COLUMNS, "candidates", "Eligible cities not yet served", missing="cannot say")
    else:
        frame.empty("No city is waiting.", "Every city that is eligible by the rule has been served.")
    if unsure:
        with st.expander(f"Cannot say: {fmt.number(len(unsure))} cities with an input missing", expanded=False):
            tables.show(unsure, COLUMNS, "cannot_say", "Cities for which the rule cannot say", missing="cannot say")
frame.end(view)

"""Where next: eligible cities not yet served, in order of need, with the figures that decide it."""

from typing import Any

import streamlit as st

from assets import format as fmt
from assets import sentences
from dashboards import charts, exhibit, figure, frame, queries, tables
from dashboards.filters import Selection
from dashboards.tables import Column

SHOWN = 15
SIGNS = {">=": "\N{GREATER-THAN OR EQUAL TO}", "<=": "\N{LESS-THAN OR EQUAL TO}"}
CANNOT_SAY = "Cannot say"
ORDER = (
    "Order of need: most criteria met, then the highest unemployment rate, then GEOID. A criterion without its figure is "
    "*cannot say*, never *no*. The order is a starting point for the people who decide; it says nothing on what help would do."
)
CANDIDATES = [
    Column("rank", "Order", "count"),
    Column("city", "City"),
    Column("criteria_met", "Criteria met", "count"),
    Column("criteria_known", "Criteria known", "count"),
    Column("unemployment_rate", "Unemployment", "percent"),
    Column("noncollege_poverty", "Noncollege poverty", "percent"),
    Column("population_change", "Population change 2000\N{EN DASH}2010", "percent"),
    Column("population", "Population", "count"),
    Column("by_rule", "Eligible by the rule"),
    Column("by_list", "On the program's list"),
    Column("city_id", "GEOID"),
]
CRITERIA = [
    Column("city", "City"),
    Column("title", "Criterion"),
    Column("reason", "Why the rule cannot say"),
    Column("county_value", "Its county's figure", "number", "Context only: a county's figure is never a city's."),
    Column("county", "County (context, not the city)"),
    Column("city_id", "GEOID"),
]


def named(view: Selection, rows: queries.Rows) -> queries.Rows:
    """`rows` with the city in words, by its GEOID where nobody names it, and what list and rule say of it."""
    names = {row["city_id"]: row for row in queries.rows(view.release, "cities")}
    for row in rows:
        of = row if row.get("name") else names.get(row["city_id"], {})
        row["city"] = fmt.city(of) if of else row["city_id"]
        row["by_rule"] = fmt.words(row.get("rule_eligible") or row["eligible"])
        row["by_list"] = "No" if row.get("eligible_by") == "rule" else "Yes"
    return rows


def criteria(view: Selection, rows: queries.Rows) -> list[dict[str, Any]]:
    """The criteria of the rule, each with operator and threshold, as the release carries them."""
    one = rows[0]["city_id"] if rows else None
    return queries.rows(view.release, "eligibility_rule", "criterion", city_id=one)


def need(view: Selection, rows: queries.Rows, rule: list[dict[str, Any]]) -> None:
    """The page's one chart: the unemployment rate of the first cities in order of need, with the rule's threshold."""
    first = [row for row in rows if row["unemployment_rate"] is not None][:SHOWN]
    if not first:
        frame.empty("Nothing to compare.", "No unemployment rate of these cities has been received.")
        return
    limits = [line for line in rule if line["indicator"] == "unemployment_rate"]
    limit = (limits[0]["threshold"], f"Threshold {fmt.percent(limits[0]['threshold'])}") if limits else None
    labels = [row["city"] for row in first]
    shares = [f"{fmt.number(row['criteria_met'])} of {fmt.number(row['criteria_known'])}" for row in first]
    rates = [fmt.percent(row["unemployment_rate"], 1) for row in first]
    said = [f"{rate} \N{MIDDLE DOT} {share}" for rate, share in zip(rates, shares, strict=True)]
    exhibit.show(
        charts.bars(
            labels,
            [row["unemployment_rate"] for row in first],
            said,
            highlight=fmt.city(view.city) if view.city else None,
            limit=limit,
        ),
        f"{labels[0]} comes first: {met(first[0])} met, unemployment {fmt.percent(first[0]['unemployment_rate'], 1)}",
        "Unemployment rate in percent, then criteria met of those known; first cities in order of need",
        source=frame.source(view.release, "Bureau of Labor Statistics, Census Bureau, program records"),
        alt="Bars of the unemployment rate of the first cities in order of need, with the threshold of the rule.",
        rows=first,
        columns=CANDIDATES,
        name="need",
    )


def met(row: dict[str, Any]) -> str:
    """3 of 3 criteria."""
    return f"{row['criteria_met']} of {row['criteria_known']} criteria"


def explain(rule: list[dict[str, Any]]) -> None:
    """The rule in words, with the thresholds of this release."""
    st.subheader("The rule", anchor=False)
    if rule:
        st.markdown("Population must pass its threshold, and at least one of the others must hold:")
        st.markdown(
            "\n".join(
                f"- {r['title']} ({SIGNS.get(r['operator'], r['operator'])} {fmt.number(r['threshold'])})" for r in rule
            )
        )
    else:
        st.caption("The thresholds of the rule are not in this release.")
    st.markdown(ORDER)


def context(release: queries.Release, missing: queries.Rows) -> None:
    """Adds to criteria without a figure what the city's county says, latest period first: said to be the county's."""
    found = queries.rows(release, "city_context", "period_end", city_id=[row["city_id"] for row in missing])
    latest = {(row["city_id"], row["indicator"]): row for row in found}
    for row in missing:
        county = latest.get((row["city_id"], row["indicator"]))
        row["county_value"] = county and county["value"]
        row["county"] = county and f"{county['geo_id']}, {county['period_start']} to {county['period_end']}"


def page(view: Selection) -> None:
    """The candidates of the release."""
    release = view.release
    waiting = named(view, queries.rows(release, "candidates", "rank, city_id", eligible="yes", served=False))
    unsure = [row for row in waiting if row["by_rule"] == CANNOT_SAY]
    frame.finding(sentences.where_next(len(waiting), len(unsure), waiting[0] if waiting else None))
    served = queries.count(release, "candidates", served=True)
    edge = queries.count(release, "candidates", served=False, on_threshold=True)
    figure.strip(
        [
            figure.counted(
                "Eligible, not yet served", len(waiting), "Eligible by the list or the rule; not served so far."
            ),
            figure.counted("Rule cannot say", len(unsure), "On the list, and a figure that the rule needs is missing."),
            figure.counted("Exactly on a threshold", edge, "Published wording differs between over and at least."),
            figure.counted("Already served", served, "An engagement that has started, or a request to the desk."),
        ]
    )
    rule = criteria(view, waiting)
    need(view, waiting, rule)
    st.subheader("Eligible and not yet served, in order of need", anchor=False)
    if waiting:
        tables.show(waiting, CANDIDATES, "candidates", "Eligible cities not yet served", missing="cannot say")
    else:
        frame.empty("No city is waiting.", "Every eligible city has been served.")
    unknown = [row["city_id"] for row in unsure]
    missing = queries.rows(release, "eligibility_rule", "city_id, criterion", city_id=unknown, meets="cannot_say")
    if missing:
        context(release, missing)
        with st.expander(f"What is missing where the rule cannot say ({fmt.quantity(len(unsure), 'cities')})"):
            tables.show(named(view, missing), CRITERIA, "cannot_say", "Criteria for which there is no figure")
    explain(rule)


view = frame.begin("where-next", "Where next", uses=("city",))
if queries.count(view.release, "candidates"):
    page(view)
else:
    frame.finding("Which cities are eligible is not known from this release.")
    frame.empty(
        "No candidates.", "They are made from the list of eligible cities and from indicators: land them and run again."
    )
frame.end(view)

"""Cities beside each other. One with fewer than ten has no percentage, no rank and no place: it is listed apart, as k of N."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from assets import format as fmt
from dashboards import charts_compare, exhibit, figure, frame, queries, sentences_compare, tables
from dashboards.filters import Selection
from dashboards.queries import Rows
from dashboards.tables import Column

COLUMNS = [
    Column("city", "City"),
    Column("pooled", "Pooled", "percent", "Strength borrowed from the other cities: few requests pull little."),
    Column("pooled_low", "95% low", "percent"),
    Column("pooled_high", "95% high", "percent"),
    Column("raw", "As counted", "percent"),
    Column("numerator", "Count", "count"),
    Column("denominator", "Of", "count"),
    Column("rank_low", "Best rank", "count"),
    Column("rank_high", "Worst rank", "count"),
    Column("city_id", "GEOID"),
]
FEW = [Column("city", "City"), Column("counted", "Count"), Column("city_id", "GEOID")]
SHOWN = 24


def show(view: Selection, metric: str, name: str) -> None:
    """Cities of ten or more in order of the pooled value with its interval; the raw value beside. The others apart."""
    meta = queries.dictionary(view.release).get(metric, {})
    kind, period = "to_date", None
    if view.period is not None and view.period["period_type"] == "fiscal_year":
        kind, period = "fiscal_year", view.period["period"]
    keys = {"metric": metric, "period_type": kind} | ({"period": period} if period else {})
    up = meta.get("direction") != "down"
    way = " desc" if up else ""
    names = {row["city_id"]: fmt.city(row) for row in queries.rows(view.release, "cities")}
    found = queries.rows(view.release, "city_leagues", f"pooled{way}, raw{way}, city_id", **keys)
    found = [
        row | {"city": names.get(row["city_id"], row["city_id"])} | figure.made(row | {"release": view.release.id})
        for row in found
    ]
    rows = [row for row in found if row["raw"] is not None and row["pooled"] is not None]
    title = str(meta.get("title") or fmt.words(metric))
    if rows:
        _chart(view, rows, title, name, up=up)
    elif any(row["raw"] is not None for row in found):
        frame.empty("No league of cities.", "Too few cities have figures to compare.")
    else:
        frame.empty("No league of cities.", "No city has ten or more to compare, or this release does not carry it.")
    few(view, [row for row in found if row["raw"] is None and row["denominator"]], title, name)


def _chart(view: Selection, rows: Rows, title: str, name: str, *, up: bool) -> None:
    chosen = view.city["city_id"] if view.city else None
    shown = _ends(rows, chosen)
    mine = next((row["city"] for row in shown if row["city_id"] == chosen), None)
    when = fmt.period_short(rows[0]["period_type"], rows[0]["period"])
    exhibit.show(
        charts_compare.league(shown, [row["city"] for row in shown], mine),
        f"{title}: {sentences_compare.league(shown, up)}",
        f"Percent, {when}, cities with ten or more. Dot: pooled value with its 95% interval; diamond: as counted; "
        "then the count"
        + (f". The first and the last; the table has all {fmt.number(len(rows))}" if len(shown) < len(rows) else ""),
        source=frame.source(view.release),
        alt=f"Dots of {title.lower()} for cities with ten or more, with their 95% intervals, best first.",
        rows=rows,
        columns=COLUMNS,
        name=name,
    )


def _ends(rows: Rows, chosen: str | None) -> Rows:
    """Both ends of a long league, and the chosen city wherever it stands."""
    half = SHOWN // 2
    if len(rows) <= SHOWN:
        return rows
    return rows[:half] + [row for row in rows[half:-half] if row["city_id"] == chosen] + rows[-half:]


def few(view: Selection, rows: Rows, title: str, name: str) -> None:
    """Cities with fewer than ten, by name: what was counted, and neither percentage nor place."""
    if not rows:
        return
    lines: list[dict[str, Any]] = [row | {"counted": fmt.k_of_n(_counts(row))} for row in rows]
    lines.sort(key=lambda row: (row["city"], row["city_id"]))
    chosen = next((row for row in lines if view.city and row["city_id"] == view.city["city_id"]), None)
    if chosen is not None:
        st.markdown(f"{chosen['city']}: {chosen['counted']}, too few for a percentage or a place among the cities.")
    one = len(lines) == 1
    with st.expander(f"{fmt.number(len(lines))} cit{'y has' if one else 'ies have'} fewer than ten"):
        st.caption("By name, not by rank: fewer than ten say too little for a percentage or a place.")
        tables.show(lines, FEW, f"{name}_few", f"{title}: cities with fewer than ten, by name")


def _counts(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"numerator": row["numerator"], "denominator": row["denominator"]}

"""Exhibits that several pages show: the wait for a first reply, leagues of cities, the gap of the library."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboards import charts_compare, charts_survival, exhibit, figure, frame, queries, sentences, tables
from dashboards import format as fmt
from dashboards.filters import Selection
from dashboards.queries import Rows
from dashboards.tables import Column

ENDS = {"resolved": "Resolved", "closed_unanswered": "No answer", "withdrawn": "Withdrawn", "merged": "Merged"}
CURVE = [
    Column("group", "Group"),
    Column("cause", "Event", "words"),
    Column("t", "Business hours", "number"),
    Column("at_risk", "At risk", "count"),
    Column("events", "Events", "count"),
    Column("share", "Estimate", "percent"),
    Column("low", "95% low", "percent"),
    Column("high", "95% high", "percent"),
]
SHOWN = 24


def _twin(curves: Sequence[tuple[str, Rows]]) -> Rows:
    named = {"estimate": "share", "ci_low": "low", "ci_high": "high"}
    return [
        {"group": name} | row | {new: fmt.share(row[old]) for old, new in named.items()}
        for name, rows in curves
        for row in rows
    ]


def first_reply(view: Selection, name: str, *, city_id: str | None = None, topic: str | None = None) -> None:
    """Who still waits for a first reply: of a city or topic beside the network, else of the network."""
    to_date = [p for p in queries.periods(view.release) if p["period_type"] == "to_date"]
    period = to_date[0] if city_id and to_date else view.period
    metric, curves = "response_hours_median", list[tuple[str, Rows]]()
    whole, of = queries.curve(view.release, metric, period, grain="network")
    if city_id or topic:
        grain = "city" if city_id else "topic"
        part, of = queries.curve(view.release, metric, period, grain=grain, city_id=city_id, topic=topic)
        if part and of:
            whole, _ = queries.curve(view.release, metric, of, grain="network")
            curves.append((fmt.city(view.city) if city_id and view.city else fmt.words(topic), part))
    if whole:
        curves.append(("All cities" if city_id else "Network", whole))
    if not curves or ((city_id or topic) and len(curves) < 2):
        frame.empty(
            "No curve of the wait for a first reply.",
            "It is drawn to date once replies have come; choose another city or topic, or a newer release.",
        )
        return
    rows = curves[0][1]
    keys = {"grain": rows[0]["grain"], "city_id": city_id, "topic": None if city_id else topic}
    median = queries.figures(view.release, metric, period_type=of["period_type"], period=of["period"], **keys)
    half = fmt.value(median[0]) if median and median[0]["state"] == "value" else None
    when = fmt.period_short(of["period_type"], of["period"])
    exhibit.show(
        charts_survival.waiting(curves),
        f"Half of the questions{' of ' + curves[0][0] if len(curves) > 1 else ''} had a first reply within {half}"
        if half
        else "Half of the questions had not had a first reply",
        f"Percent still waiting for a first reply, by business days; shaded: 95% interval; {when}",
        source=frame.source(view.release),
        alt="Falling curve of the percent of questions that still wait for a first reply, by business days since they "
        "were asked, with 95% interval and the numbers still waiting below the axis.",
        rows=_twin(curves),
        columns=CURVE,
        name=name,
    )


def endings(view: Selection, name: str) -> None:
    """How requests end, by business days since they were asked."""
    metric = "resolved_within_10d_pct"
    keys = view.keys | ({"grain": "city", "topic": None} if view.city else {})
    rows, of = queries.curve(view.release, metric, view.period, **keys)
    if not rows:
        frame.empty(
            "No curve of resolution.", "This release has none for this choice; a city has one to date once it asked."
        )
        return
    keys |= {"period_type": of["period_type"], "period": of["period"]}
    found = queries.figures(view.release, metric, **keys)
    ten = found[0] if found and found[0]["state"] == "value" else None
    exhibit.show(
        charts_survival.endings(rows, ENDS),
        f"{fmt.percent(ten['value'])} of requests were resolved within 10 business days"
        if ten
        else "How requests ended",
        "Percent of requests that had ended in each way, by business days since they were asked; open ones are counted; "
        + fmt.period_short(of["period_type"], of["period"]),
        source=frame.source(view.release),
        alt="Rising curves of the percent of requests resolved, withdrawn, merged and closed without an answer, by "
        "business days since they were asked, with the numbers still open below the axis.",
        rows=_twin([(fmt.words(keys["grain"]), rows)]),
        columns=[column for column in CURVE if column.key != "group"],
        name=name,
    )


LEAGUE = [
    Column("city", "City"),
    Column("pooled", "Pooled", "percent", "Strength borrowed from the other cities: few requests pull little."),
    Column("pooled_low", "95% low", "percent"),
    Column("pooled_high", "95% high", "percent"),
    Column("raw", "As counted", "percent", "Withheld below ten."),
    Column("numerator", "Count", "count"),
    Column("denominator", "Of", "count"),
    Column("rank_low", "Best rank", "count"),
    Column("rank_high", "Worst rank", "count"),
    Column("city_id", "GEOID"),
]


def league(view: Selection, metric: str, name: str) -> None:
    """Cities in order of the pooled value with its interval; the raw value beside. Both ends where they are many."""
    meta = queries.dictionary(view.release).get(metric, {})
    kind, period = "to_date", None
    if view.period is not None and view.period["period_type"] == "fiscal_year":
        kind, period = "fiscal_year", view.period["period"]
    keys = {"metric": metric, "period_type": kind} | ({"period": period} if period else {})
    up = meta.get("direction") != "down"
    way = " desc" if up else ""
    rows = queries.rows(view.release, "city_leagues", f"pooled{way}, raw{way}, city_id", **keys)
    rows = [row for row in rows if row["pooled"] is not None]
    if not rows:
        frame.empty(
            "No league of cities.", "Too few cities have figures to compare, or this release does not carry it."
        )
        return
    names = {row["city_id"]: fmt.city(row) for row in queries.rows(view.release, "cities")}
    rows = [row | {"city": names.get(row["city_id"], row["city_id"])} for row in rows]
    chosen = view.city["city_id"] if view.city else None
    shown = _ends(rows, chosen)
    title = str(meta.get("title") or fmt.words(metric))
    when = fmt.period_short(rows[0]["period_type"], rows[0]["period"])
    exhibit.show(
        charts_compare.league(shown, [row["city"] for row in shown], names.get(chosen) if chosen else None),
        f"{title}: {sentences.league(shown, up)}",
        f"Percent, {when}. Dot: pooled value with its 95% interval; diamond: as counted, withheld below 10; then the count"
        + (
            f". The first and last of those with ten or more; the table has all {fmt.number(len(rows))}"
            if len(shown) < len(rows)
            else ""
        ),
        source=frame.source(view.release),
        alt=f"Dots of {title.lower()} for cities with their 95% intervals, best first.",
        rows=rows,
        columns=LEAGUE,
        name=name,
    )


def _ends(rows: Rows, chosen: str | None) -> Rows:
    """Both ends of a long league, of the cities whose percentage is given, and the chosen city wherever it stands."""
    if len(rows) <= SHOWN:
        return rows
    rows = [row for row in rows if row["raw"] is not None or row["city_id"] == chosen]
    half = SHOWN // 2
    if len(rows) <= SHOWN:
        return rows
    return rows[:half] + [row for row in rows[half:-half] if row["city_id"] == chosen] + rows[-half:]


def gap(view: Selection, name: str) -> None:
    """Share of requests less share of the library's resources, by topic."""
    period: Mapping[str, Any] = view.period or {}
    keys = {"period_type": period.get("period_type"), "period": period.get("period")}
    rows = queries.figures(view.release, "library_gap_pp", "topic", "value desc, topic", **keys)
    rows = [row for row in rows if row["value"] is not None]
    if not rows:
        frame.empty(
            "No comparison of requests and library.",
            "It needs requests and library resources of the period: land both.",
        )
        return
    labels = [fmt.words(row["topic"]) for row in rows]
    exhibit.show(
        charts_compare.sides(
            labels,
            [row["value"] for row in rows],
            [fmt.signed(row["value"]) for row in rows],
            "Library covers more",
            "Asked about more",
            fmt.words(view.topic) if view.topic else None,
        ),
        sentences.gap(rows),
        f"Share of requests less share of resources, percentage points, {fmt.period_long(view.period)}"
        if view.period
        else "Share of requests less share of resources, percentage points",
        source=frame.source(view.release),
        alt="Bars to both sides of zero: for each topic its share of requests less its share of the library's resources.",
        rows=[row | {"label": label} for row, label in zip(figure.values(rows), labels, strict=True)],
        columns=[Column("label", "Topic"), Column("value", "Gap, points", "number"), Column("state", "State")],
        name=name,
    )


def targets(view: Selection, name: str, whom: str, **keys: str | None) -> None:
    """Targets set for a city, or for all, met or not, with the reason for a miss."""
    st.subheader("Targets", anchor=False)
    conditions: dict[str, Any] = dict(keys)
    rows = queries.rows(view.release, "target_results", "period desc, metric, topic", **conditions)
    if not rows:
        frame.empty(f"No target is set for {whom}.", "Targets come with the targets feed, by city, topic or for all.")
        return
    known = queries.dictionary(view.release)
    st.markdown(sentences.targets(rows))
    lines = []
    for row in rows:
        meta = known.get(row["metric"], {})
        unit = str(meta.get("unit") or "")
        reached = row | {
            "unit": unit,
            "amount_usd": None,
            "state": "value" if row["value"] is not None else row["state"],
        }
        lines.append(
            row
            | {"title": meta.get("title") or fmt.words(row["metric"]), "said": met(row)}
            | {"wanted": fmt.quantity(row["target"], unit), "reached": fmt.value(reached)}
        )
    tables.show(lines, TARGETS, name, "Targets with what was reached", missing=fmt.NONE)


def met(row: dict[str, Any]) -> str:
    """Whether a target was met, in words."""
    if row["met"] is None:
        return fmt.STATE_WORDS.get(row["state"], fmt.words(row["state"]))
    return "Met" if row["met"] else "Missed, reason needed" if row["needs_reason"] else "Missed"


TARGETS = [
    Column("title", "Figure"),
    Column("period", "Period"),
    Column("topic", "Topic", "words"),
    Column("wanted", "Target"),
    Column("reached", "Reached"),
    Column("said", "Outcome"),
    Column("reason_missed", "Reason given"),
    Column("reason", "Why it cannot be judged"),
]

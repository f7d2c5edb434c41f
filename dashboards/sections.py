"""Exhibits that several pages show: the wait for a first reply, how requests end, the gap of the library, targets."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from assets import format as fmt
from assets import sentences
from dashboards import charts_compare, charts_survival, exhibit, figure, frame, queries, tables
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
            "It is drawn to date once ten have asked and replies have come; choose another city or topic, or a newer release.",
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
            "No curve of resolution.",
            "This release has none for this choice; a city has one to date once it asked ten times.",
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
            | figure.made(row | {"release": view.release.id})
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
    Column("set_on", "Set on", "date"),
    Column("set_by", "Set by", "words"),
    Column("reached", "Reached"),
    Column("said", "Outcome"),
    Column("reason_missed", "Reason given"),
    Column("reason", "Why it cannot be judged"),
]

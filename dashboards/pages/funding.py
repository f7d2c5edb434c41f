"""Funding, for the reviewer: what the award has spent, line by line, and on what."""

from datetime import date
from typing import Any

import streamlit as st

from assets import format as fmt
from assets import sentences
from dashboards import charts, exhibit, figure, frame, funding, more, queries, tables
from dashboards.filters import Selection
from dashboards.reporting import LINES
from dashboards.tables import Column

HEADLINES = {
    "10d": "Authorized (10d)",
    "10e": "Federal share spent (10e)",
    "10h": "Unobligated (10h)",
    "10j": "Recipient share (10j)",
}


def quarter_of(view: Selection) -> Selection:
    """The selection moved to the last federal quarter that ends within the chosen period: the form is quarterly."""
    if view.period is None:
        return view
    quarters = [p for p in queries.periods(view.release) if p["period_type"] == "quarter"]
    within = [p for p in quarters if p["period_end"] <= view.period["period_end"]] or quarters[:1]
    return Selection(view.release, within[-1] if within else view.period, None, None)


def worksheet(view: Selection, day: date) -> None:
    """The lines of the form, of each award."""
    st.subheader("SF-425 worksheet, line 10", anchor=False)
    st.caption(f"Cumulative from the start of the award to {fmt.day(day)}. Names and identities as on the form.")
    rows = queries.rows(view.release, "sf425", "award_id, line", period_end=day)
    if not rows:
        frame.empty(
            "No worksheet for this quarter.", "It is made from the ledger and the award: land both and run again."
        )
        return
    awards = list(dict.fromkeys(row["award_id"] for row in rows))
    period = {"period": view.period and view.period["period"], "release": view.release.id}
    for award in awards:
        # the figure is of all awards together: where there is one award, it is its line
        lines = [
            row
            | {"name": LINES[row["line"]][0], "identity": LINES[row["line"]][1], "said": _said(row)}
            | (figure.made({"metric": f"sf425_{row['line']}"} | period) if len(awards) == 1 else {})
            for row in rows
            if row["award_id"] == award and row["line"] in LINES
        ]
        st.caption(f"Award {award}")
        columns = [Column("line", "Line"), Column("name", "Name", "long"), Column("identity", "Identity", "text")]
        tables.show(
            lines,
            [*columns, Column("amount_usd", "Cumulative", "money"), Column("said", "State")],
            f"sf425_{award}",
            f"SF-425 line 10 of award {award} at {fmt.day(day)}",
            whole=True,
        )
    if len(awards) == 1:
        more.made({"": {f"Line {row['line']}": {"metric": f"sf425_{row['line']}"} | period for row in rows}})


def _said(row: dict[str, Any]) -> str:
    if row["amount_usd"] is not None:
        return "Reported"
    return f"Not reported: {row['reason']}" if row.get("reason") else "Not reported"


def spending(view: Selection, dimension: str, title: str) -> None:
    """Federal dollars spent in the period by one dimension."""
    period = view.period["period"] if view.period else None
    keys = {"dimension": dimension, "period": period}
    rows = queries.figures(view.release, "federal_spent_usd", "network", "amount_usd desc, dimension_value", **keys)
    rows = [row for row in rows if row["amount_usd"] is not None]
    if not rows or view.period is None:
        frame.empty(f"No spending by {dimension}.", "No expenditure of this period names one.")
        return
    labels = [row["dimension_value"] if dimension == "partner" else fmt.words(row["dimension_value"]) for row in rows]
    exhibit.show(
        charts.bars(labels, [row["amount_usd"] for row in rows], [fmt.money(row["amount_usd"]) for row in rows]),
        title.format(labels[0], fmt.money(rows[0]["amount_usd"])),
        f"Federal dollars spent, {fmt.period_long(view.period)}",
        source=frame.source(view.release, "the award's ledger"),
        alt=f"Bars of federal dollars spent by {dimension}, most first.",
        rows=[row | {"label": label} | figure.made(row) for row, label in zip(rows, labels, strict=True)],
        columns=[Column("label", fmt.words(dimension)), Column("amount_usd", "Federal share spent", "money")],
        name=f"spending_{dimension}",
    )


def by_engagement(view: Selection) -> None:
    """Federal dollars spent by engagement beside what was planned."""
    st.subheader("Spending by engagement", anchor=False)
    period = view.period["period"] if view.period else None
    spent = queries.figures(view.release, "federal_spent_usd", "engagement", "amount_usd desc", period=period)
    titles = {row["engagement_id"]: row for row in queries.rows(view.release, "engagements")}
    rows = [
        {"engagement_id": row["engagement_id"], "amount_usd": row["amount_usd"]}
        | figure.made(row)
        | {key: titles.get(row["engagement_id"], {}).get(key) for key in ("title", "status", "planned_cost_usd")}
        for row in spent
    ]
    if not rows:
        frame.empty("No spending by engagement.", "No expenditure of this period names an engagement.")
        return
    tables.show(
        rows,
        [
            Column("engagement_id", "Engagement"),
            Column("title", "Title"),
            Column("status", "Status"),
            Column("amount_usd", "Federal share spent", "money"),
            Column("planned_cost_usd", "Planned, whole", "money"),
        ],
        "spending_engagement",
        "Federal dollars spent by engagement in the period",
    )


def per_outcome(view: Selection) -> None:
    """What an answer, an engagement and an adopted recommendation cost: of the period and to date."""
    st.subheader("Federal cost per outcome", anchor=False)
    st.caption("Direct and allocated cost, federal share. Outcomes come after the work: read a short period with care.")
    spans = [view] if view.period is not None else []
    whole = [p for p in queries.periods(view.release) if p["period_type"] == "to_date"]
    spans += [Selection(view.release, p, None, None) for p in whole if p != view.period]
    metrics = ("cost_per_answer_usd", "cost_per_engagement_usd", "cost_per_adopted_usd")
    found = [figure.find(span, metric) for metric in metrics for span in spans]
    more.show(found, "cost_per_outcome", "Federal cost per answer, per engagement and per recommendation adopted")


view = frame.begin("funding", "Funding", uses=("period",))
quarter = quarter_of(view)
if quarter.period is None:
    frame.empty("No figures.", "This release holds no figures.")
else:
    end = quarter.period["period_end"]
    found = [figure.find(quarter, f"sf425_{line}", label) for line, label in HEADLINES.items()]
    amounts = {line: item.row["amount_usd"] for line, item in zip(HEADLINES, found, strict=True)}
    frame.finding(sentences.funding(amounts, fmt.day(end)))
    figure.strip(found)
    spending(view, "service", "{} took the most: {}")
    worksheet(view, end)
    funding.indirect(view, end)
    funding.rules(view, end)
    funding.prior(view, end)
    funding.budget(view, end)
    funding.pace(view, end)
    spending(view, "category", "{} is the largest category: {}")
    spending(view, "partner", "{} spent the most of the partners: {}")
    per_outcome(view)
    by_engagement(view)
frame.end(view)

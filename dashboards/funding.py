"""Sections of the page Funding: indirect expense, the rules of the form, budget against actual, pace and cash."""

from datetime import date

import streamlit as st

from assets import format as fmt
from dashboards import charts, exhibit, frame, queries, tables
from dashboards.filters import Selection
from dashboards.reporting import RULES
from dashboards.tables import Column

INDIRECT = [
    Column("rate_id", "Rate"),
    Column("type", "Type (11a)", "words"),
    Column("rate", "Rate (11b)", "number"),
    Column("period_from", "From (11c)", "date"),
    Column("period_to", "To (11c)", "date"),
    Column("base", "Base (11d)", "money"),
    Column("amount_charged", "Charged (11e)", "money"),
    Column("federal_share", "Federal share (11f)", "money"),
    Column("difference_usd", "Charged less rate times base", "money"),
]
CHECKS = [
    Column("title", "Rule", "long"),
    Column("said", "Holds"),
    Column("found_usd", "Found", "money"),
    Column("expected_usd", "Against", "money"),
]
ENTRIES = [
    Column("entry_id", "Entry"),
    Column("posted_on", "Posted", "date"),
    Column("counted_on", "Counts from", "date"),
    Column("kind", "Kind", "words"),
    Column("amount_usd", "Amount", "money"),
    Column("reverses", "Reverses"),
]
CLASSES = [
    Column("label", "Object class"),
    Column("budget_usd", "Budget", "money"),
    Column("spent_quarter_usd", "Spent in the quarter", "money"),
    Column("spent_usd", "Spent to date", "money"),
    Column("left_usd", "Left", "money"),
    Column("spent_pct", "Spent", "percent", "Of the budget of the class, in its latest version"),
    Column("version", "Budget version"),
]
PACE = [
    Column("titled", "Quarter"),
    Column("spent_quarter_usd", "Spent in the quarter", "money"),
    Column("burn_month_usd", "Burn, a month", "money", "At the pace of the last four quarters"),
    Column("projected_balance_usd", "Projected balance", "money", "At the award's end, at that pace"),
    Column(
        "projected_low_usd", "If as the fastest", "money", "The balance at the pace of the fastest of these quarters"
    ),
    Column(
        "projected_high_usd", "If as the slowest", "money", "The balance at the pace of the slowest of these quarters"
    ),
    Column("received_usd", "Drawn (10a)", "money"),
    Column("spent_usd", "Spent (10e)", "money"),
    Column(
        "drawn_less_spent_usd",
        "Drawn less spent",
        "money",
        "Below zero the program has spent what it has not drawn yet",
    ),
    Column("award_id", "Award"),
]
SAID = {None: "Does not apply", True: "Yes", False: "No"}


def indirect(view: Selection, end: date) -> None:
    """Line 11 of the form."""
    rows = queries.rows(view.release, "sf425_indirect", "award_id, rate_id", period_end=end)
    if rows:
        st.caption("Line 11, indirect expense, cumulative by the rate that entries name")
        tables.show(rows, INDIRECT, "sf425_indirect", f"SF-425 line 11 at {fmt.day(end)}", missing="", whole=True)


def rules(view: Selection, end: date) -> None:
    """Whether the form ties out: what has to hold before it is made."""
    rows = queries.rows(view.release, "sf425_checks", "award_id, rule", period_end=end)
    if not rows:
        return
    lines = [row | {"title": RULES[row["rule"]][0], "said": SAID[row["holds"]]} for row in rows if row["rule"] in RULES]
    broken = [line for line in lines if line["holds"] is False and line["blocks"]]
    told = f"{fmt.quantity(len(broken), 'things')} to put right" if broken else "all hold"
    with st.expander(f"Rules that the form keeps: {told}", expanded=bool(broken)):
        for line in broken:
            st.markdown(f"- {line['title']}: **no**. What to do: {RULES[line['rule']][1]}.")
        tables.show(lines, CHECKS, "sf425_checks", "Rules of the SF-425 and whether they hold", missing="", whole=True)


def prior(view: Selection, end: date) -> None:
    """Entries that count in this quarter and belong to one whose report was locked before they were known."""
    quarters = queries.rows(view.release, "award_outlook", "award_id", period_end=end)
    period = quarters[0]["period"] if quarters else None
    rows = queries.rows(view.release, "ledger", "entry_id", is_prior_period=True, quarter=period)
    if rows:
        st.subheader("Corrections of prior periods", anchor=False)
        st.caption("First known after the report of their own quarter was locked: they count in this one.")
        tables.show(
            rows, ENTRIES, "prior_periods", "Ledger entries of prior periods that count in this quarter", whole=True
        )


def budget(view: Selection, end: date) -> None:
    """Budget against actual by object class."""
    rows = [
        row | {"label": fmt.words(row["category"])}
        for row in queries.rows(view.release, "budget_status", "award_id, category", period_end=end)
    ]
    told = [row for row in rows if row["spent_pct"] is not None]
    if not told:
        frame.empty("No budget to compare with.", "Land the budget of the award, by object class.")
        return
    above = [row["label"] for row in rows if row["is_over_budget"]]
    exhibit.show(
        charts.bars(
            [row["label"] for row in told],
            [row["spent_pct"] for row in told],
            [f"{fmt.percent(row['spent_pct'], 1)} of {fmt.money(row['budget_usd'])}" for row in told],
            limit=(100, "Budget"),
        ),
        f"Above budget: {', '.join(above)}" if above else "No object class is above its budget",
        f"Spent to {fmt.day(end)}, percent of the budget of the class",
        source=frame.source(view.release, "the award's ledger and budget"),
        alt="Bars of the percent of budget spent, by object class, with the budget as a line.",
        rows=rows,
        columns=CLASSES,
        name="budget",
    )


def pace(view: Selection, end: date) -> None:
    """How fast the award is spent, where that leads, and cash drawn beside it."""
    rows = queries.rows(view.release, "award_outlook", "period_end desc, award_id")
    rows = [row | {"titled": fmt.period_short("quarter", row["period"])} for row in rows if row["period_end"] <= end]
    now = next((row for row in rows if row["period_end"] == end and row["projected_balance_usd"] is not None), None)
    if not rows:
        return
    st.subheader("Pace and cash", anchor=False)
    if now:
        month, balance, low, high = (
            fmt.money(now[key])
            for key in ("burn_month_usd", "projected_balance_usd", "projected_low_usd", "projected_high_usd")
        )
        st.markdown(
            f"At the pace of the last four quarters, {month} a month, {balance} would be left when the award ends on"
            f" {fmt.day(now['ends_on'])}: {low} at the pace of the fastest of them, {high} at that of the slowest. A straight line,"
            " and no promise."
        )
    tables.show(
        rows, PACE, "award_pace", "Pace of spending, projected balance and cash, by quarter, newest first", missing=""
    )

"""Budget: actual beside budget by object class, the pace of spending and where it leads, cash drawn beside what was spent."""

from collections.abc import Iterator
from datetime import date

from assets import format as fmt
from assets.documents import common, sf425_gate
from assets.documents.document import Block, Chart, Column, Document, Heading, Paragraph, Point, Table, Term
from assets.documents.facts import Facts, Row

NAME = "budget"
CLASSES = (
    Column("category", "Object class", "object class; unassigned where entries name none", width=22),
    Column("budget_usd", "Budget", "whole amount in the latest version of the budget", "cents", 18),
    Column("spent_quarter_usd", "Spent in the quarter", "federal share spent in the quarter", "cents", 18),
    Column("spent_usd", "Spent to date", "federal share spent since the award began", "cents", 18),
    Column("left_usd", "Left", "budget less spent to date", "cents", 18),
    Column("spent_pct", "Spent, % of budget", "spent to date, of the budget", "percent", 14),
)
DRAWN = (
    Column("period", "Quarter", "federal fiscal quarter", "period", 12),
    Column("authorized_usd", "Authorized (10d)", "federal funds authorized, cumulative", "cents", 18),
    Column("received_usd", "Drawn (10a)", "cash received, cumulative", "cents", 18),
    Column("disbursed_usd", "Paid out (10b)", "cash disbursed, cumulative", "cents", 18),
    Column("spent_usd", "Spent (10e)", "federal share of expenditures, cumulative", "cents", 18),
    Column("drawn_less_spent_usd", "Drawn less spent", "cash received less expenditures", "cents", 18),
    Column("spent_quarter_usd", "Spent in quarter", "federal share spent in the quarter", "cents", 18),
)
OUTLOOK = (
    Column("what", "At the pace of", "which pace", kind="long", width=40),
    Column("burn_usd", "A month", "dollars spent in a month at that pace", "cents", 18),
    Column(
        "balance_usd", "Balance at the award's end", "authorized less what is spent by then at that pace", "cents", 22
    ),
)
SPENT = (
    Column("name", "Of", "partner or service; unassigned where entries name none", kind="long", width=34),
    Column("quarter_usd", "Spent in the period", "federal share spent in the period", "cents", 18),
    Column(
        "whole_usd", "Spent to the as-of day", "federal share spent up to the as-of day of the release", "cents", 18
    ),
)
SILENT = "No ledger was received, so what was spent is not reported."
SHOWN = 8  # quarters on paper; the workbook has every one


def build(facts: Facts, period: str, lacks: list[str]) -> Document:
    """Budget and spending of every award at the end of a period."""
    name, end = sf425_gate.quarter(facts, period)
    blocks: list[Block] = []
    awards = list(dict.fromkeys(row["award_id"] for row in facts.rows("award_outlook", "award_id", period_end=end)))
    for award, of in common.labels(awards).items():
        blocks += of_award(facts, award, end, of)
    blocks += spent(facts, name)
    title, subtitle = "Budget and spending", f"To {fmt.day(end)} · {fmt.period_short('quarter', name)}"
    return common.document(facts, NAME, period, f"budget-{period}", title, subtitle, blocks, lacks)


def of_award(facts: Facts, award: str, end: date, of: str = "") -> Iterator[Block]:
    """Budget against actual, pace and cash of one award."""
    yield Heading(f"Award {award}")
    outlook = facts.rows("award_outlook", "period_end desc", f"period_end <= date '{end}'", award_id=award)
    classes, silent = facts.rows("budget_status", "category", award_id=award, period_end=end), is_silent(outlook[0])
    yield from _classes(classes, end, of, silent)
    yield _pace(outlook[0], of, silent)
    outlook = [filled(row, DRAWN) if silent else row for row in outlook]
    yield Table(
        f"Cash{of}", "Cash drawn beside what was spent", DRAWN, outlook[:SHOWN], row_header="period",
        note=f"{SILENT} " * silent + f"The last {SHOWN} quarters, newest first; the workbook has every one on sheet Quarters. Below"
        " zero, the program has spent what it has not drawn yet.",
    )  # fmt: skip
    yield Table(
        f"Quarters{of}",
        "Every quarter since the award began",
        DRAWN,
        outlook[::-1],
        paper=False,
        row_header="period",
    )


def is_silent(now: Row) -> bool:
    """Whether no ledger was received. now: a row of award_outlook."""
    return now["spent_usd"] is None


def filled(row: Row, columns: tuple[Column, ...]) -> Row:
    """A row that says of each amount that it lacks that it is not reported: missing is not zero, nor is it nothing."""
    return row | {c.name: "Not reported" for c in columns if row[c.name] is None}


def over(facts: Facts, end: date) -> list[Row]:
    """Object classes of which more is spent than budgeted, at the end of a quarter; one that a budget does not have has none."""
    return facts.rows("budget_status", "award_id, category", "is_over_budget", period_end=end)


def _classes(classes: list[Row], end: date, of: str, silent: bool) -> Iterator[Block]:
    rows: list[Row] = [row | {"category": fmt.words(row["category"])} for row in classes]
    for row in rows:
        if row["budget_usd"] is None:
            row["budget_usd"] = "Not in the budget"
    formulas = {
        (at, "left_usd"): [Term(1, at, "budget_usd"), Term(-1, at, "spent_usd")]
        for at, row in enumerate(classes)
        if row["left_usd"] is not None
    }
    version = next((row["version"] for row in classes if row["version"]), None)
    note = f"Budget: {version}, the latest version. " if version else "No budget was received. "
    note += SILENT if silent else "What the classes spent adds up to line 10e."
    yield Table(
        f"Budget{of}", "Budget against actual, by object class", CLASSES,
        [filled(row, CLASSES) for row in rows] if silent else rows, note=note, formulas=formulas, row_header="category",
        empty="No budget and no ledger." if silent else "No budget and no spending.",
    )  # fmt: skip
    points = [
        Point(
            row["category"], row["spent_pct"], f"{fmt.percent(row['spent_pct'], 1)} of {fmt.cents(row['budget_usd'])}"
        )
        for row in rows
        if row["spent_pct"] is not None
    ]
    if points:
        above = [row["category"] for row in rows if row["is_over_budget"]]
        outside = [row for row in rows if row["spent_pct"] is None and (row["spent_usd"] or 0) > 0]
        points += [
            Point(row["category"], None, f"{fmt.cents(row['spent_usd'])}, and not in the budget") for row in outside
        ]
        title = f"Above budget: {', '.join(above)}" if above else "No object class is above its budget"
        told = "; ".join(f"{p.label} {p.text}" for p in points)
        yield Chart(
            title, f"Spent to {fmt.day(end)}, percent of the budget of the class", f"Bars of the percent of budget spent: {told}.",
            points, "Source: the award's ledger and budget", target=100, target_text="Budget (100%)",
        )  # fmt: skip


def _pace(now: Row, of: str, silent: bool) -> Table:
    rows = [
        {
            "what": "The last four quarters",
            "burn_usd": now["burn_month_usd"],
            "balance_usd": now["projected_balance_usd"],
        },
        {"what": "The fastest of them", "burn_usd": now["burn_high_usd"], "balance_usd": now["projected_low_usd"]},
        {"what": "The slowest of them", "burn_usd": now["burn_low_usd"], "balance_usd": now["projected_high_usd"]},
    ]
    ends, last = "", fmt.day(now["ends_on"])
    if now["ends_on"] and now["days_left"]:
        ends = f"The award ends on {last}, {fmt.quantity(now['days_left'], 'days')} later. "
    elif now["ends_on"]:
        ends = f"The award ended on {last}: nothing is projected. "
    note = f"{ends}A straight line from what is authorized and spent now; below zero, more would be spent than is authorized."
    if silent:
        rows, note = [filled(row, OUTLOOK) for row in rows], SILENT
    return Table(f"Pace{of}", "Burn rate and projected balance", OUTLOOK, rows, note=note, row_header="what")


def spent(facts: Facts, period: str) -> Iterator[Block]:
    """Federal dollars spent, by partner and by service."""
    whole = facts.figures("to_date", ["federal_spent_usd"]).get("federal_spent_usd")
    silent = whole is None or whole["state"] != "value"
    for dimension, title in (("partner", "Spending by partner"), ("service", "Spending by service")):
        yield Heading(title)
        found = facts.rows(
            "metric_values", "amount_usd desc, dimension_value", f"period in ('{period}', 'to_date')",
            metric="federal_spent_usd", grain="network", dimension=dimension,
        )  # fmt: skip
        cell = {(row["dimension_value"], row["period"]): row["amount_usd"] for row in found}
        names = list(dict.fromkeys(row["dimension_value"] for row in found if row["period"] == "to_date"))
        rows = [
            {
                "name": n if dimension == "partner" else fmt.words(n),
                "quarter_usd": cell.get((n, period)),
                "whole_usd": cell[n, "to_date"],
            }
            for n in names
        ]
        note = f"The as-of day of the release is {fmt.day(facts.as_of)}."
        yield Table(
            fmt.words(dimension),
            f"{title}, federal share",
            SPENT,
            rows,
            note=note,
            empty=SILENT if silent else "No spending.",
            row_header="name",
        )
    yield Paragraph("Match and leverage are not federal dollars and are in none of these sums.")

"""The SF-425 Federal Financial Report: lines 10a to 10o and 11, cumulative, with the boxes, the rules it keeps and the ledger."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from assets import format as fmt
from assets.documents import common, forms, sf425_gate, sf425_told
from assets.documents.document import Block, Boxes, Column, Document, Heading, Paragraph, Table, Term
from assets.documents.facts import Facts, Row

NAME, ZERO = sf425_gate.NAME, Decimal("0.00")
LINES = (
    Column("line", "Line", "line of the SF-425", width=8),
    Column("title", "Transaction", "the line's name on the form", kind="long", width=48),
    Column("how", "Identity", "how the form derives it from other lines", width=24),
    Column("amount_usd", "Cumulative", "dollars from the start of the award to the end of the period", "cents", 18),
    Column(
        "before_usd",
        "Period before",
        "the same at the end of the period before, by this release",
        "cents",
        18,
        paper=False,
    ),
    Column("moved_usd", "Change", "cumulative less the period before", "cents", 18, paper=False),
)
INDIRECT = (
    Column("rate_id", "Rate", "the rate's name in the ledger", width=12),
    Column("type", "11a Type", "kind of rate", width=14),
    Column("rate", "11b Rate", "a fraction of the base", "rate", 10),
    Column("span", "11c Period", "first and last day the rate applies", width=24),
    Column("period_from", "11c From", "first day the rate applies", "day", 18, paper=False),
    Column("period_to", "11c To", "last day the rate applies", "day", 18, paper=False),
    Column("base", "11d Base", "what the rate was applied to, cumulative", "cents", 16),
    Column("amount_charged", "11e Charged", "what was charged, cumulative", "cents", 16),
    Column("federal_share", "11f Federal share", "of it the federal share", "cents", 16),
    Column("difference_usd", "11e less b × d", "what was charged less rate times base", "cents", 14, paper=False),
)
CHECKS = (
    Column("title", "Rule", "what has to hold", kind="long", width=60),
    Column("said", "Holds", "yes, no, or that it does not apply", width=14),
    Column("found_usd", "Found", "the side that is tested", "cents", 18),
    Column("expected_usd", "Against", "what it is held against", "cents", 18),
)
ENTRIES = (
    Column("entry_id", "Entry", "number of the ledger entry", width=14),
    Column("posted_on", "Posted", "day it was posted", "day", 18),
    Column("counted_on", "Counts from", "day that decides in which quarter it counts", "day", 18),
    Column("kind", "Kind", "what moved", width=20),
    Column("lines", "Lines", "lines of the form that it is part of", width=16),
    Column("amount_usd", "Amount", "signed dollars and cents", "cents", 16),
    Column("service", "Service", "service it was for", width=14),
    Column("engagement_id", "Engagement", "engagement it was for", width=14),
    Column("category", "Object class", "object class", width=16),
    Column("partner", "Partner", "consortium member", width=20),
    Column("rate_id", "Rate", "indirect rate", width=12),
    Column("reverses", "Reverses", "the entry that it reverses", width=14),
)
SHORT = tuple(c for c in ENTRIES if c.name in ("entry_id", "posted_on", "kind", "lines", "amount_usd", "reverses"))
ALLOCATED = (
    Column("service", "Service", "service the cost is of", width=16),
    Column("engagement_id", "Engagement", "engagement the cost is of; empty: of no one engagement", width=16),
    Column("direct_usd", "Direct", "federal cost that names it", "cents", 18),
    Column("allocated_usd", "Shared", "its part of shared cost", "cents", 18),
    Column("amount_usd", "Whole", "direct and shared", "cents", 18),
    Column("rule", "Driver", "by what shared cost is split", kind="long", width=44),
)


def build(facts: Facts, period: str, lacks: list[str]) -> Document:
    """The form of every award at the end of a period. lacks: what `missing` found, which makes it a draft."""
    name, end = sf425_gate.quarter(facts, period)
    blocks: list[Block] = []
    quarters = sf425_gate.quarters(facts, period)
    for award, of in common.labels(sf425_gate.awards(facts, NAME, period, end)).items():
        blocks += _form(facts, award, name, quarters, end, of)
    blocks.append(sf425_told.table(facts, period, end))
    blocks += common.restated(facts, NAME, period)
    title = "Federal Financial Report (SF-425)"
    subtitle = f"Period ended {fmt.day(end)} · {fmt.period_short('quarter', name)}"
    return common.document(facts, NAME, period, f"sf425-{period}", title, subtitle, blocks, lacks)


def _form(facts: Facts, award: str, name: str, quarters: list[str], end: date, of: str) -> Iterator[Block]:
    told = next(iter(facts.rows("award", award_id=award)), {})
    yield Heading(f"Award {award}")
    yield Boxes(f"Boxes{of}", "Boxes 1 to 9", boxes(told, end))
    yield _lines(facts, award, quarters, end, of)
    yield _indirect(facts, award, end, of)
    words = sf425_gate.said(facts, name, award)
    yield Heading("12. Remarks", 2)
    aside = sf425_gate.set_aside(facts)
    if not words and not aside:
        yield Paragraph("None.")
    yield from map(Paragraph, aside)
    for section in forms.SECTIONS:
        yield from common.paragraphs(words.get(section, ""))
    yield Heading("13. Certification", 2)
    yield Paragraph(forms.CERTIFIED)
    yield Boxes(f"Certification{of}", "13. Certification, to be completed by the recipient", forms.CERTIFICATION)
    entries = [
        _entry(row)
        for row in facts.rows("ledger", "counted_on, entry_id", f"counted_on <= date '{end}'", award_id=award)
    ]
    prior = [row for row in entries if row["is_prior_period"] and row["quarter"] in quarters]
    yield Heading("What stands behind the lines", 2)
    yield Table(
        f"Prior periods{of}",
        "Corrections of prior periods in this period",
        SHORT,
        prior,
        note="First known after the report of the quarter in which they were posted was locked; they count in this period.",
        empty="None: no entry of this period belongs to a quarter whose report was locked.",
        row_header="entry_id",
    )
    yield _checks(facts, award, end, of)
    costs = facts.rows("allocations", "service, engagement_id nulls first", award_id=award, period_end=end)
    yield Table(
        f"Allocations{of}",
        "Federal cost of services and engagements, which adds up to line 10e",
        ALLOCATED,
        costs,
        empty="No federal cost yet.",
        paper=False,
    )
    yield Table(f"Ledger{of}", f"Ledger entries behind the lines, to {fmt.day(end)}", ENTRIES, entries, paper=False)


def boxes(award: Row, end: date) -> list[tuple[str, str, str | None]]:
    """Boxes 1 to 9 of the form. award: a row of table award; empty where only the ledger names it."""
    last = award.get("end")
    is_final = last is not None and last <= end
    kind = "Final" if is_final else forms.FREQUENCIES.get(str(award.get("frequency")), "")
    span = f"{fmt.day(award['start'])} to {fmt.day(last)}" if last else ""
    return [
        ("1", "Federal agency and organizational element to which report is submitted", award.get("agency") or ""),
        ("2", "Federal grant or other identifying number", award.get("number") or ""),
        (
            "3",
            "Recipient organization (name and address)",
            "; ".join(filter(None, (award.get("recipient"), award.get("address")))),
        ),
        ("4a", "Unique entity identifier", award.get("uei") or ""),
        ("4b", "EIN", award.get("ein") or ""),
        ("5", "Recipient account number or identifying number", award.get("account_number") or ""),
        ("6", "Report type", kind),
        ("7", "Basis of accounting", forms.BASES.get(str(award.get("basis")), "")),
        ("8", "Project/grant period", span),
        ("9", "Reporting period end date", fmt.day(last if is_final else end)),
    ]


def _lines(facts: Facts, award: str, quarters: list[str], end: date, of: str) -> Table:
    rows = facts.rows("sf425", "line", award_id=award, period_end=end)
    earlier = [
        row
        for row in facts.rows("sf425", "period_end, line", f"period_end < date '{end}'", award_id=award)
        if row["period"] not in quarters
    ]
    before = {row["line"]: row["amount_usd"] for row in earlier}  # the last of each line stays
    lines, place = list[Row](), {row["line"]: at for at, row in enumerate(rows)}
    for row in rows:
        title, how = forms.LINES[row["line"]]
        amount, was = row["amount_usd"], before.get(row["line"], ZERO if not earlier else None)
        moved = amount - was if amount is not None and was is not None else None
        said = amount if amount is not None else f"Not reported: {row['reason']}"
        lines.append(
            {"line": row["line"], "title": title, "how": how, "amount_usd": said, "before_usd": was, "moved_usd": moved}
        )
    known = {row["line"] for row in rows if row["amount_usd"] is not None}
    formulas: dict[tuple[int, str], Any] = {
        (place[line], "amount_usd"): [Term(sign, place[part], "amount_usd") for sign, part in parts]
        for line, parts in forms.IDENTITIES.items()
        if {line, *(part for _, part in parts)} <= known
    }
    formulas |= {
        (at, "moved_usd"): [Term(1, at, "amount_usd"), Term(-1, at, "before_usd")]
        for at, line in enumerate(lines)
        if line["moved_usd"] is not None
    }
    # in the title, for a note below would stand alone at the top of the next page
    title = f"10. Transactions, cumulative to {fmt.day(end)}"
    return Table(f"Line 10{of}", title, LINES, lines, formulas=formulas, row_header="line")


def _indirect(facts: Facts, award: str, end: date, of: str) -> Table:
    rows: list[Row] = facts.rows("sf425_indirect", "rate_id", award_id=award, period_end=end)
    for row in rows:
        row["type"] = fmt.words(row["type"]) if row["type"] else "Not on record"
        days = [f"{day:%m/%d/%Y}" for day in (row["period_from"], row["period_to"]) if day]
        row["span"] = " to ".join(days)
    formulas: dict[tuple[int, str], Any] = {}
    if rows:
        sums = ("base", "amount_charged", "federal_share")
        total = {"rate_id": "11g Totals", **{name: sum((row[name] for row in rows), ZERO) for name in sums}}
        formulas = {(len(rows), name): [Term(1, at, name) for at in range(len(rows))] for name in sums}
        rows = [*rows, total]
    return Table(
        f"Line 11{of}", "11. Indirect expense", INDIRECT, rows, formulas=formulas, row_header="rate_id",
        note="Cumulative, by the rate that entries of the ledger name.", empty="No indirect expense was charged.",
    )  # fmt: skip


def _checks(facts: Facts, award: str, end: date, of: str) -> Table:
    words = {None: "Does not apply", True: "Yes", False: "No"}
    found = {row["rule"]: row for row in facts.rows("sf425_checks", award_id=award, period_end=end)}
    rows = [
        {"title": title, "said": words[found[rule]["holds"]]}
        | {side: found[rule][side] for side in ("found_usd", "expected_usd")}
        for rule, (title, _) in forms.RULES.items()
        if rule in found
    ]
    return Table(f"Rules{of}", "Rules that the form keeps", CHECKS, rows, row_header="title")


def _entry(row: Row) -> Row:
    return row | {"lines": forms.KINDS.get(row["kind"], ""), "kind": fmt.words(row["kind"])}

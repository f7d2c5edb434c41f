"""A ledger of forty entries kept by hand (hand_ledger.csv), with its award, rates, budget and locks, taken through every model."""

import csv
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from assets import locks

Row = dict[str, Any]
RECEIPT: Row = {"_known_at": datetime(2013, 12, 1), "_order": 1, "_file": "a.csv", "_sha256": "a", "_row": 2}
AWARD: Row = {
    "award_id": "A1", "start": date(2013, 12, 1), "end": date(2016, 11, 30), "regime": "24cfr84", "basis": "accrual",
    "frequency": "quarterly", "program_income_alternative": "addition", "agency": "HUD", "number": "H-21000",
    "recipient": "Network", "ein": "00-0000001", "uei": "ABC000000001",
}  # fmt: skip
RATES = [
    {"rate_id": "R14", "type": "predetermined", "rate": 0.235, "from": date(2013, 7, 1), "to": date(2014, 6, 30)},
    {"rate_id": "R15", "type": "provisional", "rate": 0.2075, "from": date(2014, 7, 1), "to": date(2015, 6, 30)},
]
# two versions of the budget: whole amounts, both of 250,000.00
BUDGETS = {
    "original": {"personnel": "115000", "contractual": "60000", "travel": "20000", "equipment": "5000", "indirect": "50000"},
    "amendment 1": {"personnel": "110000", "contractual": "65000", "travel": "29600", "supplies": "400", "indirect": "45000"},
}  # fmt: skip
KNOWN = {"original": datetime(2013, 12, 1), "amendment 1": datetime(2014, 9, 1)}
REMARKS = [{"report": "sf425", "period": p, "section": "cash_on_hand", "text": "For July's payroll."}
           for p in ("FY2014Q3", "FY2014Q4", "FY2015Q1")]  # fmt: skip
LOCKS = [
    locks.Lock("FY2014Q3", date(2014, 6, 30), datetime(2014, 8, 1, 12)),
    locks.Lock("FY2014Q4", date(2014, 9, 30), datetime(2014, 11, 3, 12)),
]
MODELS = (
    *("staging.award", "staging.ledger", "staging.indirect_rates", "staging.budget", "staging.narratives"),
    *("core.award", "core.ledger", "core.indirect_rates", "core.budget", "core.narratives", "core.award_quarters"),
    *("metrics.sf425", "metrics.sf425_indirect", "metrics.allocations", "metrics.cost_identity"),
    *("metrics.sf425_checks", "metrics.budget_status", "metrics.award_outlook"),
)


def forty() -> list[Row]:
    """The entries as raw rows."""
    with (Path(__file__).parent / "hand_ledger.csv").open(encoding="utf-8") as file:
        rows = [{k: v for k, v in row.items() if v} for row in csv.DictReader(file)]
    return [entry(**row) for row in rows]


def entry(entry_id: str, posted_on: str, kind: str, amount_usd: str, known_at: str = "", **told: Any) -> Row:
    """A raw row of the ledger; known on the day it was posted where nobody says when."""
    known = datetime.fromisoformat(known_at or posted_on)
    row = {"entry_id": entry_id, "award_id": "A1", "posted_on": date.fromisoformat(posted_on), "kind": kind}
    return RECEIPT | row | {"amount_usd": Decimal(amount_usd), "_known_at": known} | told


def books(
    bench: Any,
    entries: list[Row] | None = None,
    award: Row | None = None,
    rates: list[Row] = RATES,
    remarks: list[Row] = REMARKS,
    held: list[locks.Lock] = LOCKS,
    budgets: dict[str, dict[str, str]] = BUDGETS,
    known: dict[str, datetime] = KNOWN,
    as_of: str = "2014-12-31",
) -> None:
    """Makes every model of the ledger from raw rows."""
    bench.reference(as_of=as_of)
    locks.build(bench.connection, held)
    bench.given("raw.award", [RECEIPT | AWARD | (award or {})])
    bench.given("raw.ledger", forty() if entries is None else entries)
    bench.given("raw.indirect_rates", [RECEIPT | {"award_id": "A1"} | one for one in rates])
    bench.given("raw.narratives", [RECEIPT | one for one in remarks])
    bench.given(
        "raw.budget",
        [
            RECEIPT
            | {"category": c, "version": v, "amount_usd": Decimal(usd), "_known_at": known.get(v, KNOWN["original"])}
            for v, amounts in budgets.items()
            for c, usd in amounts.items()
        ],
    )
    bench.run(*MODELS)


def lines(bench: Any, award: str = "A1") -> dict[str, dict[str, Decimal | None]]:
    """Amounts of the SF-425 by quarter and line."""
    out: dict[str, dict[str, Decimal | None]] = {}
    for row in bench.rows(f"from metrics.sf425 where award_id = '{award}' order by period_end, line"):
        assert (row["amount_usd"] is None) == (row["state"] == "not_reported")
        out.setdefault(row["period"], {})[row["line"]] = row["amount_usd"]
    return out

"""Corrections in the ledger point at what they correct, and a check says which do not fit."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from assets import catalog, checks

Row = dict[str, Any]
FITS = ("reversal_is_of_the_same_award_and_kind", "reversal_has_opposite_sign", "reversals_cancel_the_entry_exactly")


def entry(entry_id: str, amount: str, reverses: str | None = None, **changes: Any) -> Row:
    row = {"entry_id": entry_id, "amount_usd": Decimal(amount), "reverses": reverses, "kind": "expenditure"}
    row |= {"award_id": "A1", "posted_on": date(2014, 7, 1)}
    return row | {"_known_at": datetime(2014, 10, 5), "_file": "a.csv", "_sha256": "a", "_row": 2} | changes


def told(bench: Any, *entries: Row) -> dict[str, checks.Outcome]:
    """Checks of core.ledger about reversals that did not pass."""
    awards = [{"award_id": a, "start": date(2013, 12, 1), "end": date(2016, 11, 30)} for a in ("A1", "A2")]
    receipt = {"regime": "24cfr84", "basis": "cash", "frequency": "quarterly", "_known_at": datetime(2014, 1, 1)}
    bench.reference("2014-09-30")
    bench.given("raw.award", [a | receipt | {"_file": "a.csv", "_sha256": "b", "_row": 2} for a in awards])
    bench.given("raw.ledger", entries)
    bench.given("core.engagements")
    bench.run("staging.award", "staging.ledger", "core.award", "core.ledger", "core.award_quarters", "published.ledger")
    (same,) = bench.rows("select count(*) as n from published.ledger join core.ledger using (entry_id, reverses)")
    assert same["n"] == sum(e["reverses"] is not None for e in entries), "the published ledger says what each reverses"
    found = checks.check_table(bench.connection, catalog.load().tables["core.ledger"])
    return {o.name: o for o in found if not o.passed}


def test_corrections_that_fit(bench: Any) -> None:
    whole = [entry("e1", "100.00"), entry("r1", "-100.00", "e1")]
    parts = [entry("e2", "-10.10"), entry("r2", "10.09", "e2"), entry("r3", "0.01", "e2")]  # to the cent
    again = [entry("e3", "5.00"), entry("r4", "-5.00", "e3"), entry("r5", "5.00", "r4")]  # a reversal reversed
    assert told(bench, *whole, *parts, *again) == {}


@pytest.mark.parametrize(
    ("wrong", "check", "named"),
    [
        ([entry("r1", "-1.00", "e1", award_id="A2")], FITS[0], "r1, reverses e1"),
        ([entry("r1", "-1.00", "e1", kind="match_cash")], FITS[0], "r1, reverses e1"),
        ([entry("r1", "1.00", "e1")], FITS[1], "r1, reverses e1"),
        ([entry("r1", "0.00", "e1")], FITS[1], "r1, reverses e1"),
        ([entry("r1", "-1.00", "r1")], FITS[1], "r1, reverses r1"),  # itself
        ([entry("r1", "-60.00", "e1"), entry("r2", "-40.01", "e1")], FITS[2], "entry_id e1"),
        ([entry("r1", "-99.99", "e1")], FITS[2], "entry_id e1"),  # a part only
    ],
)
def test_a_correction_that_makes_a_line_wrong_keeps_the_release_back(
    bench: Any, wrong: list[Row], check: str, named: str
) -> None:
    found = told(bench, entry("e1", "100.00"), *wrong)
    # what does not fit does not cancel either, which is told beside it
    assert check in found and set(found) <= {check, FITS[2]} and found[check].severity == "fail"
    assert named in found[check].detail


def test_a_correction_of_an_entry_that_is_not_here_is_told_and_holds_nothing_back(bench: Any) -> None:
    """It may stand in an older system."""
    found = told(bench, entry("r1", "-1.00", "gone"))
    assert {n: o.severity for n, o in found.items()} == {"reverses_references": "warn"}
    assert "r1" in found["reverses_references"].detail

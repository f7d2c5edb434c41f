"""Ledger entries on their way to core, and what was spent on what."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from assets import catalog, checks

Row = dict[str, Any]


def raw(entry_id: str, posted_on: date, amount: str, **changes: Any) -> Row:
    row: Row = {"entry_id": entry_id, "posted_on": posted_on, "amount_usd": Decimal(amount), "kind": "expenditure"}
    row |= {"_known_at": datetime(2014, 10, 5), "_file": "ledger/a.csv", "_sha256": "a", "_row": 2}
    return row | changes


def award(award_id: str, start: date = date(2013, 10, 1)) -> Row:
    row = {"award_id": award_id, "start": start, "end": date(2016, 9, 30), "regime": "24cfr84"}
    return row | {"basis": "cash", "frequency": "quarterly", "_known_at": datetime(2014, 1, 1), "_file": "award/a.csv"}


def core(bench: Any, entries: list[Row], awards: tuple[str, ...] = ("A1",), as_of: str = "2014-09-30") -> list[Row]:
    bench.reference(as_of=as_of)
    bench.given("raw.award", [award(a) for a in awards])
    bench.given("raw.ledger", entries)
    bench.run("staging.award", "staging.ledger", "core.award", "core.ledger")
    rows: list[Row] = bench.rows("from core.ledger order by entry_id")
    return rows


@pytest.mark.parametrize(
    ("posted_on", "quarter"),
    [
        (date(2013, 9, 30), "FY2013Q4"),
        (date(2013, 10, 1), "FY2014Q1"),  # the federal year begins in October
        (date(2013, 12, 31), "FY2014Q1"),
        (date(2014, 1, 1), "FY2014Q2"),
        (date(2014, 6, 30), "FY2014Q3"),
        (date(2014, 9, 30), "FY2014Q4"),
    ],
)
def test_federal_quarter(bench: Any, posted_on: date, quarter: str) -> None:
    assert core(bench, [raw("e", posted_on, "1.00")])[0]["quarter"] == quarter


def test_what_is_posted_after_as_of_is_not_seen(bench: Any) -> None:
    entries = [raw("last", date(2014, 9, 30), "1.00"), raw("next", date(2014, 10, 1), "1.00")]
    assert [r["entry_id"] for r in core(bench, entries)] == ["last"]


def test_the_version_known_last_wins_and_the_memo_stops(bench: Any) -> None:
    late = raw("e", date(2014, 7, 1), "12.50", _known_at=datetime(2014, 11, 1), _file="ledger/0.csv")
    rows = core(bench, [late, raw("e", date(2014, 7, 1), "10.00", memo="paid to J. Doe")])
    assert [r["amount_usd"] for r in rows] == [Decimal("12.50")]
    assert "memo" not in rows[0]
    # known at the same instant: the later row of the file
    twice = [raw("e", date(2014, 7, 1), "1.00", _row=3), raw("e", date(2014, 7, 1), "2.00", _row=2)]
    assert core(bench, twice)[0]["amount_usd"] == Decimal("1.00")


def test_an_entry_without_an_award(bench: Any) -> None:
    entry = raw("e", date(2014, 7, 1), "1.00")
    assert core(bench, [entry])[0]["award_id"] == "A1"  # the only one there is
    assert core(bench, [entry], awards=("A1", "A2"))[0]["award_id"] == "unassigned"  # counted, and not guessed
    assert core(bench, [entry], awards=())[0]["award_id"] == "unassigned"


def spending(bench: Any, entries: list[Row]) -> dict[tuple[Any, ...], tuple[Any, str]]:
    core(bench, entries)
    bench.given("core.engagements", [{"engagement_id": e, "starts_on": date(2014, 6, 1)} for e in ("E1", "E2")])
    bench.run("core.award_quarters", "metrics.spending")
    keys = ("engagement_id", "dimension", "dimension_value", "period")
    return {tuple(r[k] for k in keys): (r["amount_usd"], r["state"]) for r in bench.rows("from metrics.spending")}


def test_spending_by_service_engagement_and_period(bench: Any) -> None:
    found = spending(
        bench,
        [
            raw("e0", date(2014, 1, 15), "5.00", service="desk"),  # before the launch of 22 May 2014
            raw("e1", date(2014, 6, 30), "100.00", service="desk", partner="ICMA"),
            raw("e2", date(2014, 7, 1), "40.10", service="engagement", engagement_id="E1"),
            raw("e3", date(2014, 8, 1), "-40.10", service="engagement", engagement_id="E1", reverses="e2"),
            raw("e4", date(2014, 8, 2), "7.07", engagement_id="E1"),
            raw("e5", date(2014, 8, 3), "999.00", kind="match_cash", service="desk"),  # not federal
        ],
    )

    def of(period: str, dimension: str | None = None, part: str | None = None, engagement: str | None = None) -> Any:
        return found.get((engagement, dimension, part, period))

    def usd(amount: str) -> tuple[Decimal, str]:
        return (Decimal(amount), "value")

    assert of("FY2014Q3") == usd("100.00")
    assert of("FY2014Q4") == usd("7.07")  # 40.10 - 40.10 + 7.07
    assert of("to_date") == usd("112.07")  # 5.00 + 100.00 + 0 + 7.07: all there is, like line 10e
    assert of("FY2014Q4", "service", "desk") == usd("0.00")  # zero is said
    assert of("FY2014Q4", "service", "unassigned") == usd("7.07")
    assert of("to_date", "service", "desk") == usd("105.00")
    assert of("to_date", "partner", "unassigned") == usd("12.07")
    assert of("FY2014Q4", engagement="E1") == usd("7.07")
    assert of("FY2014Q3", engagement="E1") is None  # engagements are sparse but for to_date
    assert of("to_date", engagement="E2") == usd("0.00")
    for dimension in ("service", "category", "partner"):
        for period in ("FY2014Q3", "FY2014Q4", "FY2014", "to_date"):
            parts = [amount for (_, d, _, p), (amount, _) in found.items() if d == dimension and p == period]
            assert sum(parts) == of(period)[0], (dimension, period)


def test_without_a_ledger_nothing_is_zero(bench: Any) -> None:
    found = spending(bench, [])
    assert set(found.values()) == {(None, "not_reported")}
    assert (None, None, None, "FY2014Q4") in found
    assert ("E1", None, None, "to_date") in found


def test_spending_is_line_10e_before_an_award_and_beside_one_to_come(bench: Any) -> None:
    """A1 begins on 1 April 2014, A2 on 1 October, after the quarter of the as-of day; X9 is in the ledger alone."""
    entries = [
        raw("e1", date(2014, 1, 15), "1000.00", award_id="A1", service="desk", partner="P1", engagement_id="E1"),
        raw("e2", date(2014, 5, 20), "200.00", award_id="A1", service="desk", partner="P1"),
        raw("e3", date(2014, 9, 1), "77.00", award_id="A2", service="desk", partner="P1", engagement_id="E1"),
        raw("e4", date(2014, 9, 2), "3.33", award_id="X9", service="peer"),
    ]
    bench.reference(as_of="2014-09-30")
    bench.given("raw.award", [award("A1", date(2014, 4, 1)), award("A2", date(2014, 10, 1))])
    bench.given("raw.ledger", entries)
    bench.given("core.engagements", [{"engagement_id": "E1", "starts_on": date(2014, 6, 1)}])
    bench.given("core.budget")
    bench.run("staging.award", "staging.ledger", "core.award", "core.ledger", "core.award_quarters", "metrics.sf425")
    bench.run("metrics.funding", "metrics.spending", "metrics.budget_status", "metrics.engagement_costs")

    def of(period: str, told: str = "dimension is null and engagement_id is null") -> Any:
        return bench.value(f"select amount_usd from metrics.spending where period = '{period}' and {told}")

    # e1 is spent in the first quarter of its award, and e3 in none: 1,000.00 + 200.00, and 3.33 in the last quarter
    assert [of(p) for p in ("FY2014Q3", "FY2014Q4", "FY2014", "to_date")] == usd(
        "1200.00", "3.33", "1203.33", "1203.33"
    )
    for part in ("dimension = 'partner' and dimension_value = 'P1'", "dimension_value = 'desk'"):
        assert [of(p, part) for p in ("FY2014Q3", "FY2014Q4", "to_date")] == usd("1200.00", "0.00", "1200.00")
    assert of("to_date", "engagement_id = 'E1'") == Decimal("1000.00")
    assert bench.value("select federal_usd from metrics.engagement_costs") == Decimal("1000.00")
    # what the budget by class and line 10e say
    spent = "select sum(spent_quarter_usd) from metrics.budget_status where period = "
    assert [bench.value(f"{spent} '{p}'") for p in ("FY2014Q3", "FY2014Q4")] == usd("1200.00", "3.33")
    lines = bench.rows("select period, amount_usd from metrics.funding where metric = 'sf425_10e'")
    cumulative = usd("1200.00", "1203.33", "1203.33", "1203.33")
    told = ("FY2014Q3", "FY2014Q4", "FY2014", "to_date")
    assert {r["period"]: r["amount_usd"] for r in lines} == dict(zip(told, cumulative, strict=True))
    # and that e3 is left out is told
    outcomes = checks.check_table(bench.connection, catalog.load().tables["core.ledger"])
    (begun,) = [o for o in outcomes if o.name == "award_has_begun"]
    assert (begun.passed, begun.severity, begun.failed_rows) == (False, "warn", 1)
    assert begun.detail.endswith("rows entry_id e3, award_id A2")


def usd(*amounts: str) -> list[Decimal]:
    return [Decimal(amount) for amount in amounts]

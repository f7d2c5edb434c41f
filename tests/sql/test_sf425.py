"""The lines of the SF-425 from ledger entries: worked by hand, and by an independent reckoning of random ledgers."""

import random
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

Row = dict[str, Any]
AWARD: Row = {
    "award_id": "A1",
    "start": date(2013, 12, 1),
    "end": date(2016, 11, 30),
    "regime": "24cfr84",
    "basis": "accrual",
    "frequency": "quarterly",
    "match_required_usd": Decimal("500.00"),
    "program_income_alternative": "addition",
}
# Ten entries; the last reverses the expenditure of 120.10 in the next quarter.
ENTRIES: list[tuple[str, date, str, str]] = [
    ("e1", date(2013, 12, 15), "authorized", "1000.00"),
    ("e2", date(2014, 1, 2), "receipt", "300.00"),
    ("e3", date(2014, 3, 31), "disbursement", "250.25"),
    ("e4", date(2014, 3, 31), "expenditure", "260.30"),
    ("e5", date(2014, 2, 1), "obligation", "90.00"),
    ("e6", date(2014, 4, 1), "expenditure", "120.10"),
    ("e7", date(2014, 5, 5), "obligation", "-40.05"),
    ("e8", date(2014, 5, 6), "match_in_kind", "75.01"),
    ("e9", date(2014, 6, 1), "program_income", "10.00"),
    ("e10", date(2014, 7, 1), "expenditure", "-120.10"),
]


def ledger(entries: list[tuple[str, date, str, str]], award_id: str = "A1") -> list[Row]:
    rows = []
    for entry_id, day, kind, amount in entries:
        row = {"entry_id": entry_id, "award_id": award_id, "posted_on": day, "counted_on": day, "kind": kind}
        rows.append(row | {"amount_usd": Decimal(amount), "quarter": "-"})
    return rows


def make(bench: Any, awards: list[Row], entries: list[Row], as_of: str = "2014-08-15") -> dict[str, dict[str, Any]]:
    """Lines by federal quarter."""
    bench.reference(as_of=as_of)
    bench.given("core.award", awards)
    bench.given("core.ledger", entries)
    bench.run("core.award_quarters", "metrics.sf425", "metrics.funding")
    out: dict[str, dict[str, Any]] = {}
    for row in bench.rows("from metrics.sf425"):
        assert (row["amount_usd"] is None) == (row["state"] == "not_reported") == (row["reason"] is not None)
        out.setdefault(row["period"], {})[row["line"]] = row["amount_usd"]
    return out


def usd(*amounts: str | None) -> list[Decimal | None]:
    return [None if amount is None else Decimal(amount) for amount in amounts]


def test_lines_by_hand(bench: Any) -> None:
    lines = make(bench, [AWARD], ledger(ENTRIES))
    # every quarter from the award's start (FY2014Q1 ends 2013-12-31) to the one that holds as_of
    assert list(lines) == ["FY2014Q1", "FY2014Q2", "FY2014Q3", "FY2014Q4"]
    zero = "0.00"
    #                            a        b         c       d         e       f       g         h
    assert list(lines["FY2014Q1"].values()) == usd(
        *(zero, zero, zero, "1000.00", zero, zero, zero, "1000.00"),
        *("500.00", zero, "500.00", zero, zero, zero, zero),
    )
    # c = 300.00 - 250.25; g = 260.30 + 90.00; h = 1000.00 - 350.30; k = 500.00 - 0
    assert list(lines["FY2014Q2"].values()) == usd(
        *("300.00", "250.25", "49.75", "1000.00", "260.30", "90.00", "350.30", "649.70"),
        *("500.00", zero, "500.00", zero, zero, zero, zero),
    )
    # e = 260.30 + 120.10; f = 90.00 - 40.05; g = 380.40 + 49.95; h = 1000.00 - 430.35; k = 500.00 - 75.01; o = 10.00
    assert list(lines["FY2014Q3"].values()) == usd(
        *("300.00", "250.25", "49.75", "1000.00", "380.40", "49.95", "430.35", "569.65"),
        *("500.00", "75.01", "424.99", "10.00", zero, zero, "10.00"),
    )
    # the reversal takes 120.10 off in the quarter it was posted; the quarter before stays as it was
    assert lines["FY2014Q4"]["10e"] == Decimal("260.30")
    assert lines["FY2014Q4"]["10h"] == Decimal("689.75")  # 1000.00 - (260.30 + 49.95)


def test_the_quarter_of_as_of_is_not_complete(bench: Any) -> None:
    make(bench, [AWARD], ledger(ENTRIES))
    rows = bench.rows("select distinct period_end, is_complete from metrics.sf425 order by 1")
    assert [(r["period_end"], r["is_complete"]) for r in rows] == [
        (date(2013, 12, 31), True),
        (date(2014, 3, 31), True),
        (date(2014, 6, 30), True),
        (date(2014, 9, 30), False),
    ]
    make(bench, [AWARD], ledger(ENTRIES), as_of="2014-09-30")  # the last day of the quarter completes it
    assert bench.value("select bool_and(is_complete) from metrics.sf425")


@pytest.mark.parametrize(
    ("alternative", "spent", "expected"),
    [
        ("deduction", "4.00", ("4.00", "0", "6.00")),
        ("addition", "4.00", ("0", "4.00", "6.00")),
        (None, "4.00", (None, None, None)),  # spent, and nobody says under which
        (None, "0.00", ("0", "0", "10.00")),  # nothing was spent, so it does not matter
    ],
)
def test_program_income(bench: Any, alternative: str | None, spent: str, expected: tuple[str | None, ...]) -> None:
    entries = ledger([*ENTRIES, ("e11", date(2014, 6, 2), "program_income_spent", spent)])
    lines = make(bench, [AWARD | {"program_income_alternative": alternative}], entries)["FY2014Q3"]
    assert [lines[line] for line in ("10m", "10n", "10o")] == usd(*expected)
    assert lines["10l"] == Decimal("10.00")


def test_a_share_that_nobody_states_is_null_and_not_zero(bench: Any) -> None:
    unstated = AWARD | {"match_required_usd": None}
    lines = make(bench, [unstated], ledger(ENTRIES))["FY2014Q3"]
    assert (lines["10i"], lines["10j"], lines["10k"]) == (None, Decimal("75.01"), None)
    # where the ledger states it, from the quarter in which it does
    told = make(bench, [unstated], ledger([*ENTRIES, ("m", date(2014, 4, 1), "match_required", "100.00")]))
    assert (told["FY2014Q2"]["10i"], told["FY2014Q3"]["10i"]) == (None, Decimal("100.00"))
    assert told["FY2014Q3"]["10k"] == Decimal("24.99")  # 100.00 - 75.01


def test_without_a_ledger_only_what_the_award_says_is_reported(bench: Any) -> None:
    lines = make(bench, [AWARD], [])["FY2014Q3"]
    assert {line: amount for line, amount in lines.items() if amount is not None} == {"10i": Decimal("500.00")}
    rows = bench.rows("select metric, state, reason, amount_usd from metrics.funding where period = 'FY2014Q3'")
    assert len(rows) == 15
    assert {r["metric"] for r in rows if r["state"] == "value"} == {"sf425_10i"}
    assert {r["reason"] for r in rows if r["state"] == "not_reported"} == {"no ledger received"}


def test_nothing_at_all(bench: Any) -> None:
    assert make(bench, [], []) == {}
    rows = bench.rows("select state, reason, amount_usd from metrics.funding")
    assert {(r["state"], r["reason"], r["amount_usd"]) for r in rows} == {
        ("not_reported", "no award or ledger received", None)
    }


def test_an_award_that_only_the_ledger_names_is_reported(bench: Any) -> None:
    # nothing is lost for want of the award's record: its first quarter is that of its first entry
    lines = make(bench, [], ledger(ENTRIES))
    assert list(lines) == ["FY2014Q1", "FY2014Q2", "FY2014Q3", "FY2014Q4"]
    assert (lines["FY2014Q2"]["10e"], lines["FY2014Q2"]["10i"]) == (Decimal("260.30"), None)


def test_the_metric_is_the_sum_over_awards_at_the_end_of_the_period(bench: Any) -> None:
    second = AWARD | {"award_id": "A2", "start": date(2014, 7, 1), "match_required_usd": None}
    extra = ledger([("x1", date(2014, 8, 1), "expenditure", "1.11")], "A2")
    make(bench, [AWARD, second], ledger(ENTRIES) + extra)
    found = {
        (r["period"], r["metric"]): (r["amount_usd"], r["value"], r["state"])
        for r in bench.rows("from metrics.funding where metric in ('sf425_10e', 'sf425_10i')")
    }
    assert found[("FY2014Q3", "sf425_10e")] == (Decimal("380.40"), None, "value")  # the second award had not begun
    assert found[("FY2014Q4", "sf425_10e")] == (Decimal("261.41"), None, "value")  # 260.30 + 1.11
    assert found[("FY2014", "sf425_10e")] == found[("to_date", "sf425_10e")] == (Decimal("261.41"), None, "value")
    # one award cannot say its share, so the sum cannot be said
    assert found[("FY2014Q4", "sf425_10i")] == (None, None, "not_reported")


def test_random_ledgers_agree_with_an_independent_reckoning(bench: Any) -> None:
    rng = random.Random(425)
    kinds = ("receipt", "disbursement", "authorized", "expenditure", "obligation", "match_cash", "match_in_kind")
    kinds += ("program_income", "program_income_spent", "leverage_received", "indirect_base")
    entries = []
    for n in range(300):
        day = date.fromordinal(rng.randint(date(2013, 6, 1).toordinal(), date(2016, 8, 15).toordinal()))
        entries.append((f"r{n}", day, rng.choice(kinds), f"{Decimal(rng.randint(-500000, 999999)) / 100}"))
    lines = make(bench, [AWARD], ledger(entries), as_of="2016-08-15")
    assert len(lines) == 12  # FY2014Q1 to FY2016Q4
    ends = bench.rows("select distinct period, period_end from metrics.sf425")
    for period, end in ((r["period"], r["period_end"]) for r in ends):

        def total(*wanted: str, end: date = end) -> Decimal:
            return sum((Decimal(a) for _, day, kind, a in entries if kind in wanted and day <= end), Decimal(0))

        got = lines[period]
        plain = {"10a": "receipt", "10b": "disbursement", "10d": "authorized", "10e": "expenditure"}
        plain |= {"10f": "obligation", "10l": "program_income", "10n": "program_income_spent"}
        for line, kind in plain.items():
            assert got[line] == total(kind), (period, line)
        assert got["10j"] == total("match_cash", "match_in_kind")
        assert got["10c"] == got["10a"] - got["10b"]
        assert got["10g"] == got["10e"] + got["10f"]
        assert got["10h"] == got["10d"] - got["10g"]
        assert got["10k"] == got["10i"] - got["10j"]
        assert got["10o"] == got["10l"] - got["10m"] - got["10n"]

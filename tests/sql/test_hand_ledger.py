"""The SF-425 of forty ledger entries, worked out on paper: each number stands beside the entries that make it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hand_books import AWARD, LOCKS, books, entry, forty, lines

Row = dict[str, Any]
QUARTERS = ("FY2014Q3", "FY2014Q4", "FY2015Q1")


def usd(text: str) -> list[Decimal]:
    return [Decimal(amount.replace(",", "")) for amount in text.split()]


# Lines that do not depend on how program income is used. L25 (June, known after the lock of 1 August) counts in FY2014Q4
# and L39 (September, known after the lock of 3 November) in FY2015Q1. Leverage (L17, L18) is in no line.
PAPER = {
    "10a": usd("30,000.00 45,000.00 45,000.00"),
    #   Q3 L03 10,000.00 + L08 20,000.00 · Q4 + L26 15,000.00 · Q1 nothing
    "10b": usd("22,200.00 34,545.67 34,545.67"),
    #   Q3 L04 8,200.00 + L13 14,000.00 · Q4 + L31 12,345.67 · Q1 nothing
    "10c": usd("7,800.00 10,454.33 10,454.33"),
    #   30,000.00 - 22,200.00 · 45,000.00 - 34,545.67 twice
    "10d": usd("250,000.00 250,000.00 250,000.00"),
    #   L01
    "10e": usd("19,648.03 23,393.66 29,113.91"),
    #   Q3 L05 8,200.00 + L07 1,350.45 + L09 4,321.10 + L10 2,500.00 + L12 1,000.55 + L14 775.93 + L23 1,500.00
    #   Q4 + L25 412.30 (prior period) - L27 2,500.00 (reverses L10) + L28 2,500.00 (booked again) + L29 3,333.33
    #   Q1 + L37 5,120.25 + L40 600.00
    "10f": usd("3,500.00 5,300.40 1,800.40"),
    #   Q3 L06 6,000.00 - L11 2,500.00 · Q4 + L30 1,800.40 · Q1 - L38 3,500.00
    "10g": usd("23,148.03 28,694.06 30,914.31"),
    #   19,648.03 + 3,500.00 · 23,393.66 + 5,300.40 · 29,113.91 + 1,800.40
    "10h": usd("226,851.97 221,305.94 219,085.69"),
    #   250,000.00 - 23,148.03 · - 28,694.06 · - 30,914.31
    "10i": usd("62,500.00 62,500.00 62,500.00"),
    #   L02: the award states none
    "10j": usd("4,588.59 6,588.59 7,088.59"),
    #   Q3 L15 3,000.00 + L16 1,250.50 + L24 338.09 · Q4 + L32 2,000.00 · Q1 + L39 500.00 (prior period)
    "10k": usd("57,911.41 55,911.41 55,411.41"),
    #   62,500.00 - 4,588.59 · - 6,588.59 · - 7,088.59: still short when the paper ends
    "10l": usd("600.00 600.00 725.00"),
    #   Q3 L19 600.00 · Q4 nothing · Q1 + L36 125.00
}
NOTHING = usd("0.00 0.00 0.00")
SPENT = usd("150.25 400.00 400.00")  # Q3 L20 150.25 · Q4 + L33 249.75 · Q1 nothing
LEFT = usd("449.75 200.00 325.00")  # 600.00 - 150.25 · 600.00 - 400.00 · 725.00 - 400.00
INCOME = {
    "deduction": {"10m": SPENT, "10n": NOTHING, "10o": LEFT},
    "addition": {"10m": NOTHING, "10n": SPENT, "10o": LEFT},
    None: {"10m": [None] * 3, "10n": [None] * 3, "10o": [None] * 3},  # spent, and nobody says how: not reported
}


def by_line(bench: Any) -> dict[str, list[Decimal | None]]:
    found = lines(bench)
    return {line: [found[q][line] for q in QUARTERS] for line in found["FY2014Q3"]}


def test_the_book_has_forty_entries() -> None:
    assert [row["entry_id"] for row in forty()] == [f"L{n:02}" for n in range(1, 41)]


@pytest.mark.parametrize("alternative", INCOME)
def test_every_line_of_three_quarters(bench: Any, alternative: str | None) -> None:
    books(bench, award={"program_income_alternative": alternative})
    assert by_line(bench) == PAPER | INCOME[alternative]
    assert list(lines(bench)) == ["FY2014Q1", "FY2014Q2", *QUARTERS]  # from the award's first quarter


def test_what_the_locks_moved_and_that_an_edit_is_not_taken(bench: Any) -> None:
    # L09 said otherwise after the lock of its quarter: 4,231.10 for 4,321.10. The line stays as it was reported.
    edited = entry("L09", "2014-04-30", "expenditure", "4231.10", "2014-08-20", service="desk", category="personnel")
    books(bench, entries=[*forty(), edited | {"partner": "P1", "_order": 2}])
    assert by_line(bench) == PAPER | INCOME["addition"]
    moved = bench.rows("from core.ledger where is_prior_period or edited_after_lock order by entry_id")
    assert [(r["entry_id"], r["counted_on"], r["is_prior_period"], r["edited_after_lock"]) for r in moved] == [
        ("L09", date(2014, 4, 30), False, True),
        ("L25", date(2014, 7, 1), True, False),
        ("L39", date(2014, 10, 1), True, False),
    ]


def test_without_locks_late_entries_count_where_they_were_posted(bench: Any) -> None:
    books(bench, held=[])
    found = by_line(bench)
    assert found["10e"] == usd("20,060.33 23,393.66 29,113.91")  # Q3 19,648.03 + L25 412.30; after that the same
    assert found["10j"] == usd("4,588.59 7,088.59 7,088.59")  # Q4 6,588.59 + L39 500.00


def test_the_award_s_own_share_goes_before_the_ledger_s(bench: Any) -> None:
    books(bench, award={"match_required_usd": Decimal("70000.00")})
    assert by_line(bench)["10k"] == usd("65,411.41 63,411.41 62,911.41")  # 70,000.00 - 10j


def test_line_11_of_each_rate(bench: Any) -> None:
    books(bench)
    columns = "period, rate_id, base, amount_charged, federal_share, expected_usd, difference_usd"
    found = [tuple(r.values()) for r in bench.rows(f"select {columns} from metrics.sf425_indirect order by all")]
    # R14: base L21, charged L22; federal L22 1,838.09 - L24 338.09 (match that names the rate)
    #      expected 7,821.65 x 0.235 = 1,838.08775, 1,838.09 to the cent
    first = ("R14", *usd("7,821.65 1,838.09 1,500.00 1,838.09 0.00"))
    # R15: base L34, charged L35; expected 3,010.00 x 0.2075 = 624.575, half a cent goes up: 624.58; 600.00 - 624.58
    second = ("R15", *usd("3,010.00 600.00 600.00 624.58 -24.58"))
    assert found == [(q, *first) for q in QUARTERS] + [("FY2015Q1", *second)]
    stated = bench.rows("select distinct rate_id, type, rate, period_from, period_to from metrics.sf425_indirect")
    assert sorted(tuple(r.values()) for r in stated) == [
        ("R14", "predetermined", 0.235, date(2013, 7, 1), date(2014, 6, 30)),
        ("R15", "provisional", 0.2075, date(2014, 7, 1), date(2015, 6, 30)),
    ]


def test_shared_cost_split_by_hand(bench: Any) -> None:
    books(bench)
    found: dict[str, dict[tuple[str, str | None], list[Decimal]]] = {}
    for r in bench.rows("from metrics.allocations"):
        assert r["amount_usd"] == r["direct_usd"] + r["allocated_usd"]
        found.setdefault(r["period"], {})[r["service"], r["engagement_id"]] = [r["direct_usd"], r["allocated_usd"]]
    # shared L05 8,200.00: no direct cost yet but L07's, which takes it all
    assert found["FY2014Q2"] == {("desk", None): usd("1,350.45 8,200.00")}
    # shared L05 8,200.00 + L23 1,500.00 = 9,700.00 over 9,948.03 direct
    assert found["FY2014Q3"] == {
        # L07 1,350.45 + L09 4,321.10; 5,530.1437, and the cent that rounding leaves: the others and 5,530.14 make 9,699.99
        ("desk", None): usd("5,671.55 5,530.15"),
        ("engagement", "E1"): usd("2,500.00 2,437.67"),  # L10; 2,437.6686
        ("engagement", "E2"): usd("1,000.55 975.60"),  # L12, which names no service but an engagement; 975.6037
        ("peer", None): usd("775.93 756.58"),  # L14; 756.5841
    }
    # the same 9,700.00 over 13,693.66
    assert found["FY2014Q4"] == {
        # + L29 3,333.33; 6,378.6699, less a cent: rounded parts make 9,700.01
        ("desk", None): usd("9,004.88 6,378.66"),
        ("engagement", "E1"): usd("0.00 0.00"),  # L10 2,500.00 - L27 2,500.00: nothing is left to share by
        ("engagement", "E2"): usd("3,500.55 2,479.64"),  # + L28 2,500.00; 2,479.6391
        ("library", None): usd("412.30 292.06"),  # L25; 292.0556
        ("peer", None): usd("775.93 549.64"),  # 549.6355
    }
    # 9,700.00 + L40 600.00 = 10,300.00 over 18,813.91
    assert found["FY2015Q1"] == {
        ("desk", None): usd("9,004.88 4,929.87"),  # 4,929.8771, less a cent: rounded parts make 10,300.01
        ("engagement", "E1"): usd("0.00 0.00"),
        ("engagement", "E2"): usd("8,620.80 4,719.61"),  # + L37 5,120.25; 4,719.6059
        ("library", None): usd("412.30 225.72"),  # 225.7208
        ("peer", None): usd("775.93 424.80"),  # 424.7963
    }
    sums = {q: sum((d + a for d, a in rows.values()), Decimal(0)) for q, rows in found.items()}
    assert [sums[q] for q in QUARTERS] == PAPER["10e"]
    ties = bench.rows("from metrics.cost_identity order by period_end")[2:]
    assert [(t["line_10e_usd"], t["difference_usd"]) for t in ties] == [(e, Decimal(0)) for e in PAPER["10e"]]
    # federal and recipient share: 19,648.03 + 4,588.59 · 23,393.66 + 6,588.59 · 29,113.91 + 7,088.59
    assert [t["total_usd"] for t in ties] == usd("24,236.62 29,982.25 36,202.50")


def test_half_a_cent_of_shared_cost_goes_up(bench: Any) -> None:
    """2.01 over two equal parts is 1.005 each: 1.01 and 1.01, and the first row bears the cent too many."""
    days = {"posted_on": "2014-06-01", "kind": "expenditure"}
    equal = [
        entry("a", amount_usd="100.00", service="desk", **days),
        entry("b", amount_usd="100.00", service="peer", **days),
    ]
    shared = {"2.01": usd("1.00 1.01"), "-2.01": usd("-1.00 -1.01"), "0.29": usd("0.14 0.15"), "2.00": usd("1.00 1.00")}
    for amount, parts in shared.items():
        books(bench, entries=[*equal, entry("c", amount_usd=amount, **days)])
        found = bench.rows("select allocated_usd from metrics.allocations where period = 'FY2014Q3' order by service")
        assert [r["allocated_usd"] for r in found] == parts, amount


def test_budget_by_class_in_the_latest_version(bench: Any) -> None:
    books(bench)
    found: dict[str, list[Row]] = {}
    for r in bench.rows("from metrics.budget_status order by period_end"):
        if r["period"] in QUARTERS:
            found.setdefault(r["category"], []).append(r)
    spent = {c: [r["spent_usd"] for r in rows] for c, rows in found.items()}
    # amendment 1, known last, has no equipment, and nothing was spent on it: the class is not there
    assert spent == {
        "personnel": usd("13,871.55 17,204.88 17,204.88"),  # L05 8,200.00 + L07 1,350.45 + L09 4,321.10; + L29 3,333.33
        "contractual": usd("2,500.00 2,500.00 2,500.00"),  # L10 2,500.00; - L27 2,500.00 + L28 2,500.00
        "travel": usd("1,776.48 1,776.48 6,896.73"),  # L12 1,000.55 + L14 775.93; + L37 5,120.25
        "supplies": usd("0.00 412.30 412.30"),  # L25, prior period
        "indirect": usd("1,500.00 1,500.00 1,500.00"),  # L23; the match of L24 is not federal
        "unassigned": usd("0.00 0.00 600.00"),  # L40 names no class
    }
    assert [sum(row) for row in zip(*spent.values(), strict=True)] == PAPER["10e"]
    last = {c: rows[-1] for c, rows in found.items()}
    told = {c: [r["budget_usd"], r["spent_quarter_usd"], r["left_usd"], r["spent_pct"]] for c, r in last.items()}
    assert told == {
        "personnel": [*usd("110,000.00 0.00 92,795.12"), 15.6],  # 17,204.88 / 110,000 = 15.64 %
        "contractual": [*usd("65,000.00 0.00 62,500.00"), 3.8],  # 2,500.00 / 65,000 = 3.85 %
        "travel": [*usd("29,600.00 5,120.25 22,703.27"), 23.3],  # 6,896.73 / 29,600 = 23.30 %
        "supplies": [*usd("400.00 0.00 -12.30"), 103.1],  # 412.30 / 400 = 103.08 %: overspent
        "indirect": [*usd("45,000.00 0.00 43,500.00"), 3.3],  # 1,500.00 / 45,000 = 3.33 %
        "unassigned": [None, Decimal("600.00"), None, None],
    }
    # 412.30 of 400.00, and 600.00 in a class that the budget does not have
    assert {c for c, r in last.items() if r["is_over_budget"]} == {"supplies", "unassigned"}
    assert {r["is_over_budget"] for r in last.values()} == {True, False}
    assert {r["version"] for c, r in last.items() if c != "unassigned"} == {"amendment 1"}
    assert found["supplies"][1]["spent_quarter_usd"] == Decimal("412.30")
    assert found["contractual"][1]["spent_quarter_usd"] == Decimal("0.00")  # taken off and booked again


@pytest.mark.parametrize(
    ("latest", "others"),
    [
        ("Amendment 1", ["FY2014 original", "original"]),  # 2014 is not at the end; none comes before any number
        ("Amendment 10", ["Amendment 9", "Amendment 002"]),
        ("v0", ["original", "Zulu"]),
        ("12345678901234567890123", ["9", "2345678901234567890123"]),  # 23 digits and 22: no integer holds them
        ("1", ["01", "001"]),  # the same number: the last name
        ("revised", ["FY2015 budget", "original"]),
    ],
)
def test_of_versions_known_together_the_highest_number_at_the_end_of_the_name(
    bench: Any, latest: str, others: list[str]
) -> None:
    for versions in ([latest, *others], [*others, latest]):
        books(bench, budgets={version: {"personnel": "1.00"} for version in versions})
        assert bench.value("select distinct version from metrics.budget_status where version is not null") == latest
    # whatever its number, the one known last
    books(bench, budgets={v: {"personnel": "1.00"} for v in versions}, known={others[-1]: datetime(2014, 9, 1)})
    assert bench.value("select distinct version from metrics.budget_status where version is not null") == others[-1]


def test_above_the_budget_by_a_cent_and_without_one(bench: Any) -> None:
    """A cent above is above, though it is 100.0 percent; where no budget was received nothing can be said."""
    for amount, above in (("17204.87", True), ("17204.88", False), (None, None)):
        books(bench, budgets={"original": {"personnel": amount}} if amount else {})
        found = bench.rows("from metrics.budget_status where period = 'FY2015Q1' and category = 'personnel'")
        assert [(r["spent_pct"], r["is_over_budget"]) for r in found] == [(100.0 if amount else None, above)]


def test_outlook_of_the_last_quarter(bench: Any) -> None:
    books(bench)
    *_, row = bench.rows("from metrics.award_outlook order by period_end")
    assert (row["period"], row["is_complete"]) == ("FY2015Q1", True)
    # from 2014-12-31 to 2016-11-30: 365 days of 2015 and 335 of 2016, a leap year (366 - 31)
    assert row["days_left"] == 700
    paper = {
        "spent_quarter_usd": "5720.25",  # L37 5,120.25 + L40 600.00
        "drawn_less_spent_usd": "15886.09",  # 45,000.00 - 29,113.91
        # last four quarters 9,550.45 + 10,097.58 + 3,745.63 + 5,720.25 = 29,113.91 in 90 + 91 + 92 + 92 = 365 days:
        # 79.764137 a day, and a month is 365.25 / 12 = 30.4375 days
        "burn_month_usd": "2427.82",  # 29,113.91 x 30.4375 / 365 = 2,427.8209
        "burn_low_usd": "1239.21",  # July to September: 3,745.63 x 30.4375 / 92 = 1,239.2132
        "burn_high_usd": "3377.42",  # April to June: 10,097.58 x 30.4375 / 91 = 3,377.4186
        "projected_spent_usd": "84948.81",  # 29,113.91 + 29,113.91 x 700 / 365 = 29,113.91 + 55,834.90
        "projected_balance_usd": "165051.19",  # 250,000.00 - 84,948.81
        "projected_low_usd": "143212.40",  # 250,000.00 - 29,113.91 - 10,097.58 x 700 / 91 (77,673.69)
        "projected_high_usd": "192386.73",  # 250,000.00 - 29,113.91 - 3,745.63 x 700 / 92 (28,499.36)
    }
    assert {k: row[k] for k in paper} == {k: Decimal(v) for k, v in paper.items()}


def test_outlook_while_the_award_is_young(bench: Any) -> None:
    books(bench)
    first, second, *_ = bench.rows("from metrics.award_outlook order by period_end")
    # December has 31 days of the award and no spending yet; L05 8,200.00 + L07 1,350.45 = 9,550.45 in the 90 days after it
    assert [first[f"burn_{pace}_usd"] for pace in ("month", "low", "high")] == usd("0.00 0.00 0.00")
    paper = usd("2,402.41 0.00 3,229.91")  # 9,550.45 x 30.4375 / 121 · nothing in December · x 30.4375 / 90
    assert [second[f"burn_{pace}_usd"] for pace in ("month", "low", "high")] == paper
    # to 2016-11-30 it is 275 + 365 + 335 = 975 days: 250,000.00 - 9,550.45 - 9,550.45 x 975 / 121 (76,956.11)
    assert (second["days_left"], second["projected_balance_usd"]) == (975, Decimal("163493.44"))


def test_the_book_read_a_day_early_projects_nothing_for_the_open_quarter(bench: Any) -> None:
    books(bench, as_of="2014-12-30")
    *_, before, row = bench.rows("from metrics.award_outlook order by period_end")
    assert (row["is_complete"], row["burn_month_usd"], row["projected_balance_usd"]) == (False, None, None)
    assert row["spent_usd"] == Decimal("28513.91")  # without L40, posted on the 31st
    assert before["projected_balance_usd"] is not None


def test_facts_the_paper_stands_on() -> None:
    assert AWARD["regime"] == "24cfr84" and [one.at for one in LOCKS] == [
        datetime(2014, 8, 1, 12),
        datetime(2014, 11, 3, 12),
    ]

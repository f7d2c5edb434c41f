"""Which rules of the SF-425 the forty entries by hand keep, break, or leave without a say; one change to them at a time."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hand_books import RATES, REMARKS, books, entry, forty

from assets import catalog, checks

Row = dict[str, Any]
Told = dict[str, bool | None]
FALLS = tuple(f"line_10{line}_falls_by_named_corrections_only" for line in "abejlmn")
HOLD = (
    *(f"line_10{line}_ties" for line in "cghko"),
    *("spent_within_authorized", "ledger_received", "recipient_share_stated", "program_income_use_stated"),
    *("cash_on_hand_explained", "allocations_sum_to_10e", "indirect_rates_stated", "boxes_stated"),
    *("obligations_not_negative", "income_spent_within_earned"),
)
# as the paper has it for every quarter: no line falls (L27 is made up for by L28), and the award has not ended
PLAIN: Told = dict.fromkeys(HOLD, True) | dict.fromkeys((*FALLS, "final_without_obligations"), None)
TIED, TIMELY = "indirect_is_rate_times_base", "indirect_charged_within_rate_period"  # told, and refuse nothing
TIES = {TIED: True, TIMELY: True}  # 1,838.09 by R14 in June
UNTIED = {TIED: False, TIMELY: True}  # and 600.00 by R15 in December, for 624.58


def rules(bench: Any, period: str = "FY2015Q1") -> Told:
    found = bench.rows(f"from metrics.sf425_checks where period = '{period}'")
    assert {r["rule"] for r in found if not r["blocks"]} <= {TIED, TIMELY}
    return {r["rule"]: r["holds"] for r in found}


def sides(bench: Any, rule: str, period: str = "FY2015Q1") -> list[Decimal]:
    (row,) = bench.rows(f"from metrics.sf425_checks where period = '{period}' and rule = '{rule}'")
    return [row["found_usd"], row["expected_usd"]]


def usd(*amounts: str) -> list[Decimal]:
    return [Decimal(a.replace(",", "")) for a in amounts]


def test_of_the_book_as_it_stands(bench: Any) -> None:
    books(bench)
    assert rules(bench, "FY2014Q3") == rules(bench, "FY2014Q4") == PLAIN | TIES
    assert rules(bench) == PLAIN | UNTIED
    assert sides(bench, TIED) == usd("2,438.09", "2,462.67")  # + 600.00 · + 624.58
    assert sides(bench, "spent_within_authorized") == usd("30,914.31", "250,000.00")  # 10e + 10f · 10d
    assert sides(bench, OWED) == usd("1,800.40", "0.00")
    assert sides(bench, EARNED) == usd("400.00", "725.00")  # L20 150.25 + L33 249.75 · L19 600.00 + L36 125.00
    assert sides(bench, "line_10k_ties") == usd("55,411.41", "55,411.41")
    # before anything was received there is no cash to explain, and no rate by which something was charged
    assert rules(bench, "FY2014Q1") == PLAIN | {"cash_on_hand_explained": None}


def changed(**change: Any) -> Row:
    return change


def line(kind: str, amount: str, reverses: str | None = None, **told: Any) -> list[Row]:
    """The forty entries and one of December."""
    named = {"reverses": reverses} if reverses else {}
    return [*forty(), entry("L41", "2014-12-20", kind, amount, **named, **told)]


def without(*ids: str) -> list[Row]:
    return [row for row in forty() if row["entry_id"] not in ids]


def says(**told: Any) -> Row:
    return changed(remarks=[REMARKS[-1] | told])


A, B, E, J, L, M, N = FALLS
REMARK, FINAL, WITHIN = "cash_on_hand_explained", "final_without_obligations", "spent_within_authorized"
STATED, RATED, BOXES = "recipient_share_stated", "indirect_rates_stated", "boxes_stated"
OWED, EARNED = "obligations_not_negative", "income_spent_within_earned"
ENDS = {"end": date(2014, 12, 31)}
DEDUCTED = {"program_income_alternative": "deduction"}
CASES: dict[str, tuple[Row, Told]] = {
    "no remark": (changed(remarks=[]), {REMARK: False}),
    "a remark for this award": (says(award_id="A1"), {}),
    "a remark for another award": (says(award_id="A2"), {REMARK: False}),
    "a remark for another quarter": (says(period="FY2014Q4"), {REMARK: False}),
    "a remark for another report": (says(report="performance"), {REMARK: False}),
    "a remark of another kind": (says(section="remarks"), {REMARK: False}),
    "a remark without a word": (says(text="  "), {REMARK: False}),
    # 10,454.33 paid out: no cash is on hand, and none has to be explained
    "no cash": (changed(entries=line("disbursement", "10454.33"), remarks=[]), {REMARK: None}),
    # 0.01 more than was received: below zero has to be explained too
    "cash owed": (changed(entries=line("disbursement", "10454.34"), remarks=[]), {REMARK: False}),
    **{f"no {box}": (changed(award={box: None}), {BOXES: False}) for box in ("agency", "number", "recipient", "ein", "uei")},
    "no rates": (changed(rates=[]), {RATED: False, TIED: None, TIMELY: None}),
    "one rate of two": (changed(rates=RATES[:1]), {RATED: False}),
    "a rate without a type": (changed(rates=[RATES[0], RATES[1] | {"type": None}]), {RATED: False}),
    "a charge by no rate": (changed(entries=line("indirect_charged", "1.00")), {RATED: False}),
    # 24.58 too much by R14 and 24.58 too little by R15: the sums agree, and neither rate does
    # and December is no month of R14, which ends in June
    "two wrongs": (changed(entries=line("indirect_charged", "24.58", rate_id="R14")), {TIMELY: False}),
    "incurred in June": (changed(entries=line("indirect_charged", "9.00", rate_id="R14", incurred_on=date(2014, 6, 30))), {}),
    "incurred in July": (
        changed(entries=line("indirect_charged", "9.00", rate_id="R14", incurred_on=date(2014, 7, 1))), {TIMELY: False}
    ),
    "of R15's own December": (
        changed(entries=line("indirect_charged", "9.00", rate_id="R15", incurred_on=date(2014, 6, 30))), {}
    ),
    "taken back in December": (changed(entries=line("indirect_charged", "-1838.09", "L22", rate_id="R14")), {}),
    # R15 was charged on 31 December
    "valid to that day": (changed(rates=[RATES[0], RATES[1] | {"to": date(2014, 12, 31)}]), {}),
    "valid to the day before": (changed(rates=[RATES[0], RATES[1] | {"to": date(2014, 12, 30)}]), {TIMELY: False}),
    "valid from the day after": (changed(rates=[RATES[0], RATES[1] | {"from": date(2015, 1, 1)}]), {TIMELY: False}),
    "without a period": (changed(rates=[RATES[0], RATES[1] | {"from": None, "to": None}]), {}),
    "charged as it should": (
        changed(entries=line("indirect_charged", "24.58", rate_id="R15")), {TIED: True}
    ),
    # 10f is 1,800.40
    "final with an obligation": (changed(award=ENDS), {FINAL: False}),
    "ended in the quarter": (changed(award={"end": date(2014, 10, 1)}), {FINAL: False}),
    "ends the day after": (changed(award={"end": date(2015, 1, 1)}), {}),
    "final without one": (changed(award=ENDS, entries=line("obligation", "-1800.40")), {FINAL: True}),
    "final with less than none": (changed(award=ENDS, entries=line("obligation", "-1800.41")), {FINAL: False, OWED: False}),
    "none is left": (changed(entries=line("obligation", "-1800.40")), {}),
    "a cent below none": (changed(entries=line("obligation", "-1800.41")), {OWED: False}),
    # 725.00 earned and 400.00 of it spent, by either alternative
    "all of the income": (changed(entries=line("program_income_spent", "325.00")), {}),
    "a cent more income": (changed(entries=line("program_income_spent", "325.01")), {EARNED: False}),
    "a cent more, deducted": (changed(award=DEDUCTED, entries=line("program_income_spent", "325.01")), {EARNED: False}),
    # 10h is 219,085.69
    "all of it": (changed(entries=line("authorized", "-219085.69")), {}),
    "a cent over": (changed(entries=line("authorized", "-219085.70")), {WITHIN: False}),
    "a cent over, obligated": (changed(entries=line("obligation", "219085.70")), {WITHIN: False}),
    "no share stated": (changed(entries=without("L02")), {STATED: False, "line_10k_ties": None}),
    "no share required": (changed(entries=without("L02"), award={"match_required_usd": Decimal(0)}), {}),
    "use of income unstated": (
        changed(award={"program_income_alternative": None}),
        {"program_income_use_stated": False, "line_10o_ties": None, EARNED: None},
    ),
    "unstated, and none spent": (
        changed(award={"program_income_alternative": None}, entries=without("L20", "L33")), {}
    ),
    # 10a: nothing else moved in the quarter
    "10a falls": (changed(entries=line("receipt", "-15000.00")), {A: False}),
    "10a falls by name": (changed(entries=line("receipt", "-15000.00", "L26")), {A: True}),
    "10b falls": (changed(entries=line("disbursement", "-12345.67")), {B: False}),
    "10b falls by name": (changed(entries=line("disbursement", "-12345.67", "L31")), {B: True}),
    # 10e: 5,720.25 - 8,200.00 = -2,479.75
    "10e falls": (changed(entries=line("expenditure", "-8200.00")), {E: False}),
    "10e falls by name": (changed(entries=line("expenditure", "-8200.00", "L05")), {E: True}),
    "10e does not fall": (changed(entries=line("expenditure", "-5720.25")), {}),
    # 8,200.00 by name and 5,720.26 without: -8,200.01, a cent more than is named
    "10e falls in part": (
        changed(entries=[*line("expenditure", "-8200.00", "L05"), entry("L42", "2014-12-21", "expenditure", "-5720.26")]),
        {E: False},
    ),
    # 10j: 500.00 - 3,000.00 = -2,500.00, and - 1,250.50 in kind = -750.50
    "10j falls": (changed(entries=line("match_cash", "-3000.00")), {J: False}),
    "10j falls by name": (changed(entries=line("match_cash", "-3000.00", "L15")), {J: True}),
    "10j falls in kind": (changed(entries=line("match_in_kind", "-1250.50", "L16")), {J: True}),
    # 10l: 125.00 - 600.00 = -475.00, and 400.00 were spent of the 125.00 that are left
    "10l falls": (changed(entries=line("program_income", "-600.00")), {L: False, EARNED: False}),
    "10l falls by name": (changed(entries=line("program_income", "-600.00", "L19")), {L: True, EARNED: False}),
    # 10n: 150.25 + 249.75 - 249.75 = 150.25; of the other alternative the same is 10m
    "10n falls": (changed(entries=line("program_income_spent", "-249.75")), {N: False}),
    "10n falls by name": (changed(entries=line("program_income_spent", "-249.75", "L33")), {N: True}),
    "10m falls": (
        changed(award=DEDUCTED, entries=line("program_income_spent", "-249.75")), {M: False}
    ),
    "10m falls by name": (
        changed(award=DEDUCTED, entries=line("program_income_spent", "-249.75", "L33")), {M: True}
    ),
    # a correction of one line says nothing of another
    "named elsewhere": (
        changed(entries=[*line("receipt", "-15000.00"), entry("L42", "2014-12-21", "disbursement", "-1.00", reverses="L31")]),
        {A: False, B: True},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_one_change(bench: Any, case: str) -> None:
    change, differs = CASES[case]
    books(bench, **change)
    assert rules(bench) == PLAIN | UNTIED | differs
    if case == "a rate without a type":
        assert rules(bench, "FY2014Q4") == PLAIN | TIES, "nothing was charged by it yet"


def test_a_named_correction_counts_in_the_quarter_that_it_counts_in(bench: Any) -> None:
    """L08 reversed in September, known after the lock: the line falls in the next quarter, where its name is looked for."""
    late = entry("L41", "2014-09-20", "receipt", "-20000.00", "2014-11-20", reverses="L08")
    books(bench, entries=[*forty(), late])
    assert rules(bench, "FY2014Q4") == PLAIN | TIES
    assert rules(bench) == PLAIN | UNTIED | {A: True}
    assert sides(bench, A) == usd("25,000.00", "45,000.00")


def test_without_a_ledger_only_its_absence_and_what_the_award_lacks_can_be_told(bench: Any) -> None:
    books(bench, entries=[])
    silent = dict.fromkeys(
        (*(f"line_10{line}_ties" for line in "cghko"), WITHIN, OWED, EARNED, REMARK, "allocations_sum_to_10e"), None
    )
    # nothing is said of program income that nobody reported
    assert rules(bench) == PLAIN | silent | {"ledger_received": False, STATED: False}


FISCAL = {"from": date(2014, 7, 1), "to": date(2015, 6, 30)}
LATER_FILE = {"_order": 2, "_file": "b.csv", "_known_at": datetime(2014, 2, 1)}


@pytest.mark.parametrize(
    ("more", "stated"),
    [
        ([RATES[0] | {"award_id": "A2"}], False),  # each of two awards calls its rate so
        ([RATES[0] | FISCAL | {"rate": 0.1}], False),  # the next year's under the same name
        ([RATES[0] | FISCAL | {"rate": 0.1} | LATER_FILE], False),  # in another file too
        ([RATES[0] | {"to": date(2014, 9, 30)}], False),  # two periods in one file
        ([RATES[0] | {"to": date(2014, 9, 30)} | LATER_FILE], True),  # extended by a later file
        ([RATES[0] | {"type": "final"} | LATER_FILE], True),
        (
            [RATES[0] | FISCAL, *(r | LATER_FILE | {"_file": "a.csv"} for r in RATES)],
            True,
        ),  # the file mended, and sent again
    ],
)
def test_a_name_for_two_rates_is_none(bench: Any, more: list[Row], stated: bool) -> None:
    books(bench, rates=[*RATES, *more])
    assert rules(bench)[RATED] is stated
    told = "select distinct rate is not null from metrics.sf425_indirect where rate_id = "
    assert [bench.value(f"{told} '{name}'") for name in ("R14", "R15")] == [stated, True]
    outcomes = checks.check_table(bench.connection, catalog.load().tables["core.indirect_rates"])
    found = [
        (o.severity, o.failed_rows, "R14" in o.detail)
        for o in outcomes
        if o.name.startswith("one_rate") and not o.passed
    ]
    assert found == ([] if stated else [("warn", 1, True)])


def test_a_charge_taken_back_is_held_against_nobody(bench: Any) -> None:
    """Booked by no rate, reversed, and booked again by R15: no rate is missing any more, and 600.00 + 24.58 ties."""
    mistake = entry("L41", "2014-12-20", "indirect_charged", "24.58")
    again = entry("L43", "2014-12-22", "indirect_charged", "24.58", rate_id="R15")
    books(
        bench,
        entries=[*forty(), mistake, entry("L42", "2014-12-21", "indirect_charged", "-24.58", reverses="L41"), again],
    )
    assert rules(bench) == PLAIN | TIES


def test_a_share_taken_back_is_not_a_share_of_zero(bench: Any) -> None:
    back = entry("L41", "2014-12-20", "match_required", "-62500.00", reverses="L02")
    books(bench, entries=[*forty(), back])
    assert rules(bench) == PLAIN | UNTIED | {STATED: False, "line_10k_ties": None}
    assert rules(bench, "FY2014Q4") == PLAIN | TIES, "it stood until then"
    # brought down to zero by an amendment, which corrects nothing, it is zero
    books(bench, entries=[*forty(), back | {"reverses": None}])
    assert rules(bench) == PLAIN | UNTIED
    assert sides(bench, STATED)[0] == Decimal("0.00")

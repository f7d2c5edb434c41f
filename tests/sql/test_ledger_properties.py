"""What holds of any ledger: two awards over eight quarters, entries taken back, known late, and quarters locked anyhow."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import plain_reckoning as plain
import pytest
from bench import Bench
from hand_books import MODELS
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from assets import locks

Row = dict[str, Any]
FIRST, LAST = date(2013, 10, 1), date(2015, 9, 30)
ENDS = [date(2013, 12, 31)]
ENDS += [date(y, m, d) for y in (2014, 2015) for m, d in ((3, 31), (6, 30), (9, 30), (12, 31))][:7]
NAMES = ("FY2014Q1", "FY2014Q2", "FY2014Q3", "FY2014Q4", "FY2015Q1", "FY2015Q2", "FY2015Q3", "FY2015Q4")
BEGINS = {"A1": FIRST, "A2": date(2014, 3, 15)}  # the second is reported from FY2014Q2
RATES = {"A1": {"R1": Decimal("0.2075")}, "A2": {"R2": Decimal("0.125")}}
RECEIPT: Row = {"_known_at": datetime(2013, 1, 1), "_order": 1, "_file": "a.csv", "_sha256": "a", "_row": 2}
TABLES = (
    "spending",
    "sf425",
    "sf425_indirect",
    "allocations",
    "cost_identity",
    "sf425_checks",
    "budget_status",
    "award_outlook",
)
LEVERAGE = ("leverage_received", "leverage_committed")
MONEY = (
    "authorized",
    "receipt",
    "disbursement",
    "obligation",
    "match_required",
    "program_income",
    "program_income_spent",
)
KINDS = ("expenditure", *plain.MATCH, "indirect_base", "indirect_charged", *MONEY, *LEVERAGE)

DAYS = st.integers(0, (LAST - FIRST).days).map(lambda n: FIRST + timedelta(n))
LATE = st.one_of(st.integers(0, 20), st.integers(0, 500))
MIGHT = st.sampled_from


@st.composite
def entries(draw: st.DrawFn, least: int = 1, most: int = 14) -> list[Row]:
    """Entries, and some that take earlier ones back."""
    rows: list[Row] = []
    for n in range(draw(st.integers(least, most))):
        day, late = draw(DAYS), draw(LATE)
        row = {
            **{"entry_id": f"e{n:02}", "award_id": draw(MIGHT(("A1", "A2"))), "posted_on": day},
            **{"kind": draw(st.one_of(st.just("expenditure"), MIGHT(KINDS))), "amount_usd": draw(CENTS)},
            **{"service": draw(MIGHT((*plain.SERVICES, " Peer ", "program", None)))},
            **{
                "engagement_id": draw(MIGHT((None, "E1", "E2"))),
                "category": draw(MIGHT((None, "personnel", "travel"))),
            },
            **{"partner": draw(MIGHT((None, "P1"))), "rate_id": draw(MIGHT((None, "R1", "R2")))},
        }
        rows.append(RECEIPT | row | {"_known_at": known(day, late), "_row": n})
    for n in draw(st.lists(st.integers(0, len(rows) - 1), unique=True, max_size=3)):
        rows.append(back(rows[n], draw(DAYS), draw(LATE)))
    return rows


CENTS = st.one_of(st.integers(-999, 999), st.integers(-5_000_000, 9_000_000)).filter(bool).map(lambda n: n * plain.CENT)


def known(day: date, late: int) -> datetime:
    return datetime.combine(day + timedelta(late), time(12))


def back(row: Row, day: date, late: int) -> Row:
    """The entry that takes another back, of the same day or later."""
    day = max(day, row["posted_on"])
    told = {"entry_id": f"{row['entry_id']}-", "reverses": row["entry_id"], "amount_usd": -row["amount_usd"]}
    return row | told | {"posted_on": day, "_known_at": max(known(day, late), row["_known_at"])}


HELD = st.dictionaries(st.integers(0, 7), st.integers(1, 200), max_size=4).map(
    lambda found: [
        locks.Lock(NAMES[n], ENDS[n], datetime.combine(ENDS[n] + timedelta(d), time(6))) for n, d in found.items()
    ]
)
USES = st.fixed_dictionaries({award: MIGHT(("deduction", "addition", None)) for award in BEGINS})
often = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
seldom = settings(often, max_examples=6)  # it makes every table several times


@pytest.fixture(scope="module")
def book() -> Iterator[Bench]:
    one = Bench()
    one.reference(as_of=LAST.isoformat(), launched_on=FIRST.isoformat())
    one.given("core.engagements")
    for table, rows in (("narratives", []), ("budget", [{"category": "travel", "version": "1", "amount_usd": 900}])):
        one.given(f"raw.{table}", [RECEIPT | {"award_id": "A1"} | row for row in rows])
    rates = [{"rate_id": r, "award_id": a, "rate": float(v)} for a, found in RATES.items() for r, v in found.items()]
    one.given("raw.indirect_rates", [RECEIPT | {"type": "fixed"} | rate for rate in rates])
    yield one
    one.connection.close()


def make(book: Bench, rows: list[Row], held: list[locks.Lock], use: Row | None = None) -> dict[str, list[Row]]:
    """Every model by name."""
    locks.build(book.connection, held)
    told = {"regime": "24cfr84", "basis": "accrual", "frequency": "quarterly", "end": date(2016, 11, 30)}
    stated = {"A1": {"match_required_usd": Decimal(500)}, "A2": {}}
    awards = [{"award_id": a, "start": day, **stated[a]} for a, day in BEGINS.items()]
    uses = use or {}
    book.given(
        "raw.award", [RECEIPT | told | a | {"program_income_alternative": uses.get(a["award_id"])} for a in awards]
    )
    book.given("raw.ledger", rows)
    book.run(*MODELS, "metrics.spending")
    return {name: book.rows(f"from metrics.{name} order by all") for name in TABLES}


def by_line(found: dict[str, list[Row]]) -> dict[tuple[str, date], plain.Lines]:
    out: dict[tuple[str, date], plain.Lines] = defaultdict(dict)
    for row in found["sf425"]:
        out[row["award_id"], row["period_end"]][row["line"]] = row["amount_usd"]
    return out


@often
@given(entries(), HELD, USES)
def test_lines_are_those_of_a_plain_reckoning(book: Bench, rows: list[Row], held: list[locks.Lock], use: Row) -> None:
    found = make(book, rows, held, use)
    got = by_line(found)
    assert len(got) == 8 + 7  # the second award from its second quarter
    for (award, end), told in got.items():
        mine = [r for r in rows if r["award_id"] == award and plain.counted_on(r, held) <= end]
        stated = {"use": use[award], "match_required_usd": Decimal(500) if award == "A1" else None}
        assert told == plain.lines(mine, stated), (award, end)

        def of(table: str, award: str = award, end: date = end) -> list[Row]:
            return [r for r in found[table] if (r["award_id"], r["period_end"]) == (award, end)]

        allotted = {
            (r["service"], r["engagement_id"]): (r["direct_usd"], r["allocated_usd"]) for r in of("allocations")
        }
        assert allotted == plain.shares(mine), (award, end)
        columns = ("base", "amount_charged", "federal_share", "expected_usd", "difference_usd")
        charged = {r["rate_id"]: tuple(r[c] for c in columns) for r in of("sf425_indirect")}
        assert charged == plain.indirect(mine, RATES[award]), (award, end)
        # what each reader of the same money makes of it
        spent = told["10e"]
        assert sum((r["amount_usd"] for r in of("allocations")), plain.ZERO) == spent
        assert sum((r["spent_usd"] for r in of("budget_status")), plain.ZERO) == spent
        ((tie,), (ahead,)) = of("cost_identity"), of("award_outlook")
        assert (tie["line_10e_usd"], tie["difference_usd"], ahead["spent_usd"]) == (spent, 0, spent)
        # the identities of the form
        assert told["10c"] == told["10a"] - told["10b"]
        assert told["10g"] == told["10e"] + told["10f"]
        assert told["10h"] == told["10d"] - told["10g"]
        assert told["10i"] is None or told["10k"] == told["10i"] - told["10j"]
        assert told["10m"] is None or told["10o"] == told["10l"] - told["10m"] - told["10n"]
    ties = [r for r in found["sf425_checks"] if r["rule"].endswith("_ties") or r["rule"] == "allocations_sum_to_10e"]
    assert not [r for r in ties if r["holds"] is False]
    # the quarters' own spending adds up to the last line, of an award with earlier entries too
    for award in BEGINS:
        for table in ("budget_status", "award_outlook"):
            each = [r["spent_quarter_usd"] for r in found[table] if r["award_id"] == award]
            assert sum(each, plain.ZERO) == got[award, LAST]["10e"], table
    # and so do what services, classes and partners spent in each quarter
    whole = [r for r in found["spending"] if r["grain"] == "network"]
    for name, end in zip(NAMES, ENDS, strict=True):
        quarter = [r["spent_quarter_usd"] for r in found["award_outlook"] if r["period_end"] == end]
        for part in (None, "service", "category", "partner"):
            of = [r["amount_usd"] for r in whole if (r["period"], r["dimension"]) == (name, part)]
            assert sum(of, plain.ZERO) == sum(quarter, plain.ZERO), (name, part)
    to_date = [r["amount_usd"] for r in whole if r["period"] == "to_date" and r["dimension"] is None]
    assert to_date == [got["A1", LAST]["10e"] + got["A2", LAST]["10e"]]


@often
@given(entries(most=8), HELD, st.randoms(use_true_random=False))
def test_neither_the_order_of_rows_nor_of_files_matters(
    book: Bench, rows: list[Row], held: list[locks.Lock], luck: Any
) -> None:
    once = make(book, rows, held)
    # in several files, in any order, and a full export that says some of it again later
    again = [r | {"_known_at": r["_known_at"] + timedelta(300)} for r in rows if luck.random() < 0.4]
    files = [r | {"_file": f"{luck.randint(1, 3)}.csv", "_row": luck.randint(2, 99)} for r in (*rows, *again)]
    files = [r | {"_order": luck.randint(1, 9), "_sha256": r["_file"]} for r in files]
    assert make(book, luck.sample(files, len(files)), held) == once


@often
@given(entries(), entries(most=1), DAYS, LATE, HELD, USES)
def test_an_entry_and_its_reversal_leave_no_trace(
    book: Bench, rows: list[Row], one: list[Row], day: date, late: int, held: list[locks.Lock], use: Row
) -> None:
    entry = one[0] | {"entry_id": "x"}
    pair = [entry, back(entry, day, late)]
    without, with_pair = make(book, rows, held, use), make(book, [*rows, *pair], held, use)
    begun, ended = (plain.counted_on(r, held) for r in pair)
    apart = [end for end in ENDS if begun <= end < ended]  # it stood at the end of these quarters

    def outside(found: dict[str, list[Row]], table: str) -> list[Row]:
        return [r for r in found[table] if r["period_end"] not in apart]

    # nor may the form be refused for what was put right
    for table in ("sf425", "sf425_indirect", "cost_identity", "sf425_checks"):
        if table == "sf425_checks":  # a fall by a named correction is told of the quarter in which it counts
            without[table], with_pair[table] = (
                [r for r in f[table] if "falls" not in r["rule"]] for f in (without, with_pair)
            )
        assert outside(with_pair, table) == outside(without, table), table


@often
@given(entries(), entries(most=3), MIGHT((*LEVERAGE, *plain.MATCH)), HELD, USES)
def test_federal_money_match_and_leverage_never_mix(
    book: Bench, rows: list[Row], more: list[Row], kind: str, held: list[locks.Lock], use: Row
) -> None:
    added = [
        r | {"entry_id": f"x{r['entry_id']}", "kind": kind, "rate_id": None} for r in more if not r.get("reverses")
    ]
    before, after = make(book, rows, held, use), make(book, [*rows, *added], held, use)
    moves = {"10j", "10k"} if kind in plain.MATCH else set()
    was, now = by_line(before), by_line(after)
    for (award, end), told in was.items():
        mine = [r for r in added if r["award_id"] == award and plain.counted_on(r, held) <= end]
        given_ = plain.total(mine, *plain.MATCH)
        assert {line: usd for line, usd in told.items() if line not in moves} == {
            line: usd for line, usd in now[award, end].items() if line not in moves
        }
        assert now[award, end]["10j"] == told["10j"] + given_
        assert told["10k"] is None or now[award, end]["10k"] == told["10k"] - given_
    for table in ("allocations", "budget_status", "sf425_indirect", "award_outlook"):
        assert after[table] == before[table], table


@seldom
@given(entries(least=4), HELD.filter(bool), USES)
def test_a_locked_quarter_never_changes_by_what_is_known_later(
    book: Bench, rows: list[Row], held: list[locks.Lock], use: Row
) -> None:
    for one in held:
        early = [r for r in rows if r["_known_at"] <= one.at]
        assume(early)  # else no ledger was received, which is another thing to say
        by_then = [other for other in held if other.at <= one.at]
        then, now = make(book, early, by_then, use), make(book, rows, held, use)
        for table in ("sf425", "sf425_indirect", "allocations", "cost_identity"):
            locked, stands = ([r for r in found[table] if r["period_end"] <= one.end] for found in (then, now))
            assert stands == locked, (table, one.period)

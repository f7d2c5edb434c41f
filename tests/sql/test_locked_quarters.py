"""What is first known of the ledger after a quarter was locked counts in the one that is open, and is shown as that."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets import catalog, checks, locks

Row = dict[str, Any]
JUNE, SEPTEMBER = date(2014, 6, 30), date(2014, 9, 30)
LOCKED = [locks.Lock("FY2014Q3", JUNE, datetime(2014, 8, 1, 12))]
TWICE = [*LOCKED, locks.Lock("FY2014Q4", SEPTEMBER, datetime(2014, 11, 1, 12))]


def entry(entry_id: str, posted_on: date, amount: str, known_at: datetime, order: int = 1, **changes: Any) -> Row:
    row = {"entry_id": entry_id, "award_id": "A1", "posted_on": posted_on, "amount_usd": Decimal(amount)}
    receipt = {"_known_at": known_at, "_order": order, "_file": f"{order}.csv", "_sha256": str(order), "_row": 2}
    return row | {"kind": "expenditure"} | receipt | changes


def made(bench: Any, entries: list[Row], held: list[locks.Lock], as_of: str = "2014-12-31") -> dict[str, Row]:
    """core.ledger by entry, with the quarters of the award made too."""
    bench.reference(as_of=as_of)
    locks.build(bench.connection, held)
    told = {"regime": "24cfr84", "basis": "cash", "frequency": "quarterly", "_known_at": datetime(2014, 1, 1)}
    days = {"start": date(2014, 4, 1), "end": date(2016, 3, 31), "_file": "a.csv", "_sha256": "b", "_row": 2}
    bench.given("raw.award", [{"award_id": "A1"} | told | days])
    bench.given("raw.ledger", entries)
    bench.given("core.engagements")
    bench.run("staging.award", "staging.ledger", "core.award", "core.ledger", "core.award_quarters")
    return {row["entry_id"]: row for row in bench.rows("from core.ledger")}


def spent(bench: Any) -> list[Decimal]:
    return [row["spent_usd"] for row in bench.rows("select spent_usd from core.award_quarters order by period_end")]


def test_an_entry_first_known_after_the_lock_counts_in_the_open_quarter(bench: Any) -> None:
    entries = [
        entry("on time", date(2014, 6, 10), "100.00", datetime(2014, 7, 5)),
        entry("at the lock", date(2014, 6, 11), "1.00", datetime(2014, 8, 1, 12)),
        entry("late", date(2014, 6, 12), "7.00", datetime(2014, 8, 1, 12, 0, 1)),
        entry("next", date(2014, 7, 2), "20.00", datetime(2014, 8, 5)),
    ]
    found = made(bench, entries, LOCKED)
    told = {k: (v["counted_on"], v["is_prior_period"], v["quarter"]) for k, v in found.items()}
    assert told == {
        "on time": (date(2014, 6, 10), False, "FY2014Q3"),
        "at the lock": (date(2014, 6, 11), False, "FY2014Q3"),
        "late": (date(2014, 7, 1), True, "FY2014Q4"),  # posted in June, counted in the quarter from July
        "next": (date(2014, 7, 2), False, "FY2014Q4"),
    }
    assert spent(bench) == [Decimal("101.00"), Decimal("128.00"), Decimal("128.00")]
    made(bench, entries, [])
    assert spent(bench) == [Decimal("108.00"), Decimal("128.00"), Decimal("128.00")], "without a lock, as posted"


def test_what_both_locks_cover_goes_past_both(bench: Any) -> None:
    entries = [entry("late", date(2014, 4, 3), "7.00", datetime(2014, 11, 2))]
    assert made(bench, entries, TWICE)["late"]["counted_on"] == date(2014, 10, 1)
    assert spent(bench) == [Decimal("0.00"), Decimal("0.00"), Decimal("7.00")]
    # known between the two: in the quarter from July, and the second lock holds it there
    entries = [entry("late", date(2014, 4, 3), "7.00", datetime(2014, 10, 2))]
    assert made(bench, entries, TWICE)["late"]["counted_on"] == date(2014, 7, 1)


def test_what_waits_for_a_quarter_that_has_not_begun_is_kept_and_in_no_sum(bench: Any) -> None:
    found = made(bench, [entry("late", date(2014, 6, 12), "7.00", datetime(2014, 8, 2))], LOCKED, as_of="2014-06-30")
    assert found["late"]["counted_on"] == date(2014, 7, 1)
    assert spent(bench) == [Decimal("0.00")]


def test_a_full_export_that_says_the_same_again_changes_nothing(bench: Any) -> None:
    once = entry("e", date(2014, 6, 10), "100.00", datetime(2014, 7, 5))
    again = entry("e", date(2014, 6, 10), "100.00", datetime(2014, 12, 1), order=2)
    found = made(bench, [once, again], TWICE)
    assert (found["e"]["counted_on"], found["e"]["edited_after_lock"]) == (date(2014, 6, 10), False)


def test_an_entry_of_a_locked_quarter_is_not_edited(bench: Any) -> None:
    once = entry("e", date(2014, 6, 10), "100.00", datetime(2014, 7, 5))
    before = entry("e", date(2014, 6, 10), "90.00", datetime(2014, 7, 20), order=2)
    after = entry("e", date(2014, 7, 10), "80.00", datetime(2014, 8, 20), order=3)
    found = made(bench, [once, before, after], LOCKED)["e"]
    assert (found["amount_usd"], found["posted_on"], found["edited_after_lock"]) == (
        Decimal("90.00"),
        date(2014, 6, 10),
        True,
    )
    told = {o.name: o for o in checks.check_table(bench.connection, catalog.load().tables["core.ledger"])}
    edited = told["entries_of_a_locked_quarter_are_not_edited"]
    assert not edited.passed and edited.severity == "warn" and "e" in edited.detail
    # while its quarter is open the latest version counts
    assert made(bench, [once, before, after], [])["e"]["amount_usd"] == Decimal("80.00")


def test_an_entry_that_left_a_quarter_before_its_lock_is_open_to_change(bench: Any) -> None:
    """What counts is where it stood at the lock, not where it stood once."""
    versions = [
        entry("e", date(2014, 6, 10), "100.00", datetime(2014, 7, 5)),
        entry("e", date(2014, 8, 5), "100.00", datetime(2014, 7, 20), order=2),
        entry("e", date(2014, 8, 5), "90.00", datetime(2014, 8, 20), order=3),
    ]
    found = made(bench, versions, LOCKED)["e"]
    assert (found["amount_usd"], found["quarter"], found["edited_after_lock"]) == (Decimal("90.00"), "FY2014Q4", False)


def test_a_version_of_before_that_comes_back_after_the_lock_is_an_edit_too(bench: Any) -> None:
    told = [("100.00", datetime(2014, 7, 5)), ("90.00", datetime(2014, 7, 20)), ("100.00", datetime(2014, 8, 20))]
    versions = [entry("e", date(2014, 6, 10), amount, at, order) for order, (amount, at) in enumerate(told)]
    found = made(bench, versions, LOCKED)["e"]
    assert (found["amount_usd"], found["edited_after_lock"]) == (Decimal("90.00"), True)


def test_a_file_that_is_declared_as_delivered_before_the_lock_and_came_after_it_is_late(bench: Any) -> None:
    entries = [
        entry("back", date(2014, 6, 12), "7.00", datetime(2014, 7, 5), _received_at=datetime(2014, 8, 2)),
        entry("in time", date(2014, 6, 12), "1.00", datetime(2014, 7, 5), _received_at=datetime(2014, 7, 31)),
        entry("declared later", date(2014, 6, 12), "2.00", datetime(2014, 8, 5), _received_at=datetime(2014, 7, 31)),
    ]
    found = made(bench, entries, LOCKED)
    assert {k: v["is_prior_period"] for k, v in found.items()} == {
        "back": True,
        "in time": False,
        "declared later": True,
    }


DAYS = st.dates(date(2014, 4, 1), date(2014, 12, 31))
INSTANTS = st.datetimes(datetime(2014, 4, 1), datetime(2015, 1, 31))
VERSIONS = st.lists(
    st.tuples(st.sampled_from("abc"), DAYS, st.integers(-500, 500).filter(bool), INSTANTS), min_size=1, max_size=12
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(VERSIONS, st.randoms())
def test_whatever_comes_after_a_lock_moves_no_quarter_that_it_covers(bench: Any, versions: list[Any], random: Any):
    """Lines as locked stay as they are, and in whatever order files come the same counts."""
    rows = [
        entry(key, day, f"{cents / 100:.2f}", known, order)
        for order, (key, day, cents, known) in enumerate(sorted(versions, key=lambda v: v[3]))
    ]
    for held in (LOCKED, TWICE):
        last = held[-1]
        made(bench, [row for row in rows if row["_known_at"] <= last.at], held)
        then = [r for r in bench.rows("from core.award_quarters") if r["period_end"] <= last.end]
        made(bench, rows, held)
        now = [r for r in bench.rows("from core.award_quarters") if r["period_end"] <= last.end]
        assert [r["spent_usd"] for r in then] == [r["spent_usd"] for r in now] or not then[0]["has_ledger"]
        stood = bench.rows("from core.ledger order by entry_id")
        made(bench, random.sample(rows, len(rows)), held)
        assert bench.rows("from core.ledger order by entry_id") == stood

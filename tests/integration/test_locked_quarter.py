"""A quarter whose SF-425 is locked, with what the ledger says of it afterwards: the locked figures stay, the open quarter has the
corrections and says so, and what was known before can still be shown."""

import json
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pdfplumber
import pytest
from doctored import report, told
from granted import FIRST, A, B, entries
from network import Network, copy
from python_calamine import CalamineWorkbook
from restated import unbalanced

LOCKED, OPEN = "FY2014Q3", "FY2014Q4"
R1, R2, R3 = (f"2014-12-31-r{n}" for n in (1, 2, 3))
LATER = [
    f"late,{A},2014-06-20,expenditure,7.77,desk,,",  # posted in the locked quarter
    f"a3,{A},2014-06-10,expenditure,999.99,desk,,",  # another amount of an entry that counts in it
    f"back,{A},2014-06-30,expenditure,-300.30,program,a4,",  # takes one of its entries back ...
    f"again,{A},2014-06-30,expenditure,300.00,program,,",  # ... and books what was right
    f"lateb,{B},2014-06-29,obligation,-12.34,,b5,",
    f"new,{A},2014-11-11,expenditure,1.00,desk,,",  # of the quarter that is open anyway
]
WHO = ("--who", "Program lead", "--why", "ready")
EDITED = "entries_of_a_locked_quarter_are_not_edited"


def moment() -> str:
    """An instant that no line of a log and no receipt shares: both are kept to the second."""
    time.sleep(1.1)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    time.sleep(1.1)
    return now


@dataclass
class Story:
    """What was done, and what the command said."""

    net: Network
    locked_at: str  # an instant after the lock, and before anything came later
    report: dict[str, bytes]  # of the locked quarter, as it was submitted
    runs: dict[str, str]

    def lines(self, period: str, release: str) -> dict[tuple[str, str], Decimal]:
        sql = f"select award_id, line, amount_usd from t where period = '{period}'"
        return {(award, line): usd for award, line, usd in self.net.table("sf425", sql, release)}


def files(net: Network, folder: Path, period: str, release: str) -> dict[str, bytes]:
    done = report(net.home, folder, "sf425", period, "--release", release)
    assert done.exit_code == 0, done.output
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def story(granted: Network, tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("locked")
    net = copy(granted, folder)
    quarters = net.table("sf425", f"select distinct period from t where period <= '{LOCKED}' order by 1", R1)
    for (period,) in quarters:  # no quarter before that of the one before it
        for taken in ("submit", "approve", "lock"):
            done = net.tell("review", taken, "sf425", period, *WHO)
            assert done.returncode == 0, done.stderr
    before, at = files(net, folder / "before", LOCKED, R1), moment()
    net.drop("ledger/november.csv", entries(LATER))
    said = {"corrections": net.run().stdout, "again": net.start().communicate()[0]}
    # a full export of another day: the same entries in another order, in other bytes
    moment()
    net.drop("ledger/full.csv", entries([row for row in [*LATER, *FIRST][::-1] if row != LATER[1]]))
    said["export"] = net.run().stdout
    return Story(net, at, before, said)


def test_the_lines_of_the_locked_quarter_stay_to_the_cent(story: Story, tmp_path: Path) -> None:
    first = story.lines(LOCKED, R1)
    assert first[A, "10e"] == Decimal("600.60") and first[B, "10f"] == Decimal("12.34")
    assert story.lines(LOCKED, R2) == first == story.lines(LOCKED, R3)
    assert story.lines("FY2014Q2", R2) == story.lines("FY2014Q2", R1)
    assert files(story.net, tmp_path / "after", LOCKED, R1) == story.report, "and the report on its release to the byte"
    for table in ("sf425_indirect", "cost_identity", "budget_status", "award_outlook"):
        kept = "from t where period_end <= date '2014-06-30' order by all"
        assert story.net.table(table, kept, R2) == story.net.table(table, kept, R1), table


def test_the_open_quarter_has_the_corrections(story: Story) -> None:
    was, now = story.lines(OPEN, R1), story.lines(OPEN, R2)
    moved = {key: now[key] - was[key] for key in was if now[key] != was[key]}
    spent, freed = Decimal("7.47"), Decimal("-12.34")  # 7.77 - 300.30 + 300.00; the obligation is released
    assert moved == {(A, "10e"): spent, (A, "10g"): spent, (A, "10h"): -spent} | {
        (B, "10f"): freed,
        (B, "10g"): freed,
        (B, "10h"): -freed,
    }
    rows = story.net.table(
        "ledger", "select entry_id, posted_on, counted_on, quarter from t where is_prior_period order by 1", R2
    )
    first = date(2014, 7, 1)
    assert rows == [
        ("again", date(2014, 6, 30), first, OPEN),
        ("back", date(2014, 6, 30), first, OPEN),
        ("late", date(2014, 6, 20), first, OPEN),
        ("lateb", date(2014, 6, 29), first, OPEN),
    ]
    assert story.lines("FY2015Q1", R2)[A, "10e"] - was[A, "10e"] == spent + 1


def test_an_edit_is_not_taken_and_is_warned_of(story: Story) -> None:
    sql = "select amount_usd, edited_after_lock from t where entry_id = 'a3'"
    assert story.net.table("ledger", sql, R2) == [(Decimal("200.20"), True)]
    assert EDITED in story.runs["corrections"] and "rows entry_id a3" in story.runs["corrections"]
    status = told(story.net.home, "status").stdout
    assert f"core.ledger {EDITED}" in status


def test_the_report_of_the_open_quarter_shows_them(story: Story, tmp_path: Path) -> None:
    net = story.net
    made = files(net, tmp_path / "out", OPEN, R2)
    book = CalamineWorkbook.from_path(tmp_path / "out" / f"sf425-{OPEN}.xlsx")
    assert len(made) == 4 and len({name.lower() for name in book.sheet_names}) == len(book.sheet_names)
    for sheet, expected in (("no. 1", ["again", "back", "late"]), ("no. 2", ["lateb"])):
        rows = book.get_sheet_by_name(f"Prior periods {sheet}").to_python()
        (head,) = [at for at, row in enumerate(rows) if row[0] == "Entry"]
        assert [row[0] for row in rows[head + 1 :] if row[0] and row[1]] == expected
    with pdfplumber.open(tmp_path / "out" / f"sf425-{OPEN}.pdf") as paper:
        said = " ".join(" ".join(page.extract_text() for page in paper.pages).split())
    assert said.count("Corrections of prior periods in this period") == 2
    assert "-300.30" in said.replace("\N{MINUS SIGN}$", "-")
    # what no report told yet is not restated, and what was locked stands
    assert f"No final figure was restated materially since release {R1}." in said
    assert "every line of the reports before stands as it was told" in said
    # of the quarter after it they are no corrections
    later = report(net.home, tmp_path / "next", "sf425", "FY2015Q1", "--release", R2, "--draft")
    assert later.exit_code == 0
    cells = [
        line
        for line in (tmp_path / "next" / "sf425-FY2015Q1.csv").read_text("utf-8-sig").splitlines()
        if "Prior" in line
    ]
    assert cells == []


def test_a_rerun_and_a_full_export_of_the_same_change_nothing(story: Story) -> None:
    assert story.runs["again"] == f"Nothing new: release {R2} is current.\n"
    assert story.net.current == R3
    was, now = story.net.tables(R2), story.net.tables(R3)
    same = "select * exclude (known_at) from t order by all"
    for table in sorted(was.keys() - {"sources", "ledger", "completeness", "alerts"}):
        assert now[table] == was[table], table
    assert story.net.table("ledger", same, R3) == story.net.table("ledger", same, R2)
    rows = [json.loads(line) for line in told(story.net.home, "diff", R2, R3, "--json").stdout.splitlines()]
    assert [row for row in rows if row["metric"].startswith("sf425_")] == []


def test_what_was_known_before_the_lock_can_still_be_shown(story: Story) -> None:
    def shown(*more: str) -> str:
        done = told(story.net.home, "show", "sf425_10e", "--period", OPEN, "--json", *more)
        assert done.exit_code == 0, done.output
        return str(json.loads(done.stdout)["amount_usd"])

    then, now = "647.67", "655.14"  # 640.60 and 7.07 of the two awards; 7.47 more since
    assert Decimal(shown()) == Decimal(now) and Decimal(shown("--release", R1)) == Decimal(then)
    assert Decimal(shown("--known-on", story.locked_at)) == Decimal(then)
    assert Decimal(shown("--known-on", story.locked_at, "--as-of", "2014-09-30")) == Decimal(then)


def test_diff_explains_the_change_with_causes_that_add_up(story: Story) -> None:
    done = told(story.net.home, "diff", R1, R2, "--json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    mine = [row for row in rows if row["metric"] == "sf425_10e" and row["grain"] == "network"]
    assert {row["period"] for row in mine} == {OPEN, "FY2014", "FY2015Q1", "FY2015", "to_date"}, (
        "and none of the locked quarter"
    )
    (quarter,) = [row for row in mine if row["period"] == OPEN]
    assert (quarter["cause"], float(quarter["delta"])) == ("late", 7.47)
    named = {
        json.loads(line)["record_id"]
        for line in told(story.net.home, "diff", R1, R2, "--records", "--json").stdout.splitlines()
    }
    assert {"late", "back", "again", "lateb", "new"} <= named
    assert not [row for row in rows if row["metric"].startswith("sf425_") and row["period"] == LOCKED]
    assert not unbalanced(story.net)


def test_nothing_is_lost(story: Story) -> None:
    rows = [json.loads(line) for line in told(story.net.home, "sources", "--json").stdout.splitlines()]
    counts = {row["file"]: [row[c] for c in ("received", "accepted", "quarantined", "repeats")] for row in rows}
    assert {name: counts[f"ledger/{name}.csv"][0] for name in ("export", "november", "full")} == {
        "export": len(FIRST),
        "november": len(LATER),
        "full": len(FIRST) + len(LATER) - 1,
    }
    assert all(received == accepted + aside + repeats for received, accepted, aside, repeats in counts.values())
    entries_there = {entry for (entry,) in story.net.table("ledger", "select entry_id from t", R3)}
    assert entries_there == {row.split(",")[0] for row in [*FIRST, *LATER]}

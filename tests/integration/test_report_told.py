"""What was told to the agency stays told: forms that stand submitted, held against what later releases say of their quarters."""

import csv
import io
from pathlib import Path

import pytest
from doctored import current, report, step, told
from granted import LEDGER, NARRATIVES, A, B, entries
from network import Network, copy

TOLD, OPEN, YEAR = "FY2014Q3", "FY2014Q4", "FY2014"


@pytest.fixture
def net(granted: Network, tmp_path: Path) -> Network:
    """The program with the forms of every quarter to June submitted and approved, not locked."""
    found = copy(granted, tmp_path)
    for period in ("FY2014Q1", "FY2014Q2", TOLD):
        for taken in ("submit", "approve"):
            assert step(found.home, taken, "sf425", period).exit_code == 0
    return found


def rows(path: Path, table: str) -> list[list[str]]:
    """The cells of a table of a CSV, row by row."""
    found: dict[str, list[str]] = {}
    for cell in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))):
        if cell["table"] == table:
            found.setdefault(cell["row"], []).append(cell["value"])
    return list(found.values())


def test_lines_told_otherwise_are_listed_and_explained_though_the_awards_make_up_for_each_other(
    net: Network, tmp_path: Path
) -> None:
    """A's 200.20 of June is sent again as 150.20, B's 7.07 as 57.07: together as before, and no final figure moved."""
    edits = [f"a3,{A},2014-06-10,expenditure,150.20,desk,,", f"b2,{B},2014-06-20,expenditure,57.07,peer,,"]
    net.drop("ledger/edits.csv", entries(edits))
    net.run()
    done = report(net.home, tmp_path / "out", "sf425", OPEN)
    assert done.exit_code == 1 and not (tmp_path / "out").exists()
    why = "and nothing says why: send a text for report sf425, section restated, with the narratives."
    # 10d of A is 10,000.00, of B 900.00; B has ordered 12.34
    for award, was, now in ((A, "$600.60", "$550.60"), (B, "$7.07", "$57.07")):
        said = f"of {TOLD}, 10e was {was} and is {now}), {why}"
        assert (
            f"SF-425 of award {award}, {OPEN}: lines of earlier reports are told otherwise now (10e, 10g, 10h; {said}"
            in done.stderr
        )
    # by September A has spent 40.00 more: 590.60, below what was told of June
    falls = f"10e falls only by corrections that name what they reverse ($590.60, and $600.60 in the report of {TOLD})"
    assert (
        done.stderr.count(" falls only by ") == 1
        and f"SF-425 of award {A}, {OPEN}: it does not hold that {falls}" in done.stderr
    )
    assert report(net.home, tmp_path / "out", "sf425", OPEN, "--draft").exit_code == 0
    assert [row[:5] for row in rows(tmp_path / "out" / f"sf425-{OPEN}.csv", "Told otherwise")] == [
        [TOLD, A, "10e", "600.60", "550.60"],
        [TOLD, A, "10g", "600.60", "550.60"],
        [TOLD, A, "10h", "9399.40", "9449.40"],
        [TOLD, B, "10e", "7.07", "57.07"],
        [TOLD, B, "10g", "19.41", "69.41"],
        [TOLD, B, "10h", "880.59", "830.59"],
    ]
    # a word of why is enough for what is told otherwise, and not for a line that falls
    said = "".join(f"sf425,{OPEN},{award},restated,An invoice was read wrongly.\n" for award in (A, B))
    net.drop("narratives/narratives.csv", NARRATIVES + said)
    net.run()
    done = report(net.home, tmp_path / "again", "sf425", OPEN)
    assert done.exit_code == 1 and "told otherwise" not in done.stderr and falls in done.stderr
    # the 50.00 are taken off by entries that name what they reverse; together it is more now, which asks for its cause
    undone = [f"a3,{A},2014-06-10,expenditure,200.20,desk,,", f"r1,{A},2014-09-01,expenditure,-200.20,desk,a3,"]
    net.drop("ledger/mended.csv", entries([*undone, f"r2,{A},2014-09-01,expenditure,150.20,desk,,"]))
    net.run()
    reason = ("--because", "corrected", "--who", "desk", "--why", "an invoice read wrongly")
    assert told(net.home, "diff", "2014-12-31-r1", current(net.home).name, *reason).exit_code == 0
    done = report(net.home, tmp_path / "again", "sf425", OPEN)
    assert done.exit_code == 0, done.stderr
    assert {row[1] for row in rows(tmp_path / "again" / f"sf425-{OPEN}.csv", "Told otherwise")} == {B}


def test_line_11_is_held_against_what_was_told_too(net: Network, tmp_path: Path) -> None:
    net.drop("ledger/edits.csv", entries([f"a8,{A},2014-06-15,indirect_base,500.00,,,IR-A"]))
    net.run()
    assert report(net.home, tmp_path, "sf425", OPEN, "--draft").exit_code == 0
    assert [row[:5] for row in rows(tmp_path / f"sf425-{OPEN}.csv", "Told otherwise")] == [
        [TOLD, A, "11d IR-A", "400.00", "500.00"]
    ]


def test_a_report_that_stands_stays_as_it_was_whatever_other_reports_tell(net: Network, tmp_path: Path) -> None:
    """An entry of August that comes late, in a quarter that no report had told: neither its own submission nor that of the year
    of another award changes a byte."""
    net.drop("narratives/narratives.csv", NARRATIVES)
    net.drop("ledger/late.csv", entries([f"a10,{A},2014-08-20,expenditure,500.00,desk,,"]))
    net.run()
    since = current(net.home).parent / "2014-12-31-r1"
    assert since.exists() and told(net.home, "diff", since.name, current(net.home).name).exit_code == 0

    def files(folder: str) -> dict[str, bytes]:
        done = report(net.home, tmp_path / folder, "sf425", OPEN)
        assert done.exit_code == 0, done.stderr
        return {path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()}

    before = files("before")
    for period in (OPEN, YEAR):
        done = step(net.home, "submit", "sf425", period)
        assert done.exit_code == 0, done.stderr
        assert files(f"after {period}") == before


def test_what_no_award_reports_is_not_submitted(net: Network) -> None:
    """A reports by quarters and B by years: neither reports a month."""
    done = step(net.home, "submit", "sf425", "2014-08")
    assert (done.exit_code, done.stderr.split(";")[0]) == (1, "no award has a sf425 report of 2014-08")


def test_a_year_tells_of_each_of_its_quarters(net: Network, tmp_path: Path) -> None:
    """Locked to June; 33.00 of May that comes after counts in July, and 5.00 are taken off in August without a name."""
    for period in ("FY2014Q1", "FY2014Q2", TOLD):
        assert step(net.home, "lock", "sf425", period).exit_code == 0
    assert LEDGER.startswith("entry_id,award_id,posted_on,kind")
    net.drop(
        "ledger/late.csv",
        entries([f"l1,{A},2014-05-20,expenditure,33.00,desk,,", f"l2,{B},2014-08-20,expenditure,-5.00,peer,,"]),
    )
    net.run()
    assert report(net.home, tmp_path, "sf425", "FY2014", "--draft").exit_code == 0
    prior = [
        row[0] for name in ("no. 1", "no. 2") for row in rows(tmp_path / "sf425-FY2014.csv", f"Prior periods {name}")
    ]
    assert prior == ["l1"]
    done = report(net.home, tmp_path / "out", "sf425", "FY2014")
    assert f"SF-425 of award {B}, FY2014Q4: it does not hold that 10e falls only by" in done.stderr

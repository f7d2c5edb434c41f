"""A program whose award reports by halves of the federal year: what its reports tell, ask for, and restate."""

import csv
import io
from pathlib import Path

import pdfplumber
import pytest
from doctored import current, report, step, told
from granted import AWARDS, HEAD, granted
from network import Network, late

HALF, FIRST = "FY2014Q4", "FY2014Q3"  # April to September is named by its last quarter
TARGETS = "metric,period,target,set_on,reason_missed\ncreated,FY2014Q3,1000,2014-06-02,{}\n"
TEXTS = "".join(
    f"performance,{HALF},,{section},Said of the half.\n"
    for section in ("accomplishments", "developments", "provisional", "overruns")
)


@pytest.fixture(scope="module")
def halves(tmp_path_factory: pytest.TempPathFactory) -> Network:
    net = granted(tmp_path_factory.mktemp("halves"))
    rows = [AWARDS[0].replace(",quarterly,", ",semi_annual,"), AWARDS[1]]
    assert rows[0] != AWARDS[0]
    net.drop("award/awards.csv", HEAD + "".join(f"{row}\n" for row in rows))
    net.drop("narratives/half.csv", "report,period,award_id,section,text\n" + TEXTS)
    net.drop("targets/targets.csv", TARGETS.format(""))
    net.run()
    return net


def cells(net: Network, folder: Path) -> dict[tuple[str, str, str], str]:
    """(table, key, column) -> value, of the performance report."""
    done = report(net.home, folder, "performance", HALF, "--draft")
    assert done.exit_code == 0, done.stderr
    rows = csv.DictReader(io.StringIO((folder / f"performance-{HALF}.csv").read_text(encoding="utf-8-sig")))
    return {(row["table"], row["key"], row["column"]): row["value"] for row in rows}


def test_the_figures_of_both_quarters_are_told(halves: Network, tmp_path: Path) -> None:
    """Five questions each business week from June 2 on: 21 to June 30, and nine more."""
    found = cells(halves, tmp_path)
    for quarter, asked in ((FIRST, "21"), (HALF, "9")):
        assert float(found[f"B Indicators, {quarter}", "B-01", "actual"]) == float(asked)
        assert (f"A Measures, {quarter}", "A-02", "actual") in found
        assert f"C Benchmarks, {quarter}" in {table for table, _, _ in found}
    assert [table for table in dict.fromkeys(t for t, _, _ in found) if table.startswith("Targets")] == [
        f"Targets, {FIRST}"
    ], "nothing was aimed at in the second quarter"


def test_paper_says_which_half_it_is(halves: Network, tmp_path: Path) -> None:
    assert report(halves.home, tmp_path, "performance", HALF, "--draft").exit_code == 0
    with pdfplumber.open(tmp_path / f"performance-{HALF}.pdf") as opened:
        said = " ".join(opened.pages[0].extract_text().split())
    assert "FY2014 Q3 (April–June 2014) and FY2014 Q4 (July–September 2014)" in said
    assert "An award reports by halves of the federal year" in said


def test_a_report_of_quarters_has_no_quarter_in_the_names_of_its_tables(granted: Network, tmp_path: Path) -> None:
    found = {table for table, _, _ in cells(granted, tmp_path)}
    assert {"A Measures", "B Indicators", "C Benchmarks", "Unit costs"} <= found


def test_the_sf425_is_of_the_end_of_the_half_alone(halves: Network, tmp_path: Path) -> None:
    assert report(halves.home, tmp_path, "sf425", HALF, "--draft").exit_code == 0
    assert FIRST not in (tmp_path / f"sf425-{HALF}.csv").read_text(encoding="utf-8-sig")


def test_what_is_missed_in_the_first_quarter_asks_for_a_reason_and_is_restated(halves: Network, tmp_path: Path) -> None:
    refused = report(halves.home, tmp_path / "out", "performance", HALF)
    assert refused.exit_code == 1 and not (tmp_path / "out").exists()
    assert f"(created), for {FIRST} was missed without a reason: send reason_missed with the targets." in refused.stderr
    halves.drop("targets/targets.csv", TARGETS.format("It began in May."))
    halves.run()
    done = step(halves.home, "submit", "performance", HALF)
    assert done.exit_code == 0, done.stderr
    since = current(halves.home).name
    # a question of June that is known in October: of the half that was told, though not of the quarter that names it
    june = {
        key: f"2014-06-0{day}T10:00:00"
        for key, day in (("submitted_at", 3), ("first_response_at", 4), ("resolved_at", 4))
    }
    halves.drop("requests/late.csv", late(30, **june, updated_at="2014-06-04T10:00:00"))
    halves.run()
    assert told(halves.home, "diff", since, current(halves.home).name).exit_code == 0
    found = cells(halves, tmp_path / "again")
    assert float(found[f"B Indicators, {FIRST}", "B-01", "actual"]) == 22.0
    causes = {key: value for (table, key, column), value in found.items() if (table, column) == ("Restated", "figures")}
    sql = "select period, count(*) from t where is_material and cause = 'late' and period like 'FY2014Q%' group by 1"
    moved = dict(halves.table("restatements", sql))
    assert moved[FIRST] and causes == {"Came late": str(moved[FIRST] + moved.get(HALF, 0))}


def test_the_period_before_a_half_is_the_half_before(halves: Network) -> None:
    """An award from December on has a first half that ends in March, of which only the form of money tells."""
    assert step(halves.home, "submit", "sf425", HALF).exit_code == 0
    done = step(halves.home, "approve", "sf425", HALF)
    assert done.exit_code == 1
    assert "cannot be approved before FY2014Q2, the period before it, which is draft" in done.stderr
    for taken in ("submit", "approve"):
        assert step(halves.home, taken, "sf425", "FY2014Q2").exit_code == 0
    assert step(halves.home, "approve", "sf425", HALF).exit_code == 0

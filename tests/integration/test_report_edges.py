"""Reports at the edges: an award amended or ended, classes outside of the budget, rows that do not fit, old releases."""

from pathlib import Path

import pdfplumber
import pytest
from doctored import copied, current, doctor, report, reseal, step
from granted import AWARDS, HEAD, A, B, entries
from network import Network, copy

PERIOD, LATER = "FY2014Q3", "FY2014Q4"


def paper(path: Path) -> str:
    with pdfplumber.open(path) as opened:
        return " ".join(" ".join(page.extract_text() for page in opened.pages).split())


@pytest.fixture(scope="module")
def amended(granted: Network, tmp_path_factory: pytest.TempPathFactory) -> Network:
    """The program after its first report, with an award that now asks for more match and says another basis."""
    net = copy(granted, tmp_path_factory.mktemp("amended"))
    for period in ("FY2014Q1", "FY2014Q2", PERIOD):
        assert step(net.home, "submit", "sf425", period).exit_code == 0
    assert ",500.00," in AWARDS[0] and ",cash," in AWARDS[0]
    rows = [AWARDS[0].replace(",500.00,", ",750.00,").replace(",cash,", ",accrual,"), AWARDS[1]]
    net.drop("award/amendment.csv", HEAD + "".join(f"{row}\n" for row in rows))
    done = net.run()
    assert done.returncode == 0, done.stderr
    return net


def test_an_amended_award_is_published_and_its_figures_are_explained(amended: Network) -> None:
    """The table of awards has columns that are words of SQL (start, end)."""
    sql = "select cause, sum(delta) from t where metric = 'sf425_10i' and period = 'FY2014Q3' and grain = 'network' group by 1"
    assert [(cause, float(delta)) for cause, delta in amended.table("restatements", sql)] == [("corrected", 250.0)]


def test_the_basis_does_not_change_from_one_report_to_the_next(amended: Network, tmp_path: Path) -> None:
    done = report(amended.home, tmp_path, "sf425", LATER)
    told = f"The basis of award {A} is accrual, and was cash in the report of {PERIOD}: the award fixes it for all of its reports"
    assert done.exit_code == 1 and told in done.stderr


@pytest.fixture
def home(granted: Network, tmp_path: Path) -> Path:
    return copied(granted.home, tmp_path / "home")


def test_an_award_has_no_form_after_its_final_report(home: Path, tmp_path: Path) -> None:
    ended = f"select * replace (case when award_id = '{A}' then date '2014-06-20' else \"end\" end as \"end\") from t"
    doctor(home, {"award": ended})
    assert f"Award {A}" in paper(made(home, tmp_path / "final", PERIOD))
    assert f"Award {A}" not in paper(made(home, tmp_path / "after", LATER))


def made(home: Path, folder: Path, period: str, name: str = "sf425") -> Path:
    done = report(home, folder, name, period, "--draft")
    assert done.exit_code == 0, done.stderr
    return folder / f"{name}-{period}.pdf"


def test_rows_of_the_ledger_that_do_not_fit_are_told_of(home: Path, tmp_path: Path) -> None:
    assert "in no line until mended" not in paper(made(home, tmp_path / "clean", PERIOD))
    doctor(
        home,
        {"sources": "select * replace (case when source = 'ledger' then 2 else quarantined end as quarantined) from t"},
    )
    said = paper(made(home, tmp_path / "aside", PERIOD))
    assert "2 rows of the ledger do not fit and are in no line until mended: ledger/export.csv (2)." in said


def test_a_file_that_was_mended_and_came_again_is_not_told_of(home: Path, tmp_path: Path) -> None:
    before = "timestamp '2014-01-01' as received_at"
    older = f"select * replace (2 as quarantined, {before}) from t where source = 'ledger'"
    doctor(home, {"sources": f"select * from t union all {older}"})
    assert "in no line until mended" not in paper(made(home, tmp_path, PERIOD))


def test_what_the_official_certifies_is_on_the_form(home: Path, tmp_path: Path) -> None:
    said = paper(made(home, tmp_path, PERIOD))
    assert (
        said.count("I certify to the best of my knowledge and belief that the report is true, complete, and accurate")
        == 2
    )
    said = paper(made(home, tmp_path, PERIOD, "performance"))
    assert (
        "correct and complete for performance of activities for the purposes set forth in the award documents" in said
    )


def test_a_class_that_the_budget_does_not_have_is_an_overrun(home: Path, tmp_path: Path) -> None:
    """300.30 of 600.60 is budgeted in one class, and the rest in none."""
    spent = "600.60::decimal(18, 2) as spent_usd, null as budget_usd, null as left_usd, null as spent_pct, true as is_over_budget"
    planned = (
        "'travel' as category, 300.30 as budget_usd, 0 as spent_usd, 300.30 as left_usd,"
        " 0 as spent_pct, '1' as version, false as is_over_budget"
    )
    one = f"select * replace ({spent}) from t where award_id = '{A}' and period = '{PERIOD}' limit 1"
    doctor(
        home, {"budget_status": f"with one as ({one}) from one union all by name select * replace ({planned}) from one"}
    )
    done = report(home, tmp_path, "performance", PERIOD)
    assert done.exit_code == 1 and "does not say what cost more than planned" in done.stderr
    said = paper(made(home, tmp_path, PERIOD, "budget"))
    assert "$600.60, and not in the budget" in said and "Above budget: Unassigned" in said


def test_the_remark_of_a_year_is_that_of_its_last_quarter(granted: Network, tmp_path: Path) -> None:
    net = copy(granted, tmp_path)
    year = (net.landing / "narratives" / "narratives.csv").read_text().replace("sf425,FY2014Q4,", "sf425,FY2014,")
    assert year.count("sf425,FY2014,") == 1
    net.drop("narratives/narratives.csv", year)
    assert net.run().returncode == 0
    done = report(net.home, tmp_path / "out", "sf425", "FY2014")
    assert "cash_on_hand" not in done.stderr and done.exit_code == 0, done.stderr
    assert "Still for the invoices of July." in paper(tmp_path / "out" / "sf425-FY2014.pdf")


def test_a_release_of_before_says_so(home: Path, tmp_path: Path) -> None:
    """No traceback, and nothing that looks complete."""
    for table in ("sf425_checks", "budget_status", "narratives"):
        (current(home) / f"{table}.parquet").unlink()
    forget(current(home), ("sf425_checks", "budget_status", "narratives"))
    for name in ("sf425", "performance", "budget", "bundle"):
        done = report(home, tmp_path / "out", name, PERIOD, "--draft")
        assert (done.exit_code, "is from before these reports" in done.stderr) == (1, True), name
    assert not (tmp_path / "out").exists()


def forget(release: Path, tables: tuple[str, ...]) -> None:
    """Takes tables out of the manifest."""
    import json

    told = json.loads((release / "manifest.json").read_text())
    told["tables"] = [table for table in told["tables"] if table["name"] not in tables]
    (release / "manifest.json").write_text(json.dumps(told))
    reseal(release)


def test_a_correction_of_nothing_explains_no_fall(granted: Network, tmp_path: Path) -> None:
    net = copy(granted, tmp_path)
    net.drop("ledger/more.csv", entries([f"z1,{B},2014-07-03,expenditure,-7.00,peer,gone,"]))
    assert net.run().returncode == 0
    done = report(net.home, tmp_path / "out", "sf425", LATER)
    assert (
        done.exit_code == 1
        and "10e falls only by corrections that name what they reverse ($0.07 against $7.07)" in done.stderr
    )


def test_an_award_to_come_is_told_of_until_it_begins(granted: Network, tmp_path: Path) -> None:
    """X10 begins in April 2015; what its ledger spent before counts in that quarter, and the warning goes with the day alone."""
    net = copy(granted, tmp_path)
    told = AWARDS[0].replace(A, "X10").replace("2013-12-01", "2015-04-01")
    net.drop("award/next.csv", HEAD + f"{told}\n")
    net.drop("ledger/next.csv", entries(["n1,X10,2014-12-20,expenditure,77.00,desk,,"]))
    seen = []
    for day in ("2014-12-31", "2015-06-30"):
        net.run("--as-of", day)
        ((passed,),) = net.table("checks", "select passed from t where name = 'award_has_begun'")
        network = (
            "select metric, amount_usd from t where period = 'to_date' and grain = 'network' and dimension is null"
        )
        sums = dict(net.table("metric_values", f"{network} and metric in ('federal_spent_usd', 'sf425_10e')"))
        seen.append((passed, {name: str(amount) for name, amount in sums.items()}))
    # 640.60 of A, 7.07 of B and 3.33 of X9; then 77.00 more
    assert seen == [
        (False, {"federal_spent_usd": "651.00", "sf425_10e": "651.00"}),
        (True, {"federal_spent_usd": "728.00", "sf425_10e": "728.00"}),
    ]

"""The budget report of an award of which no ledger came: it says so, and leaves no cell that reads as nothing spent."""

from pathlib import Path

import pdfplumber
import pytest
from doctored import report
from granted import AWARDS, HEAD, A, B
from network import Network, network
from python_calamine import CalamineWorkbook

SILENT = "No ledger was received, so what was spent is not reported."
NOT = "Not reported"


@pytest.fixture(scope="module")
def silent(tmp_path_factory: pytest.TempPathFactory) -> Network:
    """Two awards and the budget of the first, no ledger."""
    net = network(tmp_path_factory.mktemp("silent"))
    net.drop("program.yml", "program: No ledger\nsynthetic: true\nas_of: 2014-12-31\nlaunched_on: 2014-05-22\n")
    net.drop("award/awards.csv", HEAD + "".join(f"{row}\n" for row in AWARDS))
    net.drop("budget/budget.csv", f"award_id,category,version,amount_usd\n{A},travel,original,900.00\n")
    net.run()
    return net


def test_without_a_ledger_it_says_so(silent: Network, tmp_path: Path) -> None:
    done = report(silent.home, tmp_path, "budget", "FY2014Q3")
    assert done.exit_code == 0, done.stderr
    book = CalamineWorkbook.from_path(tmp_path / "budget-FY2014Q3.xlsx")

    def sheet(name: str) -> list[list[object]]:
        return [row for row in book.get_sheet_by_name(name).to_python() if any(row)]

    assert ["Travel", 900.0, NOT, NOT, NOT, NOT] in sheet("Budget no. 1")
    for name in ("Cash no. 1", "Quarters no. 1", "Cash no. 2", "Quarters no. 2"):
        assert [row[1:] for row in sheet(name) if row[0] == "FY2014Q3"] == [[NOT] * 6], name
    assert [row[1:] for row in sheet("Pace no. 2") if row[0] == "The fastest of them"] == [[NOT, NOT]]
    with pdfplumber.open(tmp_path / "budget-FY2014Q3.pdf") as opened:
        said = " ".join(" ".join(page.extract_text() for page in opened.pages).split())
    # of each award its budget, its pace and its cash; and spending by partner and by service
    assert said.count(SILENT) == 2 * 3 + 2
    assert f"Budget: original, the latest version. {SILENT}" in said
    assert f"Award {B}" in said and "No budget and no ledger." in said
    assert "No spending" not in said and "no spending" not in said and "$0.00" not in said

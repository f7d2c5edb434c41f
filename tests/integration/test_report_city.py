"""A city's report stays two pages long however many teams the city had; its workbook and CSV have every engagement whole."""

import csv
from pathlib import Path

import pdfplumber
import pytest
from doctored import copied, doctor, report
from python_calamine import CalamineWorkbook
from report_files import CAMDEN

PERIODS = ("FY2017Q4", "FY2017")
LONG = "Housing and neighborhood revitalization with the council, its partners and the school district; " * 3
TITLES = {"words": LONG[:216], "capitals": LONG.upper()[:216], "short": "Revitalization"}


def many(title: str, count: int) -> dict[str, str]:
    """Camden is served by that many engagements, Z101 and so on, all with that title, and by no other."""
    of = f"from (from t limit 1), range(101, {101 + count}) as r(n)"
    number = "'Z' || n as engagement_id"
    return {
        "engagements": f"select * exclude (n) replace ({number}, '{title}' as title) {of}",
        "engagement_cities": f"select * exclude (n) replace ({number}, '{CAMDEN}' as city_id) {of}",
        "engagement_costs": f"select * exclude (n) replace ({number}, 3 as entries, 1234567.89 as federal_usd) {of}",
    }


def paper(path: Path) -> tuple[int, str]:
    with pdfplumber.open(path) as opened:
        return len(opened.pages), " ".join(" ".join(page.extract_text() for page in opened.pages).split())


@pytest.mark.parametrize("title", TITLES)
def test_fifteen_engagements_on_two_pages(release_home: Path, tmp_path: Path, title: str) -> None:
    home = copied(release_home, tmp_path / "home")
    doctor(home, many(TITLES[title], 15))
    for period in PERIODS:
        assert report(home, tmp_path, "city", period, "--city", CAMDEN).exit_code == 0
        pages, said = paper(tmp_path / f"city-{CAMDEN}-{period}.pdf")
        assert pages == 2
        assert "the first 5 of 15" in said and "10 more, and whole titles, are in the workbook and the CSV" in said
        assert [f"Z{n}" in said for n in (101, 105, 106, 115)] == [True, True, False, False]
    name = f"city-{CAMDEN}-FY2017"
    rows = CalamineWorkbook.from_path(tmp_path / f"{name}.xlsx").get_sheet_by_name("Engagements").to_python()
    told = {row[0]: row[1] for row in rows if str(row[0]).startswith("Z")}
    assert told == {f"Z{n}": TITLES[title] for n in range(101, 116)}
    with (tmp_path / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [row for row in csv.DictReader(file) if row["table"] == "Engagements" and row["column"] == "title"]
    assert [cell["value"] for cell in cells] == [TITLES[title]] * 15


def test_what_fits_is_not_cut(release_home: Path, tmp_path: Path) -> None:
    """Five with a title of a hundred letters stand whole; a letter more is cut, with the rest in the workbook."""
    for letters in (100, 101):
        home = copied(release_home, tmp_path / f"home{letters}")
        doctor(home, many(LONG[:letters], 5))
        assert report(home, tmp_path, "city", "FY2017", "--city", CAMDEN).exit_code == 0
        pages, said = paper(tmp_path / f"city-{CAMDEN}-FY2017.pdf")
        assert pages == 2 and "Engagements that serve the city" in said and "the first" not in said
        assert ("Whole titles are in the workbook" in said) is ("…" in said) is (letters == 101)

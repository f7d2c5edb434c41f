"""Two awards in one program, each with its own form in one report; an award that only the ledger names; none at all."""

from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from doctored import copied, doctor, report
from granted import A, B, X
from network import Network
from python_calamine import CalamineWorkbook

from assets.documents import common

RELEASE = "2014-12-31-r1"


def made(home: Path, out: Path, name: str, period: str, *more: str) -> CalamineWorkbook:
    done = report(home, out, name, period, *more)
    assert done.exit_code == 0, done.output
    return CalamineWorkbook.from_path(out / f"{name}-{period}.xlsx")


def sheet(book: CalamineWorkbook, name: str) -> list[list[Any]]:
    return book.get_sheet_by_name(name).to_python()


def told(rows: list[list[Any]], column: int = 2) -> dict[str, Any]:
    """The last cell of a form's rows, by the first."""
    return {str(row[0]): row[column] for row in rows if len(row) > column}


def paper(path: Path) -> str:
    with pdfplumber.open(path) as opened:
        return " ".join(" ".join(page.extract_text() for page in opened.pages).split())


def test_each_award_has_its_form_in_one_report(granted: Network, tmp_path: Path) -> None:
    book = made(granted.home, tmp_path, "sf425", "FY2014Q3")
    names = book.sheet_names
    assert len({name.lower() for name in names}) == len(names)
    for part in ("Boxes", "Line 10", "Line 11", "Certification", "Prior periods", "Rules", "Allocations", "Ledger"):
        assert [name for name in names if name.startswith(part)] == [f"{part} no. 1", f"{part} no. 2"]
    first, second = (told(sheet(book, f"Boxes no. {n}")) for n in (1, 2))
    assert (first["2"], first["7"], first["6"]) == ("SAMPLE-1", "Cash", "Quarterly")
    assert (second["2"], second["7"], second["6"]) == ("SAMPLE-2", "Accrual", "Annual")
    assert (first["9"], second["8"]) == ("June 30, 2014", "April 1, 2014 to March 31, 2017")
    lines = [told(sheet(book, f"Line 10 no. {n}"), 3) for n in (1, 2)]
    assert [line["10e"] for line in lines] == [600.60, 7.07]
    assert [line["10c"] for line in lines] == [0.0, 42.93]
    assert [line["10f"] for line in lines] == [0.0, 12.34]
    assert [line["10h"] for line in lines] == [9399.40, 880.59]  # 10000.00 - 600.60; 900.00 - 7.07 - 12.34
    assert [line["10i"] for line in lines] == [500.0, 0.0]
    ledgers = [{str(row[0]) for row in sheet(book, f"Ledger no. {n}")} for n in (1, 2)]
    assert {"a1", "a6"} <= ledgers[0] and not {"b2", "x1"} & ledgers[0]
    assert {"b2", "b5"} <= ledgers[1] and not {"a1", "x1"} & ledgers[1]
    said = paper(tmp_path / "sf425-FY2014Q3.pdf")
    assert f"Award {A}" in said and f"Award {B}" in said and f"Award {X}" not in said
    remark = "Drawn for the invoices of July."
    assert said.count(remark) == 1 and said.index(remark) > said.index(f"Award {B}")


def test_a_month_and_a_fiscal_year_end_as_their_quarter_does(granted: Network, tmp_path: Path) -> None:
    quarter = made(granted.home, tmp_path, "sf425", "FY2014Q4")
    lines = [sheet(quarter, f"Line 10 no. {n}") for n in (1, 2)]
    for period in ("2014-09", "FY2014"):
        book = made(granted.home, tmp_path, "sf425", period)
        assert [told(sheet(book, f"Line 10 no. {n}"), 3) for n in (1, 2)] == [told(rows, 3) for rows in lines]
        assert told(sheet(book, "Boxes no. 1"))["9"] == "September 30, 2014"
        assert "Still for the invoices of July." in paper(tmp_path / f"sf425-{period}.pdf")
    done = report(granted.home, tmp_path / "none", "sf425", "2014-08")
    assert done.exit_code == 1 and "has no line of the SF-425 at the end of 2014-08" in done.stderr
    for period in ("2014-08", "FY2014"):
        done = report(granted.home, tmp_path / "none", "performance", period)
        assert done.exit_code == 1 and f"send a text for report performance, {period}, section" in done.stderr
        assert report(granted.home, tmp_path / period, "performance", period, "--draft").exit_code == 0
    assert not (tmp_path / "none").exists()


def test_budget_and_performance_tell_of_both(granted: Network, tmp_path: Path) -> None:
    book = made(granted.home, tmp_path, "budget", "FY2014Q3")
    assert {"Pace no. 1", "Pace no. 2", "Cash no. 1", "Cash no. 2"} <= set(book.sheet_names)
    book = made(granted.home, tmp_path, "performance", "FY2014Q3")
    covers = [told(sheet(book, f"Cover no. {n}")) for n in (1, 2)]
    assert [(cover["2"], cover["9"]) for cover in covers] == [("SAMPLE-1", "Quarterly"), ("SAMPLE-2", "Annual")]
    said = paper(tmp_path / "performance-FY2014Q3.pdf")
    # a text of every award, one of a single award beside it, and one of each
    assert f"Accomplishments The desk answered. Award {B} Two cities met." in said
    assert f"Significant developments Award {A} A post stayed open. Award {B} None that is adverse." in said


def test_an_award_that_only_the_ledger_names(granted: Network, tmp_path: Path) -> None:
    done = report(granted.home, tmp_path / "out", "sf425", "FY2015Q1")
    assert done.exit_code == 1 and not (tmp_path / "out").exists()
    lines = [line for line in done.stderr.splitlines() if f"award {X}" in line]
    assert [line.split("it does not hold that ")[1][:16] for line in lines] == [
        "the award states",
        "every indirect r",
        "the recipient sh",
        "expenditures and",
    ]
    book = made(granted.home, tmp_path / "out", "sf425", "FY2015Q1", "--draft")
    boxes, lines_of = told(sheet(book, "Boxes no. 3")), told(sheet(book, "Line 10 no. 3"), 3)
    assert (boxes["2"], boxes["7"], boxes["8"]) == ("", "", "") and boxes["9"] == "December 31, 2014"
    assert lines_of["10e"] == 3.33 and lines_of["10i"] == "Not reported: no recipient share required is stated"
    assert report(granted.home, tmp_path / "budget", "budget", "FY2015Q1").exit_code == 0


def test_no_award_and_no_ledger(base: Network, tmp_path: Path) -> None:
    none = f"release {base.current} has no line of the SF-425 at the end of FY2014Q3; the last quarters are: none: send the"
    none += " award and the ledger\n"
    for name in ("sf425", "budget"):
        done = report(base.home, tmp_path / "out", name, "FY2014Q3", "--draft")
        assert (done.exit_code, done.stderr) == (1, none)
    assert not (tmp_path / "out").exists()
    made(base.home, tmp_path / "out", "performance", "FY2014Q3", "--draft")
    said = paper(tmp_path / "out" / "performance-FY2014Q3.pdf")
    assert "No award was received: the cover cannot be filled in." in said
    for name in ("program", "expansion"):
        assert report(base.home, tmp_path / name, name, "FY2014Q3").exit_code == 0


def test_an_award_without_a_ledger(granted: Network, tmp_path: Path) -> None:
    home = copied(granted.home, tmp_path / "home")
    gone = "case when line = '10i' then {0} else {1} end as {0}"
    lines = ", ".join(
        [
            gone.format("amount_usd", "null"),
            gone.format("state", "'not_reported'"),
            gone.format("reason", "'no ledger received'"),
        ]
    )
    where = f"where award_id <> '{X}'"
    doctor(
        home,
        {
            "sf425": f"select * replace ({lines}) from t {where}",
            "sf425_checks": f"""select * replace (case when rule = 'ledger_received' then false when rule in ('boxes_stated',
                'recipient_share_stated', 'indirect_rates_stated') then true end as holds, null as found_usd, null as expected_usd)
                from t {where}""",
            **dict.fromkeys(("ledger", "allocations", "sf425_indirect"), "from t limit 0"),
        },
    )
    done = report(home, tmp_path / "out", "sf425", "FY2014Q3")
    assert done.exit_code == 1 and [line for line in done.stderr.splitlines() if "ledger" in line] == [
        f"  - SF-425 of award {award}, FY2014Q3: it does not hold that the ledger was received; send the ledger."
        for award in (A, B)
    ]
    book = made(home, tmp_path / "out", "sf425", "FY2014Q3", "--draft")
    rows = told(sheet(book, "Line 10 no. 2"), 3)
    assert rows["10e"] == "Not reported: no ledger received" and rows["10i"] == 0.0


@pytest.mark.parametrize(
    ("awards", "labels"),
    [
        (["B-13/TA-01"], [""]),
        (["A1", "B2"], [" A1", " B2"]),
        (["A1", "a1"], [" no. 1", " no. 2"]),
        (["A1", "B/2"], [" no. 1", " no. 2"]),
        (["A1", "it's'"], [" no. 1", " no. 2"]),
        (["NRN-COOPERATIVE-2013", "NRN-COOPERATIVE-2014"], [" no. 1", " no. 2"]),
    ],
)
def test_sheets_of_awards_are_told_apart(awards: list[str], labels: list[str]) -> None:
    assert list(common.labels(awards).values()) == labels
    assert len(max(labels, key=len)) <= 31 - len("Certification")

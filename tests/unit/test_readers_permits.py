"""Files of permit-issuing places in every layout of their publisher, with invented places and numbers."""

import io
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from landing_desk import Desk

from assets.raw import census_permits
from assets.raw.reading import Landed, Parsed, Unreadable

SIZES = "1-unit,,,2-units,,,3-4 units,,,5+ units"
REPORTED = "1-unit rep,,,2-units rep,,,3-4 units rep,,,5+ units rep"
LEAD = "Survey,State,6-Digit,County,Census Place,FIPS Place,FIPS MCD,Pop,CSA,CBSA,Footnote,Central,Zip,Region,Division"
BELOW = "Date,Code,ID,Code,Code,Code,Code,  ,Code,Code,Code,City,Code,Code,Code"
ANNUAL = [
    f"{LEAD},Number of,Place,,{SIZES},,,{REPORTED}",
    f"{BELOW},Months Rep,Name,{','.join(8 * ['Bldgs,Units,Value'])}",
    " ",
]
MONTHLY = [f"{LEAD},Source,Place,,{SIZES}", f"{BELOW},Code,Name,{','.join(4 * ['Bldgs,Units,Value'])}", " "]
OLD = [  # 2000 to 2006: no FIPS codes, and a column without a label before the name
    f"Survey,State,6-Digit,County,Place,MSA/,PMSA,Central,Zip,Region,Division,Number of,,Place,,{SIZES},,,{REPORTED}",
    f"Date,Code,ID,Code,Code,CMSA,Code,City,Code,Code,Code,Months Rep,,Name,{','.join(8 * ['Bldgs,Units,Value'])}",
    "",
]
ESTIMATED = "11,11,1100000,1,2,200000,0,0,0,1,24,2400000"
ZEROS = ",".join(12 * ["0"])


def line(
    date: str, place: str = "00124 ", months: str = "12", name: str = "Alder", counts: str = "", office: str = "001000"
) -> str:
    counts = counts or f"{ESTIMATED},{ZEROS}"
    return f"{date},99,{office},001,0020,{place},00000 ,2553 ,222,20020, , ,36310      ,3,6,{months},{name},{counts}"


def read(tmp_path: Path, lines: list[str], name: str = "some.txt", end: bytes = b"") -> Parsed:
    path = tmp_path / "landed"
    path.write_bytes("\n".join(lines).encode("latin-1") + end)
    return census_permits.read(Landed(path, f"census_permits/{name}", "census_permits"), duckdb.connect())


def rows(parsed: Parsed) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = parsed.rows.to_arrow_table().to_pylist()
    return found


def test_the_annual_layout(tmp_path: Path) -> None:
    parsed = read(tmp_path, [*ANNUAL, line("2024"), line("2024", "99990 "), line("2024", "00000 "), ""], "so2024a.txt")
    alder = rows(parsed)[0]
    assert (alder["state"], alder["office_id"], alder["place"], alder["zip"]) == ("99", "001000", "00124", "36310")
    assert (alder["months_reported"], alder["name"], alder["footnote"]) == ("12", "Alder", None)
    assert (alder["units_1"], alder["value_usd_2"], alder["units_5_up"], alder["units_1_reported"]) == (
        "11",
        "200000",
        "24",
        "0",
    )
    assert (alder["period_start"], alder["period_end"], alder["_row"]) == ("2024-01-01", "2024-12-31", 4)
    assert parsed.facts == {
        "vintage": "2024 annual",
        "not_used": "1 rows: a county's remainder (99990); 1 rows: no place code (00000)",
    }


@pytest.mark.parametrize(
    ("name", "date", "period", "vintage"),
    [
        ("so2024a.txt", "2024", ("2024-01-01", "2024-12-31"), "2024 annual"),
        ("SO2024A.TXT", "202499", ("2024-01-01", "2024-12-31"), "2024 annual"),
        ("so1998a.txt", "9899", ("1998-01-01", "1998-12-31"), "1998 annual"),
        ("so2024r.txt", "2024", ("2024-01-01", "2024-12-31"), "2024 annual revised"),
        ("so2024r.txt", "202402", ("2024-02-01", "2024-02-29"), "2024 annual revised"),
        ("we2402c.txt", "202402", ("2024-02-01", "2024-02-29"), "2024-02 current month"),
        ("we9902c.txt", "9902", ("1999-02-01", "1999-02-28"), "1999-02 current month"),
        ("we2402y (1).txt", "202402", ("2024-01-01", "2024-02-29"), "2024-02 year to date"),
        ("ne2402r.txt", "202402", ("2024-02-01", "2024-02-29"), "2024-02 revised"),
        ("permits.txt", "2024", ("2024-01-01", "2024-12-31"), None),
        ("permits.txt", "202402", ("2024-01-01", "2024-02-29"), None),  # months reported: a year to date
        ("so2023a.txt", "2024", ("2024-01-01", "2024-12-31"), None),  # the name says another year: not believed
        ("so2024a.txt", "2013", ("2013-01-01", "2013-12-31"), None),
    ],
)
def test_periods_and_vintages(
    tmp_path: Path, name: str, date: str, period: tuple[str, str], vintage: str | None
) -> None:
    parsed = read(tmp_path, [*ANNUAL, line(date, months="1")], name)
    assert [(r["period_start"], r["period_end"]) for r in rows(parsed)] == [period]
    assert parsed.facts.get("vintage") == vintage


def test_single_months_have_a_source_code_and_no_second_block(tmp_path: Path) -> None:
    months = [line(f"20240{month}", months="5", counts=ESTIMATED) for month in (1, 2, 3)]
    for name, vintage in (("ne2403r.txt", "2024-03 revised"), ("renamed.txt", None)):
        parsed = read(tmp_path, [*MONTHLY, *months], name)
        assert [r["period_end"] for r in rows(parsed)] == ["2024-01-31", "2024-02-29", "2024-03-31"]
        assert {(r["source_code"], r["units_5_up"]) for r in rows(parsed)} == {("5", "24")}
        assert "months_reported" not in parsed.rows.columns and "units_1_reported" not in parsed.rows.columns
        assert parsed.facts.get("vintage") == vintage


def test_the_layout_before_2007_is_read_by_its_header(tmp_path: Path) -> None:
    row = f"2003,99,001000,001,0020,9999,9999, ,36310     ,3,6,12,,Alder,{ESTIMATED},{ESTIMATED}"
    parsed = read(tmp_path, [*OLD, row], "so2003a.txt", end=b"\n\x1a")
    (alder,) = rows(parsed)
    assert (alder["census_place"], alder["msa_cmsa"], alder["months_reported"], alder["name"]) == (
        "0020",
        "9999",
        "12",
        "Alder",
    )
    assert (alder["units_1"], alder["value_usd_5_up_reported"]) == ("11", "2400000")
    assert "place" not in alder and parsed.facts["not_used"].startswith("1 rows: the layout before 2007")


def test_no_second_block_and_no_header(tmp_path: Path) -> None:
    header = [f"{LEAD},Number of,Place,,{SIZES}", f"{BELOW},Months Rep,Name,{','.join(4 * ['Bldgs,Units,Value'])}"]
    for lines in (header, []):
        (alder,) = rows(read(tmp_path, [*lines, line("2012", months="9", counts=ESTIMATED)], "so2012a.txt"))
        assert (alder["months_reported"], alder["units_2"]) == ("9", "2")


def test_names_with_commas(tmp_path: Path) -> None:
    lines = [line("2024", name='"Bristol, ZZ"'), line("2024", name="Bristol, ZZ"), line("2024", name="Bristol,7")]
    parsed = read(tmp_path, [*ANNUAL, *lines])
    assert [(r["name"], r["units_1"]) for r in rows(parsed)] == [("Bristol, ZZ", "11"), ("Bristol, ZZ", "11")]
    assert [(r.row, r.found) for r in parsed.rejects] == [(6, "42 fields")]  # a comma in a number is no name's


def test_rows_that_do_not_fit_are_set_aside_with_their_row(tmp_path: Path) -> None:
    short = line("2024").rsplit(",", 1)[0]
    lines = [line("2024"), short, "", "stray,words", line("2024", "00248 ", office="002000"), "Source: the publisher"]
    parsed = read(tmp_path, [*ANNUAL, *lines])
    assert [r["_row"] for r in rows(parsed)] == [4, 8]
    assert [(r.row, r.found, r.expected[:9]) for r in parsed.rejects] == [
        (5, "40 fields", "41 fields"),
        (7, "2 fields", "41 fields"),
    ]
    assert parsed.facts["notes"] == "1 lines below the rows: Source: the publisher"


def test_saved_as_a_workbook(tmp_path: Path) -> None:
    """A spreadsheet drops the zeros and the padding; the header tells the layout."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        sheet = made.add_worksheet()
        for at, text in enumerate([*ANNUAL, line("2024", "00124 ")]):
            for column, cell in enumerate(text.split(",")):
                sheet.write(at, column, int(cell) if cell.strip().isdigit() else cell)
    path = tmp_path / "landed"
    path.write_bytes(out.getvalue())
    parsed = census_permits.read(Landed(path, "census_permits/so2024a.xlsx", "census_permits"), duckdb.connect())
    (alder,) = rows(parsed)
    assert (alder["office_id"], alder["place"], alder["units_1"], alder["_row"]) == ("1000", "124", "11", 4)
    assert parsed.facts["vintage"] == "2024 annual"


@pytest.mark.parametrize(
    "lines",
    [
        [  # the county file: no office's id
            f"Survey,FIPS,FIPS,Region,Division,County,,{SIZES},,,{REPORTED}",
            f"Date,State,County,Code,Code,Name,{','.join(8 * ['Bldgs,Units,Value'])}",
            " ",
            f"2024,99,001,3,6,Alder County,{ESTIMATED},{ESTIMATED}",
        ],
        ["name,units", "Alder,7"],
        ["1,2,3"],
        [""],
    ],
)
def test_other_products_are_refused(tmp_path: Path, lines: list[str]) -> None:
    with pytest.raises(Unreadable, match=r"place files|permit-issuing places|empty"):
        read(tmp_path, lines)


@given(st.integers(1980, 2079), st.integers(1, 12))
def test_a_survey_date_says_the_same_in_four_digits_and_in_six(year: int, month: int) -> None:
    short = f"{year % 100:02d}{month:02d}"
    assert census_permits._survey(f"{year}{month:02d}") == (year, month)
    assert census_permits._survey(str(year)) == census_permits._survey(f"{year}99") == (year, 0)
    if short[:2] not in ("19", "20"):  # what looks like a year is one
        assert census_permits._survey(short) == (year, month)


@pytest.mark.parametrize("date", ["", "24", "2413", "202413", "202400", "123456", "9800"])
def test_no_survey_date(date: str) -> None:
    assert census_permits._survey(date) == (0, 0)


def test_taken_in_typed_and_checked(tmp_path: Path) -> None:
    desk = Desk(tmp_path, duckdb.connect())
    lines = [
        line("2024"),
        line("2024", "00248 ", months="13", office="002000"),
        line("2024", "0x248 ", office="003000"),
        line("202413", office="004000"),
        line("2024", office="005000", counts=f"-1{ESTIMATED[2:]},{ZEROS}"),
    ]
    desk.drop("census_permits/so2024a.txt", "\n".join([*ANNUAL, *lines]))
    receipt = desk.take()["census_permits/so2024a.txt"]
    assert (receipt.received, receipt.accepted, receipt.quarantined) == (5, 1, 4)
    aside = desk.connection.execute(
        f"select row, \"column\" from read_parquet('{desk.receipts.aside(receipt)}') order by row"
    ).fetchall()
    assert aside == [(5, "months_reported"), (6, "place"), (7, "survey_date"), (8, "buildings_1")]
    kept = desk.rows(
        "select place, units_1, value_usd_1::varchar, period_end::varchar, vintage from raw.census_permits"
    )
    assert kept == [("00124", 11, "1100000.00", "2024-12-31", "2024 annual")]


@pytest.mark.parametrize(("name", "count", "places"), [("so2024a.txt", 4430, 3653), ("we2024a.txt", 2010, 1681)])
def test_the_publishers_own_files(real: Path, name: str, count: int, places: int) -> None:
    """Rows are the file's lines less two header lines and a blank; places those that are neither 99990 nor 00000."""
    path = real / "census_bps_place" / name
    parsed = census_permits.read(Landed(path, f"census_permits/{name}", "census_permits"), duckdb.connect())
    found = rows(parsed)
    assert len(found) == count == len(path.read_text().splitlines()) - 3
    assert (parsed.rejects, parsed.facts["vintage"]) == ([], "2024 annual")
    coded = [(r["state"], r["place"]) for r in found if r["place"] not in ("00000", "99990")]
    assert len(coded) == len(set(coded)) == places
    silent = [r for r in found if r["months_reported"] == "0"]
    assert silent and all(r[c] == "0" for r in silent for c in census_permits.REPORTED)

"""SAIPE in every form that its publisher gives it, with invented counties and numbers."""

import io
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlsxwriter
from landing_desk import Desk

from assets.raw import census_saipe
from assets.raw.reading import Landed, Parsed, Unreadable

AGE_GROUPS = ("All Ages", "Age 0-17", "Age 5-17 in Families")
INTERVAL = ["90% CI Lower Bound", "90% CI Upper Bound"]
PLACE = ["State FIPS Code", "County FIPS Code", "Postal Code", "Name"]
HEADER = [
    *PLACE,
    *(c for age in AGE_GROUPS for what in ("Estimate", "Percent") for c in (f"Poverty {what}, {age}", *INTERVAL)),
    *("Median Household Income", *INTERVAL),
    *(c for what in ("Estimate", "Percent") for c in (f"Poverty {what}, Age 0-4", *INTERVAL)),
]
TITLE = "2019 Poverty and Median Household Income Estimates - Counties\nRelease date:  December 2020"
FIGURES = ["1,000", "900", "1,100", "10.5", "9.5", "11.5", *["300", "200", "400", "20.1", "18.1", "22.1"]]
FIGURES += ["210", "150", "270", "19", "17", "21", "51,771", "50,000", "53,542"]
NO_BABIES = ["."] * 6


def read(tmp_path: Path, content: bytes, name: str = "some.bin", **options: Any) -> Parsed:
    path = tmp_path / "landed"
    path.write_bytes(content)
    return census_saipe.read(Landed(path, f"census_saipe/{name}", "census_saipe", options), duckdb.connect())


def rows(parsed: Parsed) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = parsed.rows.to_arrow_table().to_pylist()
    return found


def book(lines: list[list[Any]], sheet: str = "Sheet1") -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        page = made.add_worksheet(sheet)
        for at, line in enumerate(lines):
            page.write_row(at, 0, line)
    return out.getvalue()


def fixed(state: str, county: str, figures: list[str], rest: str) -> str:
    """The publisher's record: widths of the figures, the name in 45, the postal code, file name and date."""
    widths = [*2 * [*3 * [8], *3 * [4]], *3 * [8], *3 * [4], *3 * [6], *3 * [7], *3 * [4]]
    padded = [f"{f:>{w}}" for f, w in zip([*figures, *[""] * (len(widths) - len(figures))], widths, strict=True)]
    return f"{state:>2} {county:>3} {' '.join(padded)} {rest}"


def test_workbook_with_title_and_notes(tmp_path: Path) -> None:
    lines = [
        ["Table with column headers in rows 3 and 4"],
        [TITLE],
        ["Geographic Information", "", "", "", "All Ages"],
        HEADER,
        ["99", "000", "ZZ", "Zeta", *FIGURES, *["30", "20", "40", "25", "20", "30"]],
        ["99", "001", "ZZ", "Alder County", *FIGURES, *NO_BABIES],
        ["", "", "", "a stray line"],
        [99, 5, "ZZ", "Kalo County", *["."] * 27],
        [],
        ["Note: modeled."],
    ]
    parsed = read(tmp_path, book(lines))
    assert parsed.facts == {
        "year": "2019",
        "vintage": "2020-12",
        "notes": "1 lines below the rows: Note: modeled.",
        "not_used": "1 rows of a state or the United States: no county's figure",
    }
    found = rows(parsed)
    assert [(r["state"], r["county"], r["_row"]) for r in found] == [("99", "000", 5), ("99", "001", 6), ("99", "5", 8)]
    assert [(r.row, r.column) for r in parsed.rejects] == [(7, "state")]
    alder = found[1]
    assert [alder[c] for c in ("poverty_persons", "poverty_persons_lower", "poverty_persons_upper")] == FIGURES[:3]
    assert [alder[c] for c in ("poverty_pct", "poverty_under_18_pct", "poverty_5_17_pct")] == ["10.5", "20.1", "19"]
    assert alder["median_household_income_usd_upper"] == "53,542"
    assert alder["poverty_under_5_persons"] == "." and found[0]["poverty_under_5_pct_lower"] == "20"
    assert found[2]["median_household_income_usd"] == "."


@pytest.mark.parametrize(
    "words",
    [
        {"Age 0-17": "Under Age 18", "Age 5-17 in Families": "Ages 5-17", "Age 0-4": "Ages 0-4"},  # 2008 and 2009
        {"Age 0-17": "Ages 0 to 17", "Age 5-17 in Families": "Ages 5–17", "Age 0-4": "Under Age 5"},
    ],
)
def test_headers_of_other_years(tmp_path: Path, words: dict[str, str]) -> None:
    header = HEADER
    for ours, theirs in words.items():
        header = [cell.replace(ours, theirs) for cell in header]
    parsed = read(tmp_path, book([header, ["1", "1", "ZZ", "Alder County", *FIGURES, *NO_BABIES]], "est08ALL"))
    assert set(census_saipe.FIGURES) <= set(parsed.rows.columns)
    assert rows(parsed)[0]["poverty_under_18_pct"] == "20.1"
    assert parsed.facts == {"year": "2008", "vintage": "2008"}


def test_a_workbook_saved_as_text(tmp_path: Path) -> None:
    cells = ["01", "001", "ZZ", "Alder County", *FIGURES, *NO_BABIES]
    text = "\r\n".join(",".join(f'"{c}"' for c in line) for line in ([TITLE.splitlines()[0]], HEADER, cells))
    parsed = read(tmp_path, text.encode("latin-1"))
    assert parsed.facts == {"year": "2019", "vintage": "2019"}
    assert (rows(parsed)[0]["median_household_income_usd"], rows(parsed)[0]["_row"]) == ("51,771", 3)


@pytest.mark.parametrize(
    ("name", "tag", "vintage"), [("x.txt", "est12ALL.txt 20NOV2013", "2013-11-20"), ("est12all.dat", "", "2012")]
)
def test_fixed_width_rows(tmp_path: Path, name: str, tag: str, vintage: str) -> None:
    figures = [f.replace(",", "") for f in FIGURES]
    lines = [
        fixed("0", "0", [*figures, *["1", "0", "2", "3.5", "3", "4"]], f"{'United States':45} US {tag}"),
        fixed("99", "1", [*figures, *NO_BABIES], f"{'Doña Alder County':45} ZZ {tag}"),
        fixed("99", "3", figures[:20], f"{'Birch County':45} ZZ {tag}"),
        fixed("99", "5", figures, f"{'Fond du Lac County':45} ZZ {tag}"),
    ]
    parsed = read(tmp_path, "\r\n".join([*lines, ""]).encode("latin-1"), name)
    assert parsed.facts["year"] == "2012" and parsed.facts["vintage"] == vintage
    whole, alder, last = rows(parsed)
    assert (whole["name"], whole["postal"], whole["poverty_under_5_pct"]) == ("United States", "US", "3.5")
    assert (alder["state"], alder["county"], alder["name"], alder["tail"]) == (
        "99",
        "1",
        "Doña Alder County",
        tag or None,
    )
    assert alder["poverty_under_5_persons"] == "." and last["poverty_under_5_persons"] is None
    assert (last["name"], last["postal"], last["_row"]) == ("Fond du Lac County", "ZZ", 4)
    assert [last[c] for c in census_saipe.FIGURES[:21]] == figures
    assert [(r.row, r.found) for r in parsed.rejects] == [(3, "20 figures")]


def test_the_further_figure_of_1989_is_kept(tmp_path: Path) -> None:
    line = fixed("99", "001", [f.replace(",", "") for f in FIGURES], f"{'ALDER COUNTY':45} ZZ  31234")
    parsed = read(tmp_path, line.encode(), "est89all.dat")
    assert (rows(parsed)[0]["tail"], rows(parsed)[0]["name"], parsed.facts["year"]) == ("31234", "ALDER COUNTY", "1989")


def test_an_answer_of_the_api(tmp_path: Path) -> None:
    names = ["NAME", "SAEPOVRTALL_PT", "SAEPOVRTALL_LB90", "SAEPOVRTALL_UB90", "SAEMHI_MOE", "time", "state", "county"]
    answer = [names, ["Alder County", "10.5", "9.5", "11.5", None, "2018", "99", "001"]]
    parsed = read(tmp_path, json.dumps(answer).encode(), "saipe.json")
    assert (rows(parsed)[0]["SAEPOVRTALL_PT"], rows(parsed)[0]["vintage"]) == ("10.5", "2018")
    timeless = [[cell for i, cell in enumerate(line) if i != 5] for line in answer]
    assert read(tmp_path, json.dumps(timeless).encode(), year="2017").facts["year"] == "2017"
    with pytest.raises(Unreadable, match="year"):
        read(tmp_path, json.dumps(timeless).encode())


def test_what_is_declared_comes_first(tmp_path: Path) -> None:
    cells = ["01", "001", "ZZ", "Alder County", *FIGURES, *NO_BABIES]
    assert read(tmp_path, book([HEADER, cells]), year="2011").facts["year"] == "2011"
    with pytest.raises(Unreadable, match=r"mapping\.yml"):
        read(tmp_path, book([HEADER, cells]))


@pytest.mark.parametrize(
    "content",
    [
        book([["State FIPS Code", "District ID", "Name", "Estimated Total Population"], ["01", "00001", "A", 1]]),
        b"<html><title>Missing Key</title></html>",
        b"State,County\n1,2\n",
        b'[["NAME","B01003_001E","state"],["Zeta","1","99"]]',
    ],
)
def test_other_products_are_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Unreadable, match="SAIPE"):
        read(tmp_path, content, "est19x.bin")


def test_taken_in_typed_and_checked(tmp_path: Path) -> None:
    """Alder fits; Birch has its interval the wrong way round; Cedar has a word for a figure."""
    desk = Desk(tmp_path, duckdb.connect())
    upside_down = [*FIGURES[:4], "12", "9", *FIGURES[6:]]
    lines = [[TITLE], HEADER]
    for county, figures in (("1", FIGURES), ("3", upside_down), ("5", ["many", *FIGURES[1:]])):
        lines.append(["9", county, "ZZ", f"County {county}", *figures, *NO_BABIES])
    desk.drop("census_saipe/est19all.xlsx", book(lines))
    receipt = desk.take()["census_saipe/est19all.xlsx"]
    assert (receipt.received, receipt.accepted, receipt.quarantined) == (3, 1, 2)
    kept = desk.rows("""
        select state, county, year, poverty_persons, poverty_under_5_persons_missing, median_household_income_usd::varchar,
            vintage from raw.census_saipe
    """)
    assert kept == [("09", "001", 2019, 1000, "no estimate is published", "51771.00", "2020-12")]
    aside = desk.connection.execute(
        f"select row, \"column\", expected from read_parquet('{desk.receipts.aside(receipt)}') order by row"
    ).fetchall()
    assert aside == [
        (4, "poverty_pct_upper", "an interval with the estimate in it"),
        (5, "poverty_persons", "a whole number, at least 0"),
    ]


def test_the_publishers_own_workbook(real: Path) -> None:
    path = real / "census_saipe" / "est19all.xls"
    parsed = census_saipe.read(Landed(path, path.name, "census_saipe"), duckdb.connect())
    found = rows(parsed)
    assert (len(found), parsed.rejects) == (3194, [])
    assert (parsed.facts["year"], parsed.facts["vintage"]) == ("2019", "2020-12")
    assert parsed.facts["not_used"].startswith("52 rows")  # 50 states, the District, the United States
    whole = found[0]
    assert (whole["name"], whole["poverty_persons"], whole["poverty_pct"]) == ("United States", "39490096", "12.3")
    assert [r["name"] for r in found if r["poverty_persons"] == "."] == ["Kalawao County"]

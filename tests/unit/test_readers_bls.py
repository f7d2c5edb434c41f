"""LAUS files in the publisher's layouts, with invented areas and numbers, and the publisher's own where they are."""

import gzip
import io
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.raw import bls_laus
from assets.raw.reading import Landed, NotNeeded, Parsed, Unreadable

REAL = Path(__file__).parents[3] / "shared" / "real"
needs_real = pytest.mark.skipif(not REAL.exists(), reason="the publishers' real files are not beside the checkout")

GAP = " " * 49  # the width of the county's name, and of what stands over it
HEADER = f"""                               Labor Force Data by County, 2005 Annual Averages

                 State  County {GAP}
                 FIPS   FIPS   {GAP}                    Labor                     Unemployed
   LAUS Code     Code   Code   County Name/State Abbreviation                    Year         Force     Employed \
     Level     Rate

"""
ROWS = f"""CN9900100000000   99     001   {"Alder County, ZZ":49}2005         1,250        1,200         50      4.0
CN9900300000000   99     003   {"Birch 2 Parish/city, ZZ":49}2005          N.A.         N.A.       N.A.     N.A.
"""
FOOTER = "\nSOURCE:  BLS, LAUS\nMarch 9, 2021\t"


def read(tmp_path: Path, content: str | bytes, name: str = "some.txt") -> Parsed:
    path = tmp_path / "landed"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return bls_laus.read(Landed(path, f"bls_laus/{name}", "bls_laus"), duckdb.connect())


def rows(parsed: Parsed) -> list[dict[str, Any]]:
    return parsed.rows.to_arrow_table().to_pylist()


def test_county_table_rows_and_vintage(tmp_path: Path) -> None:
    for content in (HEADER + ROWS + FOOTER, (HEADER + ROWS + FOOTER).replace("\n", "\r\n")):
        parsed = read(tmp_path, content)
        assert parsed.table == "bls_laus_county"
        assert parsed.facts == {"vintage": "2021-03-09"}
        assert parsed.rejects == []
        alder, birch = rows(parsed)  # below the six lines of the header
        assert list(alder.values()) == [
            *("CN9900100000000", "99", "001", "Alder County, ZZ", "2005", "1,250", "1,200", "50", "4.0", 7)
        ]
        assert (birch["area_name"], birch["unemployed"], birch["_row"]) == ("Birch 2 Parish/city, ZZ", "N.A.", 8)


def test_county_table_without_footer_has_no_vintage(tmp_path: Path) -> None:
    assert read(tmp_path, HEADER + ROWS).facts == {}
    assert read(tmp_path, HEADER + ROWS + "\nSOURCE: BLS, LAUS\nFebruary 45, 2021").facts == {}


def test_county_table_notes_are_kept_in_the_facts(tmp_path: Path) -> None:
    facts = read(tmp_path, HEADER + ROWS + "\nN.A. = hurricane.\nSee the web site." + FOOTER).facts
    assert facts == {"notes": "2 lines: N.A. = hurricane.", "vintage": "2021-03-09"}


def test_county_table_lines_that_do_not_parse_are_set_aside(tmp_path: Path) -> None:
    lines = ROWS.splitlines()
    damaged = [lines[0], "something else", "", lines[1], lines[0][:60], "CN99005"]  # lines 7 to 12
    parsed = read(tmp_path, HEADER + "\n".join(damaged) + "\n" + FOOTER)
    assert [row["_row"] for row in rows(parsed)] == [7, 10]
    assert [(r.row, r.found[:9]) for r in parsed.rejects] == [(8, "something"), (11, "CN9900100"), (12, "CN99005")]
    first_is_damaged = read(tmp_path, HEADER + "no code   99   001   Alder County, ZZ\n" + ROWS + FOOTER)
    assert [r.row for r in first_is_damaged.rejects] == [7]


def test_county_workbook(tmp_path: Path) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        sheet = made.add_worksheet()
        sheet.write(0, 0, "Labor Force Data by County, 2022 Annual Averages")
        head = ["LAUS Code", "State FIPS Code", "County FIPS Code", "County Name/State Abbreviation", "Year", ""]
        sheet.write_row(1, 0, [*head, "Labor Force", "Employed", "Unemployed", "Unemployment Rate (%)"])
        sheet.write_row(2, 0, ["CN9900100000000", "99", "001", "Alder County, ZZ", 2022, "", 1250, 1200, 50, 4.0])
        sheet.write_row(3, 0, ["CN9900300000000", "99", "003", "Birch County, ZZ", "2022", "", *["N.A."] * 4])
        sheet.write(4, 0, "SOURCE: BLS, LAUS")
        sheet.write(5, 0, "April 21, 2023")
    parsed = read(tmp_path, out.getvalue())
    assert parsed.facts == {"vintage": "2023-04-21"}
    assert [list(row.values())[3:] for row in rows(parsed)] == [
        ["Alder County, ZZ", "2022", "1250", "1200", "50", "4", 3],
        ["Birch County, ZZ", "2022", "N.A.", "N.A.", "N.A.", "N.A.", 4],
    ]


def test_flat_files_are_told_by_their_headers(tmp_path: Path) -> None:
    data = (
        "series_id                     \tyear\tperiod\t       value\tfootnote_codes\r\n"
        "LAUCT990000100000000003       \t2014\tM01\t         4.9\t\r\n"
        "LAUCT990000100000000003       \t2014\tM13\t           -\tN,X\r\n"
    )
    parsed = read(tmp_path, gzip.compress(data.encode()), "la.data.65.City.gz")
    assert parsed.table == "bls_laus_data"
    assert [tuple(row.values()) for row in rows(parsed)] == [
        ("LAUCT990000100000000003", "2014", "M01", "4.9", None),
        ("LAUCT990000100000000003", "2014", "M13", "-", "N,X"),
    ]
    stray = "area_type_code\tarea_code\tarea_text\tdisplay_level\tselectable\tsort_sequence\t\n"
    for header in (stray, stray[:-2] + "\n"):  # the header line may end with a tab that the rows have, or not
        area = read(tmp_path, header + "G\tCT9900001000000\tAlder city, ZZ\t0\tT\t1\t\n")
        assert area.table == "bls_laus_area"
        assert rows(area)[0]["area_text"] == "Alder city, ZZ"
        assert list(rows(area)[0].values())[:6] == ["G", "CT9900001000000", "Alder city, ZZ", "0", "T", "1"]
    old = "series_id\tarea_type_code\tarea_code\tmeasure_code\tseasonal\tsrd_code\tfootnote_codes\tbegin_year\n"
    series = read(tmp_path, old + "LAUCT990000100000000003  \tG\tCT9900001000000\t03\tU\t99\t\t1990\n")
    assert series.table == "bls_laus_series"
    assert rows(series)[0]["begin_year"] == "1990"
    assert read(tmp_path, "footnote_code\tfootnote_text\nN\tNot available\n").table == "bls_laus_footnote"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("la.area_type", "area_type_code\tareatype_text\nA\tStatewide\n"),
        ("la.measure", "measure_code\tmeasure_text\n03\tunemployment rate\n"),
        ("la.period", "period\tperiod_abbr\tperiod_name\nM01\tJAN\tJanuary\n"),
        ("la.txt", "Section 1. Database name: Local Area Unemployment Statistics\n"),
    ],
)
def test_files_that_no_figure_needs_say_so(tmp_path: Path, name: str, content: str) -> None:
    with pytest.raises(NotNeeded):
        read(tmp_path, content, name)


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", "a\tb\n1\t2\n", HEADER, "<html>Access denied</html>"])
def test_anything_else_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(Unreadable, match="expected"):
        read(tmp_path, content)


def test_the_county_table_of_the_last_months_is_not_needed(tmp_path: Path) -> None:
    line = "CN9900100000000|  99   |   001  |  Alder County, ZZ  |  Apr-14  |  1,250|  1,200|  50|  4.0"
    with pytest.raises(NotNeeded, match="last 14 months"):
        read(tmp_path, f"LAUS Code | State | County | Area | Period | Labor Force\n{line}\n", "laucntycur14.txt")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, len(HEADER + ROWS + FOOTER)), cut=st.integers(0, 200), noise=st.binary(max_size=40))
def test_damage_never_loses_a_coded_line(tmp_path: Path, at: int, cut: int, noise: bytes) -> None:
    whole = (HEADER + ROWS + FOOTER).encode()
    content = whole[:at] + noise + whole[at + cut :]
    try:
        parsed = read(tmp_path, content)
    except (Unreadable, NotNeeded):
        return
    assert parsed.table == "bls_laus_county"
    coded = sum(line.startswith((b"CN99001", b"CN99003")) for line in content.split(b"\n"))
    assert len(rows(parsed)) + len(parsed.rejects) >= coded


FIRST = st.sampled_from(
    [b"", b"\xef\xbb\xbf", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", HEADER.encode(), b"la\t"]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=FIRST, tail=st.binary(max_size=200), packed=st.booleans())
def test_any_bytes_are_rows_or_refused(tmp_path: Path, first: bytes, tail: bytes, packed: bool) -> None:
    content = gzip.compress(first + tail) if packed else first + tail
    with pytest.raises((Unreadable, NotNeeded)):  # noise never is a LAUS table
        read(tmp_path, content)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tail=st.binary(max_size=200))
def test_noise_below_a_flat_header_is_parsed_or_refused(tmp_path: Path, tail: bytes) -> None:
    try:
        parsed = read(tmp_path, b"series_id\tyear\tperiod\tvalue\tfootnote_codes\n" + tail)
    except Unreadable:
        return
    assert parsed.rows.columns == ["series_id", "year", "period", "value", "footnote_codes"]


@needs_real
def test_real_county_tables() -> None:
    """3,219 counties a year from 2010 on (3,217 before); seven without figures in 2005 and 2006; no line set aside."""
    folder, connection = REAL / "bls_laus_county", duckdb.connect()
    found = {}
    for path in [*sorted(folder.glob("*.txt")), folder / "older_release" / "laucnty13.txt"]:
        parsed = bls_laus.read(Landed(path, path.name, "bls_laus"), connection)
        counties = rows(parsed)
        coded = sum(line.startswith("CN") for line in path.read_text().splitlines())
        assert (parsed.rejects, len(counties), len({c["area_code"] for c in counties})) == ([], coded, coded)
        missing = sum(county["labor_force"] == "N.A." for county in counties)
        found[path.parent.name, path.name] = (len(counties), missing, parsed.facts["vintage"])
    assert len(found) == 13
    assert found["bls_laus_county", "laucnty05.txt"] == (3217, 7, "2021-03-19")
    assert found["bls_laus_county", "laucnty06.txt"] == (3217, 7, "2021-03-19")
    assert found["bls_laus_county", "laucnty13.txt"] == (3219, 0, "2023-04-21")
    assert found["older_release", "laucnty13.txt"] == (3219, 0, "2020-04-17")


@needs_real
def test_real_releases_of_2013_differ_in_3132_rows() -> None:
    folder, connection = REAL / "bls_laus_county", duckdb.connect()
    new, old = (
        {row["area_code"]: list(row.values())[:9] for row in rows(bls_laus.read(Landed(p, p.name, "x"), connection))}
        for p in (folder / "laucnty13.txt", folder / "older_release" / "laucnty13.txt")
    )
    assert sum(new[code] != old.get(code) for code in new) == 3132


@needs_real
def test_real_flat_files() -> None:
    connection = duckdb.connect()
    for name, table, count in (("la.area", "bls_laus_area", 8258), ("la.series.gz", "bls_laus_series", 32_888)):
        path = REAL / "bls_laus_flat" / name
        parsed = bls_laus.read(Landed(path, name, "bls_laus"), connection)
        assert (parsed.table, len(rows(parsed))) == (table, count)

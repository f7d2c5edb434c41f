"""Census population and gazetteer files in the publisher's layouts, with invented places and numbers."""

import io
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlsxwriter

from assets.raw import census_gazetteer, census_population
from assets.raw.reading import Landed, Parsed, Unreadable

REAL = Path(__file__).parents[3] / "shared" / "real"
needs_real = pytest.mark.skipif(not REAL.exists(), reason="the publishers' real files are not beside the checkout")
NOTE = "Note: The estimates are based on the 2010 Census."


def read(tmp_path: Path, content: bytes, reader: Any = census_population, name: str = "some.csv") -> Parsed:
    path = tmp_path / "landed"
    path.write_bytes(content)
    parsed: Parsed = reader.read(Landed(path, name, "x"), duckdb.connect())
    return parsed


def rows(parsed: Parsed) -> list[dict[str, Any]]:
    return parsed.rows.to_arrow_table().to_pylist()


def book(lines: list[list[Any]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        sheet = made.add_worksheet()
        for at, line in enumerate(lines):
            sheet.write_row(at, 0, line)
    return out.getvalue()


def test_sub_est_of_the_2010s_in_latin_1(tmp_path: Path) -> None:
    header = "SUMLEV,STATE,COUNTY,PLACE,NAME,STNAME,CENSUS2010POP,ESTIMATESBASE2010,POPESTIMATE2010,POPESTIMATE2013"
    content = f"{header}\r\n162,99,000,00124,Cañada city,Zeta,A,10,11,12\r\n".encode("latin-1")
    parsed = read(tmp_path, content)
    assert (parsed.table, parsed.facts) == ("census_population", {"vintage": "2013"})
    assert list(rows(parsed)[0].values()) == ["162", "99", "000", "00124", "Cañada city", "Zeta", "A", "10", "11", "12"]


@pytest.mark.parametrize(
    ("header", "vintage"),
    [
        ("SUMLEV,STATE,COUNTY,PLACE,COUSUB,NAME,STNAME,ESTIMATESBASE2000,POPESTIMATE2000,POPESTIMATE2009", "2009"),
        ("sumlev,state,county,place,name,stname,estimatesbase2020,popestimate2020,popestimate2024", "2024"),
        ("SUMLEV,STATE,COUNTY,PLACE,NAME,STNAME,POPESTIMATE2000,CENSUS2010POP,POPESTIMATE2010", "2012 intercensal"),
    ],
)
def test_the_vintage_is_the_year_of_the_last_estimate(tmp_path: Path, header: str, vintage: str) -> None:
    parsed = read(tmp_path, f"{header}\n{','.join('1' for _ in header.split(','))}\n".encode())
    assert parsed.facts == {"vintage": vintage}
    assert len(rows(parsed)) == 1


def test_a_file_of_another_product_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="SUB-EST"):
        read(tmp_path, b"SUMLEV,STATE,NAME,POPESTIMATE2010\n040,99,Zeta,1\n")
    with pytest.raises(Unreadable, match="one column a year"):
        read(tmp_path, book([["Name", "Value"], ["Alder", 1]]))


def test_sub_est_saved_as_a_workbook(tmp_path: Path) -> None:
    header = ["SUMLEV", "STATE", "COUNTY", "PLACE", "NAME", "STNAME", "POPESTIMATE2010", "POPESTIMATE2011"]
    parsed = read(tmp_path, book([header, [162, 9, 0, 124, "Alder city", "Zeta", 2011, 2010]]))
    assert (parsed.table, parsed.facts["vintage"]) == ("census_population", "2011")
    assert list(rows(parsed)[0].values()) == [
        "162",
        "9",
        "0",
        "124",
        "Alder city",
        "Zeta",
        "2011",
        "2010",
        2,
    ]  # populations that look like years


def test_places_workbook_with_a_header_of_two_rows(tmp_path: Path) -> None:
    """The merged label 'April 1, 2010' stands over two columns; names have leading dots; two note rows follow."""
    parsed = read(
        tmp_path,
        book(
            [
                ["table with row headers in column A and column headers in rows 3 through 4"],
                ["Annual Estimates of the Resident Population: April 1, 2010 to July 1, 2011"],
                ["Geographic Area", "April 1, 2010", "", "Population Estimate (as of July 1)", ""],
                ["", "Census", "Estimates Base", 2010, 2011],
                [".Alder city, Zeta", 1000, 1001, 1002, 1003],
                ["Stray words"],
                [".Birch town, Zeta", "(X)", 20, 21, 22],
                [NOTE],
                ["Vintage 2012"],
            ]
        ),
    )
    assert parsed.table == "census_population_places"
    assert rows(parsed) == [
        {"place": "Alder city, Zeta", "census2010pop": "1000", "estimatesbase2010": "1001"}
        | {"popestimate_2010": "1002", "popestimate_2011": "1003", "_row": 5},
        {"place": "Birch town, Zeta", "census2010pop": "(X)", "estimatesbase2010": "20"}
        | {"popestimate_2010": "21", "popestimate_2011": "22", "_row": 7},
    ]
    assert [(r.row, r.found) for r in parsed.rejects] == [(6, "Stray words")]
    assert parsed.facts == {"vintage": "2012", "notes": f"2 lines below the rows: {NOTE}"}


def test_places_workbook_of_the_2020s_has_a_base_and_no_census(tmp_path: Path) -> None:
    parsed = read(
        tmp_path,
        book(
            [
                ["Geographic Area", "April 1, 2020\nEstimates Base", "Population Estimate (as of July 1)", "", ""],
                ["", "", 2020, 2021, 2022],
                ["Alder city, Zeta", 1000, 1001, 1002, 1003],
            ]
        ),
    )
    assert parsed.facts == {"vintage": "2022"}
    assert list(rows(parsed)[0].items()) == [
        ("place", "Alder city, Zeta"),
        ("estimatesbase2020", "1000"),
        *((f"popestimate_{year}", str(year - 1019)) for year in (2020, 2021, 2022)),  # 1001, 1002, 1003
        ("_row", 3),
    ]


def test_places_workbook_with_its_header_only(tmp_path: Path) -> None:
    parsed = read(tmp_path, book([["Geographic Area", "Census", 2010, 2011], [NOTE]]))
    assert rows(parsed) == []
    assert parsed.facts["notes"].endswith(NOTE)


@pytest.mark.parametrize(
    ("content", "name", "vintage"),
    [
        ("USPS\tGEOID\tNAME\tINTPTLAT\tINTPTLONG          \nZZ\t9900124\tCañada city\t31.5\t-85.2   \n", "a.txt", None),
        ("STUSPS\tGEOID\tNAME\tINTPTLAT\tINTPTLONG\t\nZZ\t9900124\tCañada city\t31.5\t-85.2\t\n", "x/a.csv", None),
        (
            "USPS|GEOID|GEOIDFQ|NAME|INTPTLAT|INTPTLONG  \r\nZZ|9900124|1600000US9900124|Cañada city|31.5|-85.2\r\n",
            "census_gazetteer/2025_Gaz_place_national.txt",
            "2025",
        ),
    ],
)
def test_gazetteer_of_every_layout(tmp_path: Path, content: str, name: str, vintage: str | None) -> None:
    for encoding in ("utf-8", "latin-1", "utf-8-sig"):
        parsed = read(tmp_path, content.encode(encoding), census_gazetteer, name)
        (place,) = rows(parsed)
        assert [place[c] for c in ("GEOID", "NAME", "INTPTLAT", "INTPTLONG")] == [
            *("9900124", "Cañada city", "31.5", "-85.2")
        ]
        assert place.get("USPS", place.get("STUSPS")) == "ZZ"
        assert parsed.facts.get("vintage") == vintage


@needs_real
def test_real_population_files() -> None:
    """The workbook's (X) and the sheet's A are counted in the files by their own readers of text."""
    folder, connection = REAL / "census_place_population", duckdb.connect()
    path = folder / "SUB-IP-EST2019-ANNRES.xlsx"
    places = census_population.read(Landed(path, path.name, "census_population"), connection)
    found = rows(places)
    assert (len(found), places.rejects, places.facts["vintage"]) == (19_502, [], "2019")
    assert sum(row["census2010pop"] == "(X)" for row in found) == 78
    assert all(row["place"] and row["popestimate_2019"] for row in found)
    assert places.facts["notes"].startswith("5 lines")
    path = folder / "sub-est2019_all.sumlev162.csv"
    sub_est = census_population.read(Landed(path, path.name, "census_population"), connection)
    assert (len(rows(sub_est)), sub_est.facts) == (19_484, {"vintage": "2019"})


@needs_real
def test_real_gazetteer() -> None:
    path = REAL / "census_gazetteer_2010" / "Gaz_places_national.csv.gz"
    parsed = census_gazetteer.read(Landed(path, path.name, "census_gazetteer"), duckdb.connect())
    found = rows(parsed)
    assert len({row["GEOID"] for row in found}) == len(found) == 29_514
    assert not any("\N{REPLACEMENT CHARACTER}" in row["NAME"] for row in found)
    assert any("ñ" in row["NAME"] for row in found)


@pytest.mark.parametrize(
    ("header", "name", "table", "vintage"),
    [
        (
            "SUMLEV,REGION,STATE,COUNTY,STNAME,CTYNAME,CENSUS2010POP,POPESTIMATE2010,POPESTIMATE2020",
            "x",
            "counties",
            "2020",
        ),
        (
            "SUMLEV,STATE,COUNTY,STNAME,CTYNAME,POPESTIMATE2000,CENSUS2010POP,POPESTIMATE2010",
            "x",
            "counties",
            "2011 intercensal",
        ),
        (
            "SUMLEV,STATE,COUNTY,PLACE,COUSUB,NAME,STATENAME,POPCENSUS_2000,POPBASE_2000,POP_2000,POP_2009",
            "x",
            "",
            "2009",
        ),
        (
            "SUMLEV,STATE,COUNTY,PLACE,NAME,STNAME,POPESTIMATE2010,POPESTIMATE2020",
            "sub-est2020int.csv",
            "",
            "2024 intercensal",
        ),
        (
            "SUMLEV,STATE,COUNTY,PLACE,NAME,STNAME,POPESTIMATE2000,POPESTIMATE2010",
            "SUB-EST2010-ALT.csv",
            "",
            "2010 alternative",
        ),
    ],
)
def test_every_decade_has_its_header(tmp_path: Path, header: str, name: str, table: str, vintage: str) -> None:
    content = f"{header}\n{','.join('1' for _ in header.split(','))}\n".encode()
    parsed = read(tmp_path, content, name=f"census_population/{name}")
    assert parsed.table == "census_population" + ("_counties" if table else "")
    assert parsed.facts["vintage"] == vintage


def test_a_gazetteer_of_counties_is_no_gazetteer_of_places(tmp_path: Path) -> None:
    content = b"USPS\tGEOID\tNAME\tINTPTLAT\tINTPTLONG\nZT\t99001\tAlder County\t1\t2\n"
    with pytest.raises(Unreadable, match="have 5 digits; expected that of places, with 7"):
        read(tmp_path, content, census_gazetteer)


def test_a_gazetteer_in_the_publishers_archive(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr("2024_Gaz_place_national.txt", "USPS\tGEOID\tNAME\nZT\t9900124\tAlder city\n")
    parsed = read(tmp_path, packed.getvalue(), census_gazetteer, "census_gazetteer/2024_Gaz_place_national.zip")
    assert (len(rows(parsed)), parsed.facts) == (1, {"vintage": "2024"})


def test_one_damaged_geoid_does_not_make_it_another_gazetteer(tmp_path: Path) -> None:
    content = b"USPS\tGEOID\tNAME\nZT\t9900124\tAlder city\nZT\t99001240000\tBirch city\n"
    assert len(rows(read(tmp_path, content, census_gazetteer))) == 2


def test_places_workbook_between_two_counts(tmp_path: Path) -> None:
    """The later count stands to the right of the years."""
    parsed = read(
        tmp_path,
        book(
            [
                [
                    "Geographic Area",
                    "April 1, 2010\nEstimates Base",
                    "Population Estimate (as of July 1)",
                    "",
                    "April 1, 2020",
                ],
                ["", "", 2010, 2011, "Census"],
                ["Alder city, Zeta", 1000, 1001, 1002, 1010],
            ]
        ),
    )
    assert parsed.facts == {"vintage": "2024 intercensal"}
    assert rows(parsed) == [
        {
            "place": "Alder city, Zeta",
            "estimatesbase2010": "1000",
            "popestimate_2010": "1001",
            "popestimate_2011": "1002",
        }
        | {"census2020pop": "1010", "_row": 3}
    ]


def test_a_workbook_of_counties_names_the_file_to_land_instead(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="co-estYYYY-alldata"):
        read(tmp_path, book([["Geographic Area", 2020, 2021], ["United States", 1, 2], [".Alder County, Zeta", 3, 4]]))

"""ACS files in each of the publisher's layouts, with invented places and numbers."""

import gzip
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets.raw import census_acs
from assets.raw.reading import Landed, NotNeeded, Parsed, Unreadable

GINI = b"GEO.id,GEO.id2,GEO.display-label,HD01_VD01,HD02_VD01\n"
GINI_WORDS = b"Id,Id2,Geography,Estimate; Gini Index,Margin of Error; Gini Index\n"
GINI_ROW = '0500000US99001,99001,"Doña Alder County, Zeta",0.4122,0.0185\n'.encode("latin-1")


def read(tmp_path: Path, content: Any, name: str, **options: Any) -> Parsed:
    path = tmp_path / "landed"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return census_acs.read(Landed(path, f"census_acs/{name}", "census_acs", options), duckdb.connect())


def rows(parsed: Parsed) -> list[dict[str, Any]]:
    return parsed.rows.to_arrow_table().to_pylist()


def test_api_answer_for_places_and_counties(tmp_path: Path) -> None:
    answer = [["NAME", "B14006_009E", "B14006_009M", "B14006_003E", "state", "place"]]
    parsed = read(tmp_path, [*answer, ["Alder city, Zeta", "120", "30", "7", "09", "00124"]], "2012_acs5_places.json")
    row = {"geo_id": "1600000US0900124", "name": "Alder city, Zeta", "b14006_009e": "120", "b14006_009m": "30"}
    assert rows(parsed) == [row | {"_row": 2}]
    assert parsed.facts == {
        "year": "2012",
        "product": "acs5",
        "vintage": "2012 5-year",
        "tables": "B14006",
        "variables": "b14006_009",
        "other_columns": "1",
    }
    county = [["S2301_C04_001E", "state", "county"], ["8.6", "9", "110"]]  # a spreadsheet took a zero
    assert rows(read(tmp_path, county, "acs1/2022/counties.json"))[0]["geo_id"] == "0500000US09110"
    known = [["B19013_001E", "GEO_ID", "state", "place"], ["1", "1600000US0900124", "09", "00124"]]
    assert rows(read(tmp_path, known, "acs5_2012.json"))[0]["geo_id"] == "1600000US0900124"


def test_an_annotation_stands_for_the_number(tmp_path: Path) -> None:
    header = ["B19013_001E", "B19013_001EA", "B19013_001M", "B19013_001MA", "ucgid"]
    answer = [header, ["250001", "250,000+", "-333333333", "***", "1600000US0900124"]]
    answer += [["51000", None, "900", None, "1600000US0900125"], ["51000", "null", "9", "null", "1600000US0900126"]]
    found = [(r["b19013_001e"], r["b19013_001m"]) for r in rows(read(tmp_path, answer, "acs5_2012.json"))]
    assert found == [("250,000+", "***"), ("51000", "900"), ("51000", "9")]


def test_summary_file(tmp_path: Path) -> None:
    lines = b"GEO_ID|B25002_E001|B25002_M001|B25002_E002|B25002_M002|B25002_E003|B25002_M003\n"
    lines += b"1600000US0900124|100|5|90|6|10|-555555555\n0400000US09|1000||900||100|\n"
    parsed = read(tmp_path, lines, "acsdt1y2022-b25002.dat")
    assert (parsed.facts["vintage"], parsed.facts["other_columns"]) == ("2022 1-year", "0")
    place, state = rows(parsed)
    assert (place["b25002_003e"], place["b25002_003m"]) == ("10", "-555555555")
    assert (state["geo_id"], state["b25002_001m"]) == ("0400000US09", None)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("header", [GINI, b"GEOid,GEOid2,GEOdisplay-label,HD01_VD01,HD02_VD01\r\n"])
@pytest.mark.parametrize("words", [GINI_WORDS, b""])
def test_fact_finder_detailed_table(tmp_path: Path, header: bytes, words: bytes, packed: bool) -> None:
    content = header + words + GINI_ROW
    parsed = read(tmp_path, gzip.compress(content) if packed else content, "x/ACS_12_5YR_B19083_with_ann.csv.gz")
    assert rows(parsed) == [
        {
            "geo_id": "0500000US99001",
            "name": "Doña Alder County, Zeta",
            "b19083_001e": "0.4122",
            "b19083_001m": "0.0185",
        }
    ]
    assert (parsed.first_row, parsed.facts["vintage"]) == (3 if words else 2, "2012 5-year")


SUBJECT = [  # file, description of the estimate, of its margin, variable
    ("ACS_12_5YR_S2301_with_ann.csv", "Unemployment rate; {}; Population 16 years and over", "s2301_c04_001"),
    ("ACS_10_3YR_S1701.csv", "Percent below poverty level; {}; Population for whom poverty status is determined",
     "s1701_c03_001"),
    ("ACS_14_1YR_S1901.csv", "Households; {}; Median income (dollars)", "s1901_c01_012"),
    ("ACS_10_5YR_DP03.csv", "{%}; EMPLOYMENT STATUS - Percent Unemployed", "dp03_unemployment"),
    ("ACS_17_5YR_DP03.csv", "{%}; EMPLOYMENT STATUS - Civilian labor force - Unemployment Rate", "dp03_unemployment"),
    ("ACSDP5Y2019.DP03-Data.csv", "{%}!!EMPLOYMENT STATUS!!Civilian labor force!!Unemployment Rate", "dp03_unemployment"),
    ("ACS_10_5YR_DP03.csv", "{}; INCOME AND BENEFITS (IN 2010 INFLATION-ADJUSTED DOLLARS) - Median household income "
     "(dollars)", "dp03_income"),
    ("ACSDP1Y2021.DP03-Data.csv", "{}!!INCOME AND BENEFITS (IN 2021 INFLATION-ADJUSTED DOLLARS)!!Total households!!Median "
     "household income (dollars)", "dp03_income"),
    ("ACS_12_5YR_DP03.csv", "{%}; PERCENTAGE OF FAMILIES AND PEOPLE WHOSE INCOME IN THE PAST 12 MONTHS IS BELOW THE POVERTY "
     "LEVEL - All people", "dp03_poverty"),
    ("ACS_12_5YR_DP04.csv", "{%}; HOUSING OCCUPANCY - Vacant housing units", "dp04_vacancy"),
    ("ACSST5Y2019.S2301_data_with_overlays_2021-05-01T120000.csv", "{}!!Unemployment rate!!Population 16 years and over",
     "s2301_c04_001"),
    ("ACSST5Y2020.S2301-Data.csv", "Unemployment rate!!{}!!Population 16 years and over", "s2301_c04_001"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "words", "variable"), SUBJECT)
def test_a_column_is_found_by_its_description_wherever_it_stands(
    tmp_path: Path, file: str, words: str, variable: str
) -> None:
    percent = {"%": "Percent"}, {"%": "Percent Margin of Error"}
    estimate = words.replace("{%}", percent[0]["%"]).format("Estimate")
    margin = words.replace("{%}", percent[1]["%"]).format("Margin of Error")
    decoys = [
        f"{estimate} - Males",
        "Estimate; HOUSING TENURE - Owner-occupied",
        estimate.replace("rate", "ratio") + "!",
    ]
    codes = "GEO_ID,NAME,HC09_EST_VC90,HC09_EST_VC91,HC09_EST_VC92,HC07_EST_VC77,HC07_MOE_VC77"
    described = ",".join(f'"{cell}"' for cell in ["id", "Geographic Area Name", *decoys, estimate, margin])
    parsed = read(tmp_path, f'{codes}\n{described}\n1600000US0900124,"Alder city, Zeta",1,2,3,8.6,1.2\n'.encode(), file)
    (row,) = rows(parsed)
    assert {k: v for k, v in row.items() if k not in ("geo_id", "name")} == {
        f"{variable}e": "8.6",
        f"{variable}m": "1.2",
    }
    assert parsed.facts["other_columns"] == "3"


def test_data_census_gov_export_with_an_empty_last_column(tmp_path: Path) -> None:
    content = (
        '"GEO_ID","NAME","B19013_001E","B19013_001EA","B19013_001M","B19013_001MA",\n'
        '"Geography","Geographic Area Name","Estimate!!Median household income in the past 12 months (in 2022 '
        'inflation-adjusted dollars)","Annotation of Estimate!!Median household income in the past 12 months","Margin of '
        'Error!!Median household income in the past 12 months","Annotation of Margin of Error!!Median household income"\n'
        '"1600000US0900124","Alder city, Zeta","51000","null","900","null",\n'
        '"1600000US0900125","Birch city, Zeta","-666666666","-","-222222222","**",\n'
    )
    parsed = read(tmp_path, content.encode("utf-8-sig"), "ACSDT5Y2022.B19013-Data.csv")
    found = [(r["geo_id"][-3:], r["b19013_001e"], r["b19013_001m"]) for r in rows(parsed)]
    assert found == [("124", "51000", "900"), ("125", "-", "**")]


@pytest.mark.parametrize("ids", ["Id,Id2,Geography", "Geography,Geographic Area Name,x"])
def test_an_export_whose_row_of_codes_was_taken_off(tmp_path: Path, ids: str) -> None:
    cells = "0500000US99001,99001,Alder" if ids.startswith("Id") else "0500000US99001,Alder,x"
    words = "Unemployment rate; Estimate; Population 16 years and over,Unemployment rate; Margin of Error; Population 16 years"
    parsed = read(tmp_path, f"{ids},{words} and over\n{cells},8.6,1.2\n".encode(), "ACS_12_5YR_S2301.csv")
    figures = {"s2301_c04_001e": "8.6", "s2301_c04_001m": "1.2"}
    assert rows(parsed) == [{"geo_id": "0500000US99001", "name": "Alder", **figures}] and parsed.first_row == 2


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"<html><body>Missing Key</body></html>", "acs5_2012.json", "web page.*with a key"),
        (b"error: error: unknown variable 'B9'", "acs5_2012.json", "no ACS column"),
        (b"a,b\n1,2\n", "acs5_2012.csv", "no ACS column was recognized"),
        (GINI + GINI_ROW, "gini_2012_acs5.csv", "does not say of which table"),
        (GINI + GINI_ROW, "B19083_2012.csv", "1, 3 or 5 years"),
        (GINI + GINI_ROW, "B19083.csv", "which year and 1, 3 or 5 years.*mapping.yml"),
        (GINI + GINI_ROW, "acs5_2012_2013_B19083.csv", "which year"),
        (
            GINI + GINI_WORDS.replace(b"Gini Index", b"Total:") + GINI_ROW,
            "ACS_12_5YR_B19083.csv",
            "'Estimate; Total:'.*gini",
        ),
        (b"GEO.id,GEO.display-label,HC04_EST_VC01\n1,Alder,2\n", "ACS_12_5YR_S2301.csv", "no descriptions"),
        (
            b'Label (Grouping),"Alder city, Zeta!!Total!!Estimate"\nx,1\n',
            "ACSST5Y2012.S2301-x.csv",
            "for each geography",
        ),
        (b"B19083_001E\n0.4\n", "acs5_2012.csv", "which geography"),
        (b"", "acs5_2012.csv", "empty"),
    ],
)
def test_what_cannot_be_read_says_what_to_do(tmp_path: Path, content: bytes, name: str, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        read(tmp_path, content, name)


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        ([["B01001_001E", "state", "place"], ["1", "09", "00124"]], "acs5_2012.json", "B01001"),
        ([["DP03_0009PE", "state", "place"], ["1", "09", "00124"]], "acs5_2012.json", "DP03"),
        ([["B19013_001E", "state"], ["1", "09"]], "acs5_2012.json", "figures of state"),
        (
            [["B19013_001E", "state", "county", "tract"], ["1", "09", "001", "1"]],
            "acs5_2012.json",
            "state, county, tract",
        ),
        ([["B19013_001M", "state", "place"], ["1", "09", "00124"]], "acs5_2012.json", "without their estimates"),
        (b"GEO_ID|B19013H_E001|B19013H_M001\n1600000US0900124|1|2\n", "acsdt5y2022-b19013h.dat", "B19013H"),
        (GINI + b"Id,Id2,Geography,Estimate; Total:,x\n" + GINI_ROW, "ACS_12_5YR_B01001.csv", "B01001"),
        (b"GEO.id,Id\nHD01_VD01,Estimate; Gini Index\n", "ACS_12_5YR_B19083_metadata.csv", "document"),
        (b"notes, of all kinds, notes\n", "ACS_12_5YR_B19083.txt", "document"),
        (GINI + GINI_ROW, "ACS_12_5YR_B19083_ann.csv", "annotations alone"),
    ],
)
def test_what_no_figure_needs_says_so(tmp_path: Path, content: Any, name: str, words: str) -> None:
    with pytest.raises(NotNeeded, match=words):
        read(tmp_path, content, name)


def test_year_and_product_of_the_mapping_come_before_the_name(tmp_path: Path) -> None:
    for options in ({"year": "2014", "product": "acs3"}, {"year": 2014, "product": "3-year"}):
        parsed = read(tmp_path, GINI + GINI_ROW, "b19083 for us.csv", **options)
        assert parsed.facts["vintage"] == "2014 3-year"
    assert read(tmp_path, GINI + GINI_ROW, "acs5/2008-2012/b19083.csv").facts["vintage"] == "2012 5-year"
    with pytest.raises(Unreadable, match="which year"):
        read(tmp_path, GINI + GINI_ROW, "ACS_12_5YR_B19083.csv", year="soon")


@pytest.mark.parametrize(
    ("file", "variable", "expected"),
    [
        ("ACS_12_5YR_B19083_with_ann.csv", "b19083_001", 3_143),
        ("ACS_12_5YR_S2301_with_ann.csv.gz", "s2301_c04_001", 3_143),
        ("ACS_15_5YR_S2301_with_ann.csv.gz", "s2301_c04_001", 3_142),
    ],
)
def test_real_fact_finder_files(real: Path, file: str, variable: str, expected: int) -> None:
    path = real / "census_acs_county" / file
    parsed = census_acs.read(Landed(path, f"census_acs/{file}", "census_acs"), duckdb.connect())
    found = rows(parsed)
    assert len(found) == len({row["geo_id"] for row in found}) == expected
    assert all(row[f"{variable}e"] and row[f"{variable}m"] for row in found)
    assert any("ñ" in row["name"] for row in found)

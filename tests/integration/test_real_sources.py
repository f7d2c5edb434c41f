"""Every real file of every publisher: nothing lost, and each figure as the file prints it, read here in another way."""

import csv
import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from network import ROOT
from python_calamine import CalamineWorkbook

# rows received, accepted, quarantined, repeats; counted with wc, a spreadsheet and the publishers' notes
FILES = {
    "bls_laus/la.area": (8_258, 8_258, 0, 0),
    "bls_laus/la.series.gz": (32_888, 32_888, 0, 0),
    **{f"bls_laus/laucnty{year:02}.txt": (3_217, 3_217, 0, 0) for year in range(5, 10)},
    **{f"bls_laus/laucnty{year}.txt": (3_219, 3_219, 0, 0) for year in range(10, 17)},
    "bls_laus/older_release/laucnty13.txt": (3_219, 3_219, 0, 0),
    "census_acs/ACS_12_5YR_B19083_with_ann.csv": (3_143, 3_143, 0, 0),
    "census_acs/ACS_12_5YR_S2301_with_ann.csv.gz": (3_143, 3_143, 0, 0),
    "census_acs/ACS_15_5YR_S2301_with_ann.csv.gz": (3_142, 3_142, 0, 0),
    "census_gazetteer/Gaz_places_national.csv.gz": (29_514, 29_514, 0, 0),
    "census_permits/so2024a.txt": (4_430, 4_430, 0, 0),
    "census_permits/we2024a.txt": (2_010, 2_010, 0, 0),
    "census_population/SUB-IP-EST2019-ANNRES.xlsx": (19_502, 19_352, 150, 0),
    "census_population/co-est2020-alldata.csv.gz": (3_194, 3_194, 0, 0),
    "census_population/sub-est2019_all.sumlev162.csv": (19_484, 19_484, 0, 0),
    "census_saipe/est19all.xls": (3_194, 3_194, 0, 0),
    "hud_allocations/Community_Development_Block_Grant_Grantee_Areas.csv": (1_230, 1_230, 0, 0),
    "requests/baltimore/311_sample.csv": (10_000, 10_000, 0, 0),
    "requests/baltimore/311_sample.xlsx": (10_000, 10_000, 0, 0),
    "requests/elsewhere/open311status/requests_many.xml": (2, 2, 0, 0),
    "requests/elsewhere/open311status/requests_single.xml": (1, 1, 0, 0),
    "requests/elsewhere/open311status/service_list.json": (3, 3, 0, 0),
    "requests/elsewhere/open311status/service_requests.json": (2, 2, 0, 0),
    "requests/elsewhere/open311status/services_giessen.xml": (8, 8, 0, 0),
    "requests/elsewhere/sf_xml/get_service_request.xml": (1, 1, 0, 0),
    "requests/elsewhere/sf_xml/service_requests.xml": (2, 2, 0, 0),
    "requests/elsewhere/sf_xml/service_requests_empty.xml": (0, 0, 0, 0),
    "requests/elsewhere/sf_xml/services.xml": (36, 36, 0, 0),
}
WITHOUT_ROWS = {  # what the file is, in its message
    "requests/elsewhere/sf_xml/403.xml": ("refused", "Invalid api_key received"),
    "requests/elsewhere/sf_xml/get_service_request_not_found.xml": ("refused", "404"),
    "requests/elsewhere/sf_xml/post_service_request.xml": ("not_needed", "answer to a new request"),
    "requests/elsewhere/sf_xml/request_id_from_token.xml": ("not_needed", "token"),
    "requests/elsewhere/sf_xml/service_definition.xml": ("not_needed", "definition of one service"),
}


def answers(home: Path, command: str) -> list[dict]:
    line = [sys.executable, "-m", "pipelines.cli", command, "--home", str(home), "--json"]
    done = subprocess.run(line, capture_output=True, text=True, cwd=ROOT, check=True)
    return [json.loads(row) for row in done.stdout.splitlines()]


def test_every_row_of_every_file_is_accounted_for(real_home: Path) -> None:
    files = {row["file"]: row for row in answers(real_home, "sources")}
    counts = ("received", "accepted", "quarantined", "repeats")
    taken = {name: tuple(row[c] for c in counts) for name, row in files.items() if row["status"] == "accepted"}
    assert taken == FILES
    told = {name: (row["status"], row["message"]) for name, row in files.items() if row["status"] != "accepted"}
    assert told.keys() == WITHOUT_ROWS.keys()
    for name, (status, words) in WITHOUT_ROWS.items():
        assert told[name][0] == status
        assert words in told[name][1]


def test_each_reason_of_quarantine_is_one_that_was_read(real_home: Path) -> None:
    rows = [row for row in answers(real_home, "quarantine") if row["row"] != "all"]
    assert {(row["file"], row["column"]) for row in rows} == {("census_population/SUB-IP-EST2019-ANNRES.xlsx", "place")}
    assert all(
        row["found"] and ("a place that the gazetteer knows" in row["expected"] or "fits several" in row["expected"])
        for row in rows
    )


Figures = dict[tuple[str, str, str], tuple[float, float | None]]  # by geography, indicator and last day of the period


def published(home: Path, source: str, vintage: str, *indicators: str) -> Figures:
    release = home / "releases" / (home / "releases" / "CURRENT").read_text().strip()
    with duckdb.connect() as connection:
        rows = connection.execute(
            """
            select geo_id, indicator, period_end::varchar, value, moe from read_parquet(?)
            where source = ? and vintage = ? and list_contains(?, indicator) and value is not null
            """,
            [str(release / "indicator_values.parquet"), source, vintage, list(indicators)],
        ).fetchall()
    return {(geo, indicator, end): (value, moe) for geo, indicator, end, value, moe in rows}


def plain(number: str) -> float | None:
    try:
        return float(number.replace(",", ""))
    except ValueError:
        return None


def kept(pairs: Iterator[tuple[tuple[str, str, str], float | None, float | None]]) -> Figures:
    return {key: (value, moe) for key, value, moe in pairs if value is not None}


LAUS = ("labor_force", "employed", "unemployed", "unemployment_rate")


def laus(path: Path, year: int) -> Iterator[tuple[tuple[str, str, str], float | None, float | None]]:
    for line in path.read_text(encoding="latin-1").splitlines():
        if line.startswith("CN"):
            for indicator, cell in zip(LAUS, line.split()[-4:], strict=True):
                yield (line[18:20] + line[25:28], indicator, f"{year}-12-31"), plain(cell), None


@pytest.mark.parametrize(
    ("file", "vintage"), [("laucnty13.txt", "2023-04-21"), ("older_release/laucnty13.txt", "2020-04-17")]
)
def test_laus(real: Path, real_home: Path, file: str, vintage: str) -> None:
    expected = kept(laus(real / "bls_laus_county" / file, 2013))
    assert len(expected) == 4 * 3_219
    found = published(real_home, "bls_laus", vintage, *LAUS)
    assert {key: found[key] for key in expected} == expected


def rows_of(path: Path, encoding: str = "latin-1") -> list[list[str]]:
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode(encoding)
    return list(csv.reader(text.splitlines()))


@pytest.mark.parametrize(
    ("file", "vintage", "indicator", "label"),
    [
        ("ACS_12_5YR_B19083_with_ann.csv", "2012 5-year", "gini_index", "Gini Index"),
        *(
            (f"ACS_{year}_5YR_S2301_with_ann.csv.gz", f"20{year} 5-year", "unemployment_rate_acs", label)
            for year, label in (
                ("12", "Unemployment rate; {}; Population 16 years and over"),
                ("15", "Unemployment rate; {}; Population 16 years and over"),
            )
        ),
    ],
)
def test_acs(real: Path, real_home: Path, file: str, vintage: str, indicator: str, label: str) -> None:
    _, titles, *rows = rows_of(real / "census_acs_county" / file)
    names = [
        f"{kind}; {label}" if "{}" not in label else label.format(kind) for kind in ("Estimate", "Margin of Error")
    ]
    estimate, margin = (titles.index(name) for name in names)
    expected = {(r[1], indicator, f"{vintage[:4]}-12-31"): (plain(r[estimate]), plain(r[margin])) for r in rows}
    assert published(real_home, "census_acs", vintage, indicator) == expected


def test_saipe(real: Path, real_home: Path) -> None:
    sheet = CalamineWorkbook.from_path(str(real / "census_saipe" / "est19all.xls")).get_sheet_by_index(0)
    columns = {
        "poverty_saipe_persons": 4,
        "poverty_saipe_pct": 7,
        "poverty_under_18_saipe_pct": 13,
        "median_household_income_saipe_usd": 22,
    }
    expected = {}
    for row in sheet.to_python()[4:]:
        if row[1] != "000" and row[0]:
            for indicator, at in columns.items():
                value, low, high = (plain(str(cell)) for cell in row[at : at + 3])
                if value is not None and low is not None and high is not None:
                    moe = pytest.approx(max(value - low, high - value), abs=1e-4)
                    expected[row[0] + row[1], indicator, "2019-12-31"] = (value, moe)
    assert len(expected) == 4 * 3_141
    assert published(real_home, "census_saipe", "2020-12", *columns) == expected


def test_permits(real: Path, real_home: Path) -> None:
    """Places of one permit office: its row is the place's figure. Units of both blocks stand in every third field."""
    places: dict[str, list[list[str]]] = {}
    for file in ("so2024a.txt", "we2024a.txt"):
        for row in rows_of(real / "census_bps_place" / file)[3:]:
            place = row[5].strip()
            if place not in ("", "00000", "99990"):
                places.setdefault(row[1] + place, []).append(row)
    alone = {geo: rows[0] for geo, rows in places.items() if len(rows) == 1}
    assert len(alone) > 5_000
    expected = {}
    for geo, row in alone.items():
        expected[geo, "permits_units", "2024-12-31"] = (float(sum(int(row[i]) for i in (18, 21, 24, 27))), None)
        expected[geo, "permits_value_usd", "2024-12-31"] = (float(sum(int(row[i]) for i in (19, 22, 25, 28))), None)
        if int(row[15]):
            reported = float(sum(int(row[i]) for i in (30, 33, 36, 39)))
            expected[geo, "permits_units_reported", "2024-12-31"] = (reported, None)
    found = published(real_home, "census_permits", "2024 annual", *{indicator for _, indicator, _ in expected})
    assert {key: value for key, value in found.items() if key[0] in alone} == expected


def test_population_of_places(real: Path, real_home: Path) -> None:
    """The damaged file: its zeros are lost, its figures are not."""
    header, *rows = rows_of(real / "census_place_population" / "sub-est2019_all.sumlev162.csv")
    state, place = header.index("STATE"), header.index("PLACE")
    expected = {
        (f"{int(row[state]):02}{int(row[place]):05}", "population", f"{year}-12-31"): (
            float(row[header.index(f"POPESTIMATE{year}")]),
            None,
        )
        for row in rows
        for year in range(2010, 2020)
    }
    found = published(real_home, "census_population", "2019", "population")
    assert {key: found[key] for key in expected} == expected


def test_population_of_counties(real: Path, real_home: Path) -> None:
    header, *rows = rows_of(real / "census_county_population" / "co-est2020-alldata.csv.gz")
    at = {
        name: header.index(name)
        for name in ("SUMLEV", "STATE", "COUNTY", *(f"POPESTIMATE{y}" for y in range(2010, 2021)))
    }
    expected = {
        (row[at["STATE"]] + row[at["COUNTY"]], "population", f"{year}-12-31"): (
            float(row[at[f"POPESTIMATE{year}"]]),
            None,
        )
        for row in rows
        if row[at["SUMLEV"]] == "050"
        for year in range(2010, 2021)
    }
    assert len(expected) == 3_143 * 11
    assert published(real_home, "census_population", "2020", "population") == expected


def test_allocations(real: Path, real_home: Path) -> None:
    """Every grantee's dollars, to the cent, and every matched city's in the indicators."""
    path = real / "hud_cpd_allocations" / "Community_Development_Block_Grant_Grantee_Areas.csv"
    header, *rows = rows_of(path, "utf-8-sig")
    grants = {row[header.index("UOGID")].zfill(6): row[header.index("CDBG_AMT")] for row in rows}
    release = real_home / "releases" / (real_home / "releases" / "CURRENT").read_text().strip()
    with duckdb.connect() as connection:
        allocations = connection.execute(
            "select uogid, cdbg_usd::varchar, geo_id from read_parquet(?)", [str(release / "hud_allocations.parquet")]
        ).fetchall()
        shown = dict(
            connection.execute(
                "select geo_id, value from read_parquet(?) where indicator = 'cdbg_usd'",
                [str(release / "indicator_values.parquet")],
            ).fetchall()
        )
    assert {uogid: float(amount) for uogid, amount, _ in allocations} == {k: float(v) for k, v in grants.items()}
    cities = {geo: float(amount) for _, amount, geo in allocations if geo}
    assert shown == cities

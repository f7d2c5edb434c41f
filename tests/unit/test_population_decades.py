"""Population files of several decades through the real intake: which column each header's words fill."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets import catalog
from assets.raw.census_population import _vintage
from assets.raw.ingest import ingest
from assets.raw.receipts import Receipt, Receipts
from assets.raw.views import make_views

TABLES = ("census_population", "census_population_counties")
FILES = {
    # Vintage 2009: lower case, STATENAME, POP_ and POPCENSUS_; X for a place formed after the count of 2000
    "SUB-EST2009_ALL.csv": "SUMLEV,state,county,PLACE,cousub,NAME,STATENAME,POPCENSUS_2000,POPBASE_2000,POP_2000,POP_2009\n"
    "162,99,000,00124,00000,Ca\xf1ada city,Zeta,X,90,91,99\n",
    "SUB-EST00INT.csv": "SUMLEV,STATE,COUNTY,PLACE,COUSUB,NAME,STNAME,ESTIMATESBASE2000,POPESTIMATE2000,CENSUS2010POP,"
    "POPESTIMATE2010\n162,99,000,00124,00000,Ca\xf1ada city,Zeta,80,81,95,96\n",
    "sub-est2013_99.csv": "SUMLEV,STATE,COUNTY,PLACE,COUSUB,CONCIT,FUNCSTAT,NAME,STNAME,CENSUS2010POP,ESTIMATESBASE2010,"
    "POPESTIMATE2010,POPESTIMATE2013\n162,99,0,124,0,0,A,CA\xd1ADA CITY,ZETA,A,97,98,100\n",
    "sub-est2020int.csv": "SUMLEV,STATE,COUNTY,PLACE,COUSUB,CONCIT,PRIMGEO_FLAG,FUNCSTAT,NAME,STNAME,ESTIMATESBASE2010,"
    "POPESTIMATE2010,POPESTIMATE2019,CENSUS2020POP\n162,99,000,00124,00000,00000,0,A,Ca\xf1ada city,Zeta,97,98,104,105\n",
    "SUB-EST2020_ALL.csv": "SUMLEV,STATE,COUNTY,PLACE,NAME,STNAME,CENSUS2010POP,ESTIMATESBASE2010,POPESTIMATE2019,"
    "POPESTIMATE042020,POPESTIMATE2020\n162,99,000,00124,Ca\xf1ada city,Zeta,95,97,103,107,108\n",
    "co-est2009-alldata.csv": "SUMLEV,REGION,DIVISION,STATE,COUNTY,STNAME,CTYNAME,CENSUS2000POP,ESTIMATESBASE2000,"
    "POPESTIMATE2000,POPESTIMATE2009,BIRTHS2009\n050,4,9,99,001,Zeta,Do\xf1a County,200,201,202,209,7\n",
    # American FactFinder: a line of descriptions, codes in GEO.id, GEO.id2 without its zero
    "PEP_2016_PEPANNRES_with_ann.csv": "GEO.id,GEO.id2,GEO.display-label,rescen42010,resbase42010,respop72010,respop72016\n"
    'Id,Id2,Geography,"April 1, 2010 - Census","April 1, 2010 - Estimates Base",Population Estimate (as of July 1) - 2010,'
    'Population Estimate (as of July 1) - 2016\n1620000US9900124,9900124,"Ca\xf1ada city, Zeta",(X),97,98,104\n',
    "PEP_2015_PEPANNRES_with_ann.csv": "GEO.id,GEO.id2,GEO.display-label,rescen42010,resbase42010,respop72010,respop72015\n"
    'Id,Id2,Geography,"April 1, 2010 - Census","April 1, 2010 - Estimates Base",Population Estimate (as of July 1) - 2010,'
    'Population Estimate (as of July 1) - 2015\n0500000US09001,9001,"Do\xf1a County, Zeta",201,202,203,208\n',
}


@pytest.fixture(scope="module")
def received(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Receipt], dict[str, dict[str, Any]]]:
    """Receipts by file name, and of each file its one raw row without what is null."""
    home: Path = tmp_path_factory.mktemp("population")
    folder = home / "landing" / "census_population"
    folder.mkdir(parents=True)
    for name, content in FILES.items():
        (folder / name).write_bytes(content.encode("latin-1"))
    connection, sources = duckdb.connect(), catalog.load().sources
    receipts = Receipts(home / "raw", home / "quarantine")
    found = ingest(home / "landing", receipts, connection, catalog.load(), "America/New_York")
    make_views(connection, receipts, {t: sources[t] for t in TABLES}, receipts.known(datetime.max.replace(tzinfo=UTC)))
    rows = [row for t in TABLES for row in connection.sql(f"from raw.{t}").to_arrow_table().to_pylist()]
    by_file = {r["_file"].split("/")[-1]: {k: v for k, v in r.items() if v is not None and k[0] != "_"} for r in rows}
    return {r.name.split("/")[-1]: r for r in found}, by_file


PLACE = {"sumlev": "162", "state": "99", "county": "000", "place": "00124", "name": "Cañada city", "stname": "Zeta"}
EXPECTED: dict[str, dict[str, Any]] = {
    "SUB-EST2009_ALL.csv": PLACE
    | {"cousub": "00000", "census2000pop_missing": "not_in_census_2000", "estimatesbase2000": 90}
    | {"popestimate_2000": 91, "popestimate_2009": 99, "vintage": "2009"},
    "SUB-EST00INT.csv": PLACE
    | {"cousub": "00000", "estimatesbase2000": 80, "popestimate_2000": 81, "census2010pop": 95}
    | {"popestimate_2010": 96, "vintage": "2012 intercensal"},
    "sub-est2013_99.csv": PLACE  # a spreadsheet lost the zeros
    | {"cousub": "00000", "concit": "00000", "funcstat": "A", "name": "CAÑADA CITY", "stname": "ZETA"}
    | {"census2010pop_missing": "not_in_census_2010", "estimatesbase2010": 97, "popestimate_2010": 98}
    | {"popestimate_2013": 100, "vintage": "2013"},
    "sub-est2020int.csv": PLACE
    | {"cousub": "00000", "concit": "00000", "primgeo_flag": "0", "funcstat": "A", "estimatesbase2010": 97}
    | {"popestimate_2010": 98, "popestimate_2019": 104, "census2020pop": 105, "vintage": "2024 intercensal"},
    "SUB-EST2020_ALL.csv": PLACE
    | {"census2010pop": 95, "estimatesbase2010": 97, "popestimate_2019": 103, "popestimate042020": 107}
    | {"popestimate_2020": 108, "vintage": "2020"},
    "co-est2009-alldata.csv": {"sumlev": "050", "region": "4", "division": "9", "state": "99", "county": "001"}
    | {"stname": "Zeta", "ctyname": "Doña County", "census2000pop": 200, "estimatesbase2000": 201}
    | {"popestimate_2000": 202, "popestimate_2009": 209, "vintage": "2009"},
    "PEP_2016_PEPANNRES_with_ann.csv": PLACE
    | {"census2010pop_missing": "not_in_census_2010", "estimatesbase2010": 97}
    | {"popestimate_2010": 98, "popestimate_2016": 104, "vintage": "2016"},
    "PEP_2015_PEPANNRES_with_ann.csv": {"sumlev": "050", "state": "09", "county": "001"}
    | {
        "ctyname": "Doña County",
        "stname": "Zeta",
        "census2010pop": 201,
        "estimatesbase2010": 202,
        "popestimate_2010": 203,
        "popestimate_2015": 208,
    }
    | {"vintage": "2015"},
}


@pytest.mark.parametrize("name", sorted(FILES))
def test_each_header_fills_its_columns(received: Any, name: str) -> None:
    receipts, rows = received
    assert (receipts[name].status, receipts[name].received, receipts[name].accepted) == ("accepted", 1, 1)
    assert receipts[name].unused == (["BIRTHS2009"] if name.startswith("co-") else [])
    assert rows[name] == EXPECTED[name]


@settings(max_examples=100, deadline=None)
@given(st.permutations([f"POPESTIMATE{year}" for year in range(2010, 2020)] + ["CENSUS2010POP", "SUMLEV"]))
def test_the_vintage_does_not_depend_on_the_order_of_columns(names: list[str]) -> None:
    assert _vintage(names, "census_population", "census_population/some.csv") == "2019"
    assert _vintage([*names, "CENSUS2020POP"], "census_population", "some.csv") == "2024 intercensal"

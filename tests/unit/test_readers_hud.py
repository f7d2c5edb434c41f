"""HUD allocations in the layouts that HUD has used, with invented grantees and amounts."""

import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlsxwriter

from assets.catalog import load
from assets.raw import hud_allocations
from assets.raw.mapping import Mapping
from assets.raw.reading import Landed, Parsed, Unreadable
from assets.raw.receive import receive

REAL = Path(__file__).parents[3] / "shared" / "real" / "hud_cpd_allocations"
AMOUNTS = ("cdbg_amt", "esg_amt", "home_amt", "hopwa_amt", "tot_amt")


def parse(path: Path, connection: duckdb.DuckDBPyConnection) -> Parsed:
    return hud_allocations.read(Landed(path, path.name, "hud_allocations"), connection)


def typed(tmp_path: Path, content: bytes) -> list[dict[str, Any]]:
    """What the catalog makes of a file: its rows with the catalog's columns and types."""
    path = tmp_path / "landed"
    path.write_bytes(content)
    return received(tmp_path, path)


def received(tmp_path: Path, path: Path) -> list[dict[str, Any]]:
    connection = duckdb.connect()
    connection.execute("create schema reference; create table reference.places (geoid varchar, name varchar)")
    target, spec = tmp_path / "typed.parquet", load().sources["hud_allocations"]
    outcome = receive(connection, parse(path, connection), spec, Mapping(), "UTC", target, tmp_path / "aside.parquet")
    assert (outcome.quarantined, outcome.repeats) == (0, 0)
    return connection.read_parquet(str(target)).to_arrow_table().to_pylist()


def test_the_grantee_areas_export(tmp_path: Path) -> None:
    content = (
        "\ufeffOBJECTID,UOGID,NAME,TYPE,STUSAB,STATE,CDBG_AMT,ESG_AMT,HOME_AMT,HOPWA_AMT,TOT_AMT,YEAR,SHAPE_Area\r\n"
        "1,010288,ALDER,52,ZZ,01,1000,0,20.50,,1020.50,2021,0.0015\r\n"
    )
    (row,) = typed(tmp_path, content.encode())
    assert [row[c] for c in ("uogid", "name", "type", "stusab", "state", "year")] == [
        *("010288", "ALDER", "52", "ZZ", "01", 2021)
    ]
    assert [row[c] for c in AMOUNTS] == [
        Decimal("1000.00"),
        Decimal("0.00"),
        Decimal("20.50"),
        None,
        Decimal("1020.50"),
    ]


def test_the_yearly_workbook_carries_its_year_in_the_headers(tmp_path: Path) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        sheet = made.add_worksheet("FY18")
        sheet.write(0, 0, "FY 2018 Formula Allocations")
        sheet.write_row(1, 0, ["KEY", "NAME", "STA", "CDBG18", "HOME18", "ESG18", "HOPWA18", "CDBG-CV 2018"])
        sheet.write_row(2, 0, [10288, "ALDER", "ZZ", 1000, "$2,000", 0, "", 7])
    (row,) = typed(tmp_path, out.getvalue())
    assert [row[c] for c in ("uogid", "name", "stusab", "year")] == ["010288", "ALDER", "ZZ", 2018]
    assert [row[c] for c in AMOUNTS] == [Decimal(1000), Decimal(0), Decimal(2000), None, None]


@pytest.mark.parametrize(
    "header",
    [
        "Grantee ID,Grantee Name,State,CDBG Amount,Fiscal Year",
        "GRANTEE_ID,GRANTEE,STATE,CDBG,FY",
        "uog_id,jurisdiction,state,FY2016 CDBG Allocation,program_year",
    ],
)
def test_other_words_for_the_same_columns(tmp_path: Path, header: str) -> None:
    (row,) = typed(tmp_path, f'{header}\n010288,ALDER,ZZ,"$1,000.25",2016\n'.encode())
    assert [row[c] for c in ("uogid", "name", "stusab", "state", "cdbg_amt", "year")] == [
        *("010288", "ALDER", "ZZ", None, Decimal("1000.25"), 2016)
    ]


def test_amounts_of_two_years_in_one_file_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "landed"
    path.write_bytes(b"KEY,NAME,CDBG17,CDBG18\n010288,ALDER,1,2\n")
    with pytest.raises(Unreadable, match="2017 and 2018"):
        parse(path, duckdb.connect())


@pytest.mark.skipif(not REAL.exists(), reason="the publisher's real file is not beside the checkout")
def test_real_column_totals_to_the_cent(tmp_path: Path) -> None:
    (path,) = REAL.glob("*.csv")
    found = received(tmp_path, path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        sent = list(csv.DictReader(file))
    assert len(found) == len(sent) == 1230
    for amount in AMOUNTS:
        assert sum(row[amount] for row in found) == sum(Decimal(row[amount.upper()]) for row in sent)
    # as the publisher's totals read, in millions: 3,377.3 and 288.8 and 1,340.0 and 386.7
    millions = [round(sum(row[a] for row in found) / 1_000_000, 1) for a in AMOUNTS[:4]]
    assert millions == [Decimal("3377.3"), Decimal("288.8"), Decimal("1340.0"), Decimal("386.7")]

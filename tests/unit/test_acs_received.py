"""ACS files taken in as a run does: symbols, rows set aside, files of several years and kinds. Places are invented."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from assets import catalog
from assets.raw.ingest import ingest
from assets.raw.receipts import Receipt, Receipts
from assets.raw.views import make_views

GINI = b"GEO.id,GEO.id2,GEO.display-label,HD01_VD01,HD02_VD01\n"
GINI_WORDS = b"Id,Id2,Geography,Estimate; Gini Index,Margin of Error; Gini Index\n"
GINI_ROW = '0500000US99001,99001,"Doña Alder County, Zeta",0.4122,0.0185\n'.encode("latin-1")


def take(tmp_path: Path, **files: bytes) -> tuple[dict[str, Receipt], list[dict[str, Any]], list[tuple[Any, ...]]]:
    """Receipts by name, the rows of the raw view, and (row, column, found) of what was set aside."""
    folder = tmp_path / "landing" / "census_acs"
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    connection, entries = duckdb.connect(), catalog.load()
    receipts = Receipts(tmp_path / "raw", tmp_path / "quarantine")
    new = ingest(tmp_path / "landing", receipts, connection, entries, "America/New_York")
    make_views(
        connection,
        receipts,
        {"census_acs": entries.sources["census_acs"]},
        receipts.known(datetime.max.replace(tzinfo=UTC)),
    )
    found = connection.sql("from raw.census_acs order by _file, _row").to_arrow_table().to_pylist()
    aside = []
    for path in sorted((tmp_path / "quarantine").rglob("*.parquet")):
        aside += connection.sql(f"select row, \"column\", found from read_parquet('{path}')").fetchall()
    for receipt in new:
        assert receipt.received == receipt.accepted + receipt.quarantined + receipt.repeats
    return {r.name.partition("/")[2]: r for r in new}, found, sorted(aside)


def test_every_sentinel_and_symbol_is_a_reason_and_never_a_number(tmp_path: Path) -> None:
    """One row a cell; a number whose text holds a decimal point is the same sentinel."""
    codes = [f"-{str(n) * 9}{tail}" for n in (2, 3, 5, 6, 8, 9) for tail in ("", ".0")]
    symbols = ["-", "**", "***", "*****", "(X)", "N"]
    jams = ["2,500-", "250,000+", "2499", "2500", "250000", "250001", "250001.0"]
    cells = [*codes, *symbols, *jams, "51,234"]
    lines = ["GEO_ID,NAME,B19013_001E,B19013_001M"]
    lines += [f'1600000US09{i:05},a,"{cell}","{"9" if cell in jams else cell}"' for i, cell in enumerate(cells)]
    receipts, found, aside = take(tmp_path, **{"acs5_2012_b19013.csv": "\n".join(lines).encode()})
    assert (aside, receipts["acs5_2012_b19013.csv"].accepted) == ([], len(cells))
    assert [(r["b19013_001e"], r["b19013_001m"]) for r in found if not r["b19013_001e_missing"]] == [(51234.0, 51234.0)]
    assert all(r["b19013_001e"] is None for r in found[:-1])
    assert [r["b19013_001m_missing"] is None for r in found] == [cell in jams or cell == "51,234" for cell in cells]
    reasons = {cell: row["b19013_001e_missing"] for cell, row in zip(cells, found, strict=True)}
    assert reasons["250001"] == "open-ended: above 250,000 dollars" and reasons["2,500-"].startswith("open-ended")
    assert reasons["N"].startswith("suppressed") and reasons["*****"].startswith("estimate is controlled")


def test_rows_that_do_not_fit_are_set_aside_with_their_row_and_the_others_go_on(tmp_path: Path) -> None:
    """Rows as a text editor counts them: header 1, descriptions 2, a broken line 4, a blank one 5, a total of notes 7."""
    lines = [GINI, GINI_WORDS, GINI_ROW, b"0500000US99003,99003,Birch\n", b"\n"]
    lines += [GINI_ROW.replace(b"99001", b"99005").replace(b"0.4122", b"4122")]
    lines += [b"Source: U.S. Census,,,,\n", GINI_ROW, GINI_ROW.replace(b"99001", b"99007").replace(b"0.4122", b"?")]
    receipts, found, aside = take(tmp_path, **{"ACS_12_5YR_B19083.csv": b"".join(lines)})
    receipt = receipts["ACS_12_5YR_B19083.csv"]
    assert (receipt.received, receipt.accepted, receipt.quarantined, receipt.repeats) == (6, 1, 4, 1)
    assert [(r["geo_id"], r["_row"], r["year"], r["product"]) for r in found] == [("0500000US99001", 3, 2012, "acs5")]
    assert [(row, name) for row, name, _ in aside] == [
        *((4, "HD01_VD01"), (6, "b19083_001e"), (7, "geo_id"), (8, None), (9, "b19083_001e"))
    ]


def test_files_of_several_years_and_kinds_side_by_side(tmp_path: Path) -> None:
    answer = json.dumps([["NAME", "B01003_001E", "state", "place"], ["Alder city, Zeta", "41000", "09", "00124"]])
    receipts, found, _ = take(
        tmp_path,
        **{
            "2012_acs5_places.json": answer.encode(),
            "2013_acs5_places.json": answer.replace("41000", "42000").encode(),
            "missing_key.json": b"<!DOCTYPE html><title>Missing Key</title>",
            "acsdt5y2022-b19083.dat": b"GEO_ID|B19083_E001|B19083_M001\n1600000US0900124|0.4|0.1\n",
        },
    )
    assert {name: r.status for name, r in receipts.items()} == {
        "2012_acs5_places.json": "accepted",
        "2013_acs5_places.json": "accepted",
        "acsdt5y2022-b19083.dat": "accepted",
        "missing_key.json": "refused",
    }
    assert [(r["vintage"], r["b01003_001e"], r["b19083_001e"]) for r in found] == [
        *(("2012 5-year", 41000.0, None), ("2013 5-year", 42000.0, None), ("2022 5-year", None, 0.4))
    ]

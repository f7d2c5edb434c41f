"""BEA counties: dollars whatever the unit's words, combinations and footnotes said, areas that are no county left out."""

from datetime import date, datetime
from typing import Any

import pytest

Row = dict[str, Any]
RECEIPT = {"_known_at": datetime(2024, 12, 5), "_file": "bea_county/x.csv", "_sha256": "a" * 64, "_order": 1, "_row": 2}


def line(table: str, code: str, unit: str, value: float | None, **changes: Any) -> Row:
    row = {"geofips": "99001", "geoname": "Alder, ZT", "table_name": table, "line_code": code, "unit": unit}
    return row | {"y_2001": value, "vintage": "2024-12-04"} | RECEIPT | changes


def make(bench: Any, *rows: Row) -> list[Row]:
    bench.given("raw.bea_county", rows)
    bench.run("staging.bea_county")
    found: list[Row] = bench.rows("from staging.bea_county order by geo_id, indicator, period_start")
    return found


@pytest.mark.parametrize(
    ("row", "indicator", "dollars", "note"),
    [
        (line("CAGDP2", "1", "Thousands of dollars", 50.0), "gdp_usd", 50_000.0, None),
        (line("CAGDP2", "1", "Millions of dollars", 2.0), "gdp_usd", 2_000_000.0, None),
        (
            line("CAGDP9", "1", "Thousands of chained 2017 dollars", 40.0),
            "gdp_real_usd",
            40_000.0,
            "chained 2017 dollars",
        ),
        (line("CAINC1", "1", "Thousands of dollars", 30.0), "personal_income_usd", 30_000.0, None),
        (line("CAINC1", "3", "Dollars", 41_234.0), "personal_income_per_person_usd", 41_234.0, None),
        (line("CAINC1", "1", "USD", 30.0, unit_mult=3), "personal_income_usd", 30_000.0, None),
        (
            line("CAINC1", "3", "Dollars", 7.0, geofips="51901", geoname="Alder + Birch, ZT*"),
            "personal_income_per_person_usd",
            7.0,
            "a BEA combination of counties: Alder + Birch, ZT; footnoted by BEA",
        ),
    ],
)
def test_each_line_in_dollars(bench: Any, row: Row, indicator: str, dollars: float, note: str | None) -> None:
    (found,) = make(bench, row)
    assert (found["indicator"], found["value"], found["unit"], found["note"]) == (indicator, dollars, "usd", note)
    assert (found["geo_level"], found["period_start"], found["period_end"]) == (
        "county",
        date(2001, 1, 1),
        date(2001, 12, 31),
    )


def test_what_is_suppressed_or_of_another_unit_has_no_value_and_a_reason(bench: Any) -> None:
    hidden = line("CAGDP2", "1", "Thousands of dollars", None, y_2001_missing="suppressed to avoid disclosure")
    persons = line("CAINC1", "3", "Number of persons", 5.0, geofips="99003")
    found = {r["geo_id"]: (r["value"], r["reason"]) for r in make(bench, hidden, persons)}
    assert found == {
        "99001": (None, "suppressed to avoid disclosure"),
        "99003": (None, "the unit is not the one expected of this line: Number of persons"),
    }


def test_states_the_nation_and_other_lines_make_no_figure(bench: Any) -> None:
    others = [line("CAGDP2", "1", "Thousands of dollars", 1.0, geofips=code) for code in ("00000", "99000", "98000")]
    assert make(bench, *others, line("CAGDP2", "3", "Thousands of dollars", 1.0)) == []


def test_a_later_release_is_another_vintage_and_a_corrected_file_the_same(bench: Any) -> None:
    rows = make(
        bench,
        line("CAGDP2", "1", "Thousands of dollars", 1.0),
        line("CAGDP2", "1", "Thousands of dollars", 2.0, _known_at=datetime(2024, 12, 9), _sha256="b" * 64, _order=2),
        line("CAGDP2", "1", "Thousands of dollars", 3.0, vintage="2025-12-03", _sha256="c" * 64),
        line("CAGDP1", "3", "Thousands of dollars", 9.0, vintage="2025-12-03", _sha256="d" * 64),  # CAGDP2 is preferred
    )
    assert {(r["vintage"], r["value"]) for r in rows} == {("2024-12-04", 2_000.0), ("2025-12-03", 3_000.0)}

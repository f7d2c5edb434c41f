"""SAIPE by county: the margin from the interval, vintages, and rows that are no county's."""

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

Row = dict[str, Any]
INDICATORS = {
    "poverty_saipe_persons": "persons",
    "poverty_saipe_pct": "percent",
    "poverty_under_18_saipe_pct": "percent",
    "median_household_income_saipe_usd": "usd",
}


def county(**changes: Any) -> Row:
    row: Row = {"state": "99", "county": "001", "name": "Alder County", "year": 2019, "vintage": "2020-12"}
    for measure, (value, lower, upper) in {
        "poverty_persons": (1000, 900, 1100),
        "poverty_pct": (12.1, 9.9, 14.3),
        "poverty_under_18_pct": (20.0, 18.0, 23.0),
        "median_household_income_usd": (51771, 50000, 53542),
    }.items():
        row |= {measure: value, f"{measure}_lower": lower, f"{measure}_upper": upper}
    return row | {"_known_at": datetime(2021, 1, 1), "_sha256": "aaaaaaaaaa", "_file": "a", "_row": 5} | changes


def make(bench: Any, *rows: Row) -> list[Row]:
    bench.given("raw.census_saipe", rows)
    bench.run("staging.census_saipe")
    found: list[Row] = bench.rows("from staging.census_saipe")
    return found


def test_each_figure_with_its_unit_period_and_margin(bench: Any) -> None:
    """moe by hand: (1100 - 900) / 2 = 100; (14.3 - 9.9) / 2 = 2.2; 23 - 20 = 3, the larger side; 53542 - 51771 = 1771."""
    rows = make(bench, county())
    assert {(r["indicator"], r["unit"]) for r in rows} == set(INDICATORS.items())
    assert {(r["geo_id"], r["geo_level"], r["period_start"], r["period_end"], r["vintage"]) for r in rows} == {
        ("99001", "county", date(2019, 1, 1), date(2019, 12, 31), "2020-12")
    }
    assert {r["indicator"]: (r["value"], r["moe"]) for r in rows} == {
        "poverty_saipe_persons": (1000, 100),
        "poverty_saipe_pct": (12.1, 2.2),
        "poverty_under_18_saipe_pct": (20, 3),
        "median_household_income_saipe_usd": (51771, 1771),
    }
    assert {(r["reason"], r["note"]) for r in rows} == {(None, None)}


def test_states_and_the_nation_make_no_row(bench: Any) -> None:
    assert make(bench, county(county="000"), county(state="00", county="000"), county(county=None)) == []


def test_missing_is_null_with_its_reason(bench: Any) -> None:
    """Kalawao County has a period in every column; an answer of the API may leave one county's figure out."""
    none = {c: None for m in ("poverty_persons", "poverty_pct") for c in (m, f"{m}_lower", f"{m}_upper")}
    rows = make(bench, county(**none, poverty_persons_missing="no estimate is published"), county(county="003"))
    told = {r["indicator"]: (r["value"], r["moe"], r["reason"]) for r in rows if r["geo_id"] == "99001"}
    assert told["poverty_saipe_persons"] == (None, None, "no estimate is published")
    assert told["poverty_saipe_pct"] == (None, None, "the file gives no figure")
    assert told["poverty_under_18_saipe_pct"] == (20, 3, None)


def test_a_measure_that_a_file_does_not_have_hides_none_that_another_has(bench: Any) -> None:
    """Two answers of the API, the later asked for income only: poverty is still the earlier one's."""
    lacking = {c: None for c in county() if c.startswith("poverty")}
    later = county(**lacking, median_household_income_usd=52000, _known_at=datetime(2022, 1, 1), _sha256="bbbbbbbbbb")
    assert {r["indicator"]: r["value"] for r in make(bench, county(), later)} == {
        "poverty_saipe_persons": 1000,
        "poverty_saipe_pct": 12.1,
        "poverty_under_18_saipe_pct": 20,
        "median_household_income_saipe_usd": 52000,
    }
    assert {r["indicator"] for r in make(bench, later)} == {"median_household_income_saipe_usd"}


def test_without_an_interval_the_margin_is_the_one_given(bench: Any) -> None:
    rows = make(bench, county(poverty_pct_lower=None, poverty_pct_moe=2.4))
    assert next(r["moe"] for r in rows if r["indicator"] == "poverty_saipe_pct") == 2.4


def test_vintages_are_kept_apart_and_within_one_the_row_known_last_wins(bench: Any) -> None:
    later = {"_known_at": datetime(2022, 1, 1), "_sha256": "bbbbbbbbbb"}
    first, second = county(), county(poverty_persons=1001, **later)
    revised = county(poverty_persons=1002, vintage="2021-06")
    undated = county(poverty_persons=1003, vintage=None)
    found = {
        (r["vintage"], r["value"])
        for r in make(bench, first, second, revised, undated)
        if r["indicator"] == "poverty_saipe_persons"
    }
    assert found == {("2020-12", 1001), ("2021-06", 1002), ("2021-01-01 aaaaaaaa", 1003)}


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_the_margin_reaches_both_bounds(one_bench: Any, low: int, down: int, up: int) -> None:
    pct = [n / 10 for n in (low, low + down, low + down + up)]
    (row,) = (
        r
        for r in make(one_bench, county(poverty_pct_lower=pct[0], poverty_pct=pct[1], poverty_pct_upper=pct[2]))
        if r["indicator"] == "poverty_saipe_pct"
    )
    assert row["moe"] == pytest.approx(max(down, up) / 10)

"""American Community Survey: what becomes of lines, symbols and margins of error; every figure here is worked out by hand."""

from datetime import date, datetime
from math import sqrt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

Row = dict[str, Any]
COLUMNS = ["geo_id", "geo_level", "name", "indicator", "period_start", "period_end", "value", "moe", "reason", "note"]
COLUMNS += ["unit", "vintage", "known_at"]
FEW, CONTROLLED = "not computed: too few", "estimate is controlled: no sampling error"
POVERTY = {"b14006_001": (1000, 50), "b14006_002": (300, 40), "b14006_009": (100, 20), "b14006_010": (0, 12)}
POVERTY |= {"b14006_019": (200, 30), "b14006_020": (0, 10)}


def raw(*, geo_id: str = "1600000US9900001", year: int = 2012, product: str = "acs5", **lines: Any) -> Row:
    """A raw row: a line is (estimate, margin); a text in place of a number is the reason why it is missing."""
    receipt = {"_known_at": datetime(2014, 1, 1), "_file": "a", "_sha256": "a" * 64, "_row": 2, "_order": 1}
    row: Row = {"geo_id": geo_id, "year": year, "product": product, "vintage": f"{year} {product[-1]}-year", **receipt}
    row |= {"name": "Alder city, Zeta", "variables": " ".join(name for name in lines if not name.startswith("_"))}
    for name, value in lines.items():
        if name.startswith("_"):
            row[name] = value
            continue
        for kind, cell in zip("em", value, strict=True):
            joint = "_" if name.startswith("dp") else ""
            row[f"{name}{joint}{kind}{'_missing' if isinstance(cell, str) else ''}"] = cell
    return row


def make(bench: Any, *rows: Row) -> list[Row]:
    bench.given("raw.census_acs", rows)
    bench.run("staging.acs_variables", "staging.census_acs")
    made: list[Row] = bench.rows("from staging.census_acs")
    for row in made:
        assert list(row) == COLUMNS and (row["value"] is None) == (row["reason"] is not None)
    return made


def one(bench: Any, *rows: Row) -> Row:
    (row,) = make(bench, *rows)
    return row


def test_noncollege_poverty_and_its_margin(bench: Any) -> None:
    # poor and not in college: 300 - 100 - 0 = 200; all not in college: 1000 - 100 - 0 - 200 - 0 = 700; share 2/7
    # part: 40² + 20² and one margin of the zeros, 12²: 2144; base: 50² + 20² + 30² + 12² (the larger of 12, 10): 3944
    row = one(bench, raw(**POVERTY))
    assert row["value"] == pytest.approx(28.5714285714)
    assert row["moe"] == pytest.approx(100 * sqrt(2144 - (2 / 7) ** 2 * 3944) / 700)
    assert row["moe"] == pytest.approx(6.0979, abs=1e-4)  # 42.6854 / 7
    assert (row["indicator"], row["unit"], row["note"]) == ("noncollege_poverty_pct", "percent", None)
    assert (row["period_start"], row["period_end"]) == (date(2008, 1, 1), date(2012, 12, 31))
    assert (row["geo_id"], row["geo_level"], row["vintage"]) == ("9900001", "place", "2012 5-year")


def test_a_negative_radicand_takes_the_ratio(bench: Any) -> None:
    # share 0.9, part margin 5, base margin 10: 25 - 0.81 * 100 < 0, so sqrt(25 + 81) / 100
    row = one(bench, raw(b25002_003=(90, 5), b25002_001=(100, 10)))
    assert (row["value"], row["moe"]) == (90.0, pytest.approx(sqrt(106)))


def test_a_controlled_line_has_margin_zero(bench: Any) -> None:
    row = one(bench, raw(b17001_001=(400, CONTROLLED), b17001_002=(100, 8)))
    assert (row["value"], row["moe"]) == (25.0, 2.0)  # 8 / 400
    row = one(bench, raw(b01003_001=(41_000, CONTROLLED)))
    assert (row["value"], row["moe"], row["note"], row["unit"]) == (41_000, 0.0, CONTROLLED, "persons")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"b14006_009": (FEW, FEW)}, FEW),
        ({"b14006_009": (None, None)}, "no figure in the file"),
        ({"b14006_001": (0, 9), "b14006_002": (0, 9), "b14006_009": (0, 9), "b14006_019": (0, 9)}, "nobody"),
        ({"b14006_002": (50, 9)}, "contradict"),
    ],
)
def test_a_line_without_a_number_makes_no_rate(bench: Any, change: Row, reason: str) -> None:
    row = one(bench, raw(**(POVERTY | change)))
    assert row["value"] is None and row["moe"] is None and reason in row["reason"]


def test_a_line_that_no_file_has_is_told(bench: Any) -> None:
    lines = {name: value for name, value in POVERTY.items() if name != "b14006_019"}
    assert one(bench, raw(**lines))["reason"] == "a line of the table is in no file"
    # and two answers of the API, each with a part of the lines, are one table
    rest = raw(b14006_019=POVERTY["b14006_019"], _file="b", _sha256="b" * 64, _order=2)
    assert one(bench, raw(**lines), rest)["value"] == pytest.approx(200 / 7)


def test_a_share_without_every_margin_has_none_and_says_so(bench: Any) -> None:
    row = one(bench, raw(b23025_003=(500, None), b23025_005=(50, 5)))
    assert (row["value"], row["moe"]) == (10.0, None) and row[
        "note"
    ] == "no margin of error: a line has none in the file"
    row = one(bench, raw(b23025_003=(500, 5), b23025_005=(50, "margin of error not computed")))
    assert (row["moe"], row["note"]) == (None, "no margin of error: margin of error not computed")


def test_figures_as_published(bench: Any) -> None:
    rows = make(
        bench,
        raw(s2301_c04_001=(8.6, 1.2), s1701_c03_001=(FEW, FEW), s1901_c01_012=(51_000, 900), b19083_001=(0.41, 0.02)),
        raw(dp03_unemployment=(8.7, 1.3), dp04_vacancy=(12.5, 2.0), dp03_income=(52_000, 800), _file="b"),
    )
    assert {(r["indicator"], r["unit"], r["value"], r["moe"], r["reason"]) for r in rows} == {
        ("unemployment_rate_acs", "percent", 8.6, 1.2, None),
        ("poverty_pct", "percent", None, None, FEW),
        ("median_household_income_usd", "usd", 51_000.0, 900.0, None),
        ("gini_index", "index", 0.41, 0.02, None),
        ("vacancy_pct", "percent", 12.5, 2.0, None),
    }


def test_the_published_rate_comes_before_the_one_worked_out(bench: Any) -> None:
    counts = {"b23025_003": (500, 9), "b23025_005": (50, 5), "b25002_001": (100, 9), "b25002_003": (10, 5)}
    rows = make(bench, raw(**counts), raw(s2301_c04_001=(10.1, 1.0), dp04_vacancy=(FEW, FEW), _file="b"))
    assert {(r["indicator"], r["value"], r["moe"], r["reason"]) for r in rows} == {
        ("unemployment_rate_acs", 10.1, 1.0, None),
        ("vacancy_pct", None, None, FEW),  # what the publisher holds back is not worked out behind its back
    }
    assert {r["value"] for r in make(bench, raw(**counts))} == {10.0}


def test_levels_periods_and_vintages(bench: Any) -> None:
    others = (
        "0400000US99",
        "0100000US",
        "1400000US99001000100",
        "0500043US99001",
        "16000H0US9900001",
        "310M600US10420",
    )
    gini = {"b19083_001": (0.4, 0.1)}
    rows = make(
        bench,
        *(raw(geo_id=other, **gini) for other in others),
        raw(geo_id="0500000US09110", year=2022, **gini),  # a planning region of Connecticut
        raw(geo_id="16000US9900001", product="acs3", **gini),
        raw(product="acs1", **gini),
        raw(**gini) | {"vintage": None},
    )
    assert {(r["geo_id"], r["geo_level"], r["period_start"], r["period_end"].year, r["vintage"]) for r in rows} == {
        ("09110", "county", date(2018, 1, 1), 2022, "2022 5-year"),
        ("9900001", "place", date(2010, 1, 1), 2012, "2012 3-year"),
        ("9900001", "place", date(2012, 1, 1), 2012, "2012 1-year"),
        ("9900001", "place", date(2008, 1, 1), 2012, "2014-01-01 aaaaaaaa"),
    }


def test_within_a_vintage_the_row_known_last_counts(bench: Any) -> None:
    first = raw(b19083_001=(0.4, 0.1), b17001_001=(400, 9), b17001_002=(100, 8))
    again = raw(b19083_001=(0.5, 0.1), b17001_002=(200, 8), _known_at=datetime(2015, 1, 1), _sha256="b" * 64, _order=2)
    rows = make(bench, again, first)
    assert {r["indicator"]: r["value"] for r in rows} == {"gini_index": 0.5, "poverty_pct": 50.0}


estimates = st.integers(0, 500)
margins = st.integers(0, 300)


@settings(max_examples=25, deadline=None)
@given(lines=st.lists(st.tuples(estimates, margins), min_size=6, max_size=6))
def test_the_margin_of_any_share_is_the_handbooks(one_bench: Any, lines: list[tuple[int, int]]) -> None:
    """The same formulas, line by line: the part has lines 002, 009, 010; the base has 001, 009, 010, 019, 020."""
    names = list(POVERTY)
    row = one(one_bench, raw(**dict(zip(names, lines, strict=True))))
    total, poor, poor_under, poor_graduate, under, graduate = (estimate for estimate, _ in lines)
    part, base = poor - poor_under - poor_graduate, total - poor_under - poor_graduate - under - graduate
    if base <= 0 or not 0 <= part <= base:
        assert row["value"] is None
        return

    def variance(*which: int) -> int:
        zeros = [lines[i][1] for i in which if lines[i][0] == 0]
        return sum(lines[i][1] ** 2 for i in which if lines[i][0]) + max(zeros, default=0) ** 2

    above, below = variance(1, 2, 3), (part / base) ** 2 * variance(0, 2, 3, 4, 5)
    inside = above - below if above >= below else above + below
    assert row["value"] == pytest.approx(100 * part / base)
    assert row["moe"] == pytest.approx(100 * sqrt(inside) / base, abs=1e-6)

"""Derived indicators, worked out by hand: changes within one vintage, per person, and between surveys that do not overlap."""

from datetime import date, datetime
from typing import Any

import pytest

Row = dict[str, Any]
DERIVED = ("core.population_changes", "core.per_person", "core.survey_changes", "core.indicator_values")


def year(first: int, last: int | None = None) -> Row:
    return {"period_start": date(first, 1, 1), "period_end": date(last or first, 12, 31)}


def seen(indicator: str, value: float | None, vintage: str, period: Row, **changes: Any) -> Row:
    row = {"source": "census_population", "geo_id": "9900001", "geo_level": "place", "unit": "persons"}
    known = {"edition": vintage[:4], "known_at": datetime(2014, 6, 1)}
    return row | {"indicator": indicator, "value": value, "vintage": vintage} | known | period | changes


def survey(value: float, moe: float | None, first: int, last: int, **changes: Any) -> Row:
    told = {"source": "census_acs", "unit": "percent", "moe": moe}
    return seen("poverty_pct", value, f"{last} 5-year", year(first, last), **told) | changes


def make(bench: Any, *rows: Row) -> list[Row]:
    bench.given("core.observations", rows)
    bench.run(*DERIVED)
    found: list[Row] = bench.rows("from core.indicator_values")
    return found


def of(rows: list[Row], indicator: str) -> list[Row]:
    return [r for r in rows if r["indicator"] == indicator]


def april(year: int) -> Row:
    return {"period_start": date(year, 4, 1), "period_end": date(year, 4, 1)}


def test_since_the_census_within_one_vintage(bench: Any) -> None:
    """V2019: 100 × (1,050 − 1,000) / 1,000 = 5. The last year of another vintage is not its end."""
    rows = make(
        bench,
        seen("population_base", 1000.0, "2019", april(2010)),
        seen("population", 1040.0, "2019", year(2018)),
        seen("population", 1050.0, "2019", year(2019)),
        seen("population", 2000.0, "2021", year(2021)),
        seen("population_base", 1600.0, "2021", april(2020)),
    )
    (ten,) = of(rows, "population_change_since_2010_pct")
    assert (ten["value"], ten["vintage"], ten["period_end"]) == (5.0, "2019", date(2019, 7, 1))
    (twenty,) = of(rows, "population_change_since_2020_pct")
    assert (twenty["value"], twenty["vintage"]) == (25.0, "2021")  # 100 × 400 / 1,600
    assert of(rows, "population_change_2000_2010_pct") == []


def permits(units: float | None, of_year: int, **changes: Any) -> Row:
    told = {"source": "census_permits", "unit": "housing_units"}
    return seen("permits_units", units, f"{of_year} annual", year(of_year), **(told | changes))


def test_permits_over_every_vintage_of_the_population(bench: Any) -> None:
    """1,000 × 12 / 4,000 = 3 by the 2019 vintage and 1,000 × 12 / 4,800 = 2.5 by the 2020 one, which counts."""
    rows = make(
        bench,
        permits(12.0, 2019, note="imputed: 6 of 12 months reported"),
        seen("population", 4000.0, "2019", year(2019)),
        seen("population", 4800.0, "2020", year(2019)),
    )
    found = {(r["vintage"], r["value"], r["is_default"], r["note"]) for r in of(rows, "permits_per_1000_people")}
    imputed = "imputed: 6 of 12 months reported"
    assert found == {
        ("2019 annual / population 2019", 3.0, False, imputed),
        ("2019 annual / population 2020", 2.5, True, imputed),
    }


@pytest.mark.parametrize(
    ("counted_in", "value", "note", "reason"),
    [
        (2021, 5.0, None, None),
        (2019, 5.0, "population of July 1, 2019", None),
        (2018, None, None, "no population estimate of the year or the two before it"),
        (2022, None, None, "no population estimate of the year or the two before it"),
    ],
)
def test_allocations_over_the_population_of_the_year_or_just_before(
    bench: Any, counted_in: int, value: float | None, note: str | None, reason: str | None
) -> None:
    """Fiscal year 2021 (October 2020 to September 2021): $20,000 / 4,000 people = $5."""
    fiscal = {"period_start": date(2020, 10, 1), "period_end": date(2021, 9, 30)}
    rows = make(
        bench,
        seen("cdbg_usd", 20000.0, "2021", fiscal, source="hud_allocations", unit="usd"),
        seen("population", 4000.0, "2022", year(counted_in)),
    )
    (row,) = of(rows, "cdbg_per_person_usd")
    assert (row["value"], row["note"], row["reason"], row["unit"]) == (value, note, reason, "usd")
    assert row["state"] == ("value" if value else "not_reported")


def test_nothing_counted_is_not_zero_and_a_month_is_no_year(bench: Any) -> None:
    month = {"period_start": date(2019, 1, 1), "period_end": date(2019, 1, 31)}
    rows = make(
        bench,
        permits(None, 2018, reason="suppressed by the publisher"),
        permits(5.0, 2019, **month),
        permits(0.0, 2017),
        seen("population", 4000.0, "2019", year(2017)),
        seen("population", 4000.0, "2019", year(2018)),
    )
    found = {(r["period_end"].year, r["value"], r["state"]) for r in of(rows, "permits_per_1000_people")}
    assert found == {(2018, None, "suppressed"), (2017, 0.0, "value")}


def test_a_change_between_surveys_carries_its_margin(bench: Any) -> None:
    """24 − 20 = 4 points; √(3² + 4²) = 5: no clear change. 30 − 24 = 6 beside √(4² + 0²) = 4: it differs."""
    rows = make(bench, survey(20, 3, 2008, 2012), survey(24, 4, 2013, 2017), survey(30, 0, 2018, 2022))
    found = {
        (r["period_start"].year, r["period_end"].year, r["value"], r["moe"], r["note"])
        for r in of(rows, "poverty_pct_change")
    }
    assert found == {
        (2008, 2017, 4.0, 5.0, "no clear change"),
        (2013, 2022, 6.0, 4.0, "differs at 90 percent confidence"),
    }
    assert {r["unit"] for r in of(rows, "poverty_pct_change")} == {"percentage_points"}


def test_surveys_that_overlap_or_are_of_other_lengths_are_never_compared(bench: Any) -> None:
    """2009–2013 shares four years with 2008–2012; one year is not five; 2016 ends where 2013–2017 has begun."""
    rows = make(
        bench,
        survey(20, 3, 2008, 2012),
        survey(21, 3, 2009, 2013),
        survey(22, 3, 2012, 2016),
        survey(23, 3, 2016, 2016, vintage="2016 1-year"),
        survey(19, 3, 2005, 2005, vintage="2005 1-year", unit="usd", indicator="median_household_income_usd"),
        survey(25, 3, 2016, 2016, vintage="2016 1-year", unit="usd", indicator="median_household_income_usd"),
    )
    assert [r for r in rows if r["indicator"].endswith("_change")] == []


def test_without_a_margin_nothing_is_said_to_differ(bench: Any) -> None:
    rows = make(bench, survey(20, None, 2008, 2012), survey(40, 4, 2013, 2017))
    (row,) = of(rows, "poverty_pct_change")
    assert (row["value"], row["moe"], row["note"]) == (20.0, None, "no margin of error")


def test_nothing_observed_is_nothing_derived(bench: Any) -> None:
    assert make(bench) == []

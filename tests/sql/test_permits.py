"""Building permits by place: imputation, parts of a place, periods, and rows that are no place's."""

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

Row = dict[str, Any]
COUNTS = [f"{what}_{size}" for size in ("1", "2", "3_4", "5_up") for what in ("buildings", "units", "value_usd")]
ESTIMATED = (11, 11, 1_100_000, 1, 2, 200_000, 0, 0, 0, 1, 24, 2_400_000)  # 37 units, 3.7 million dollars
REPORTED = (5, 5, 500_000, 0, 0, 0, 0, 0, 0, 0, 0, 0)
ZEROS = (0,) * 12
YEAR = {"period_start": date(2024, 1, 1), "period_end": date(2024, 12, 31)}


def office(
    number: int = 1, months: int | None = 12, estimated: Any = ESTIMATED, reported: Any = ESTIMATED, **changes: Any
) -> Row:
    row: Row = {
        "survey_date": "2024",
        "state": "99",
        "office_id": f"{number:06d}",
        "place": "00124",
        "name": f"Alder {number}",
    }
    row |= dict(zip(COUNTS, estimated, strict=True)) | {"months_reported": months, "vintage": "2024 annual"} | YEAR
    row |= dict(zip((f"{c}_reported" for c in COUNTS), reported or [None] * 12, strict=True))
    return (
        row
        | {"_known_at": datetime(2025, 5, 1), "_sha256": "aaaaaaaaaa", "_file": "a", "_order": 1, "_row": 4}
        | changes
    )


def make(bench: Any, *rows: Row) -> list[Row]:
    bench.given("raw.census_permits", rows)
    bench.run("staging.census_permits")
    found: list[Row] = bench.rows("from staging.census_permits")
    keys = {(r["geo_id"], r["indicator"], r["period_start"], r["period_end"], r["vintage"]) for r in found}
    assert len(keys) == len(found), "one row per key"
    assert all((r["value"] is None) == (r["reason"] is not None) for r in found)
    return found


def told(rows: list[Row], column: str = "value") -> dict[str, Any]:
    return {r["indicator"].removeprefix("permits_"): r[column] for r in rows}


def test_a_year_reported_in_full(bench: Any) -> None:
    """11 + 2 + 0 + 24 = 37 units; 1.1 + 0.2 + 0 + 2.4 = 3.7 million dollars."""
    rows = make(bench, office())
    assert told(rows) == {
        "units": 37,
        "units_reported": 37,
        "single_family_units": 11,
        "value_usd": 3_700_000,
        "months_reported": 12,
    }
    assert told(rows, "unit") == {
        "units": "housing_units",
        "units_reported": "housing_units",
        "single_family_units": "housing_units",
        "value_usd": "usd",
        "months_reported": "months",
    }
    assert {(r["geo_id"], r["geo_level"], r["period_start"], r["period_end"]) for r in rows} == {
        ("9900124", "place", *YEAR.values())
    }
    assert {(r["note"], r["moe"]) for r in rows} == {(None, None)}


def test_no_month_reported_is_imputed_and_never_zero(bench: Any) -> None:
    rows = make(bench, office(months=0, reported=ZEROS))
    assert told(rows) == {
        "units": 37,
        "units_reported": None,
        "single_family_units": 11,
        "value_usd": 3_700_000,
        "months_reported": 0,
    }
    assert told(rows, "note")["units"] == "imputed: 0 of 12 months reported"
    assert told(rows, "reason")["units_reported"] == "no month was reported"
    assert told(make(bench, office(months=0, estimated=ZEROS, reported=ZEROS)))["units"] == 0  # an estimate of none


def test_a_year_reported_in_part(bench: Any) -> None:
    rows = make(bench, office(months=5, reported=REPORTED))
    assert (told(rows)["units"], told(rows)["units_reported"]) == (37, 5)
    assert told(rows, "note") == {
        "units": "imputed: 5 of 12 months reported",
        "single_family_units": "imputed: 5 of 12 months reported",
        "value_usd": "imputed: 5 of 12 months reported",
        "units_reported": "partial: 5 of 12 months reported",
        "months_reported": None,
    }


def test_a_year_to_date_covers_its_months(bench: Any) -> None:
    rows = make(bench, office(months=2, period_end=date(2024, 3, 31), vintage="2024-03 year to date"))
    assert told(rows, "note")["units"] == "imputed: 2 of 3 months reported"
    assert {r["period_end"] for r in rows} == {date(2024, 3, 31)}


@pytest.mark.parametrize(
    ("code", "units", "reported", "months", "note", "reason"),
    [
        ("2", 37, 37, 1, None, None),
        ("5", 37, None, 0, "imputed: 0 of 1 months reported", "no month was reported"),
        ("9", None, None, 0, None, "no month was reported"),
    ],
)
def test_a_month_tells_its_source(
    bench: Any, code: str, units: int | None, reported: int | None, months: int, note: str | None, reason: str | None
) -> None:
    month = {"period_start": date(2024, 2, 1), "period_end": date(2024, 2, 29), "source_code": code}
    rows = make(bench, office(months=None, reported=None, **month))
    assert (told(rows)["units"], told(rows)["units_reported"], told(rows)["months_reported"]) == (
        units,
        reported,
        months,
    )
    assert (told(rows, "note")["units"], told(rows, "reason")["units_reported"]) == (note, reason)
    if units is None:
        assert told(rows, "reason")["units"] == "no report was received and none imputed"


def test_a_file_without_the_second_block_says_nothing_of_what_was_reported(bench: Any) -> None:
    rows = make(bench, office(reported=None))
    assert (told(rows)["units"], told(rows)["units_reported"]) == (37, None)
    assert told(rows, "reason")["units_reported"] == "the file gives no figure"


def test_remainders_of_counties_and_offices_without_a_place_make_no_row(bench: Any) -> None:
    assert make(bench, office(place="99990"), office(2, place="00000"), office(3, place=None)) == []


def test_offices_that_share_a_place_are_added_up(bench: Any) -> None:
    """37 + 37 units; the second reported 5 of its months, 37 + 5 units. That they are alike to the dollar may be chance."""
    rows = make(bench, office(), office(2, months=5, reported=REPORTED))
    assert (told(rows)["units"], told(rows)["units_reported"], told(rows)["months_reported"]) == (74, 42, 5)
    assert told(rows, "note")["units"] == (
        "imputed: 1 of 2 permit offices did not report every month; sum of 2 permit offices"
    )
    assert {r["name"] for r in rows} == {"Alder 1 and 1 more"}


def test_what_one_part_lacks_the_place_lacks(bench: Any) -> None:
    rows = make(bench, office(), office(2, months=0, reported=ZEROS), office(3, units_2=None))
    assert (told(rows)["units"], told(rows)["units_reported"], told(rows)["single_family_units"]) == (None, None, 33)
    assert told(rows, "reason")["units_reported"] == "a permit office of the place reported no month"
    assert told(rows, "reason")["units"] == "the file gives no figure"


PARTS = st.lists(st.lists(st.integers(0, 50), min_size=4, max_size=4), min_size=2, max_size=5)


@settings(deadline=None)
@given(PARTS)
@example([[0, 0, 0, 1], [1, 0, 0, 0], [1, 0, 1, 0]])  # the third has the totals of the others, but not their buildings
def test_a_row_of_the_whole_place_does_not_count_twice(one_bench: Any, parts: list[list[int]]) -> None:
    """Adding a row that is the sum of the others changes no figure, where two or more of them have units."""
    counted = [[n for many in part for n in (many, 2 * many, 1000 * many)] for part in parts]
    whole = [sum(column) for column in zip(*counted, strict=True)]
    assume(sum(map(any, parts)) > 1 and all([2 * n for n in part] != whole for part in counted))
    offices = [office(n, estimated=c, reported=c) for n, c in enumerate(counted, 1)]
    total = office(99, estimated=whole, reported=whole, name="A place whole")
    alone, together = (told(make(one_bench, *rows)) for rows in (offices, [*offices, total]))
    assert alone == together
    assert alone["units"] == 2 * sum(map(sum, parts))


def test_vintages_are_kept_apart_and_a_file_sent_again_replaces_itself(bench: Any) -> None:
    """The second sending of the file has only one of the place's two offices: the other is gone from that edition."""
    again = {"_known_at": datetime(2025, 6, 1), "_sha256": "bbbbbbbbbb", "_order": 2}
    sent = [office(), office(2), office(1, **again)]
    revised = office(1, estimated=REPORTED, vintage="2024 annual revised", _file="r")
    undated = office(1, vintage=None, _file="u")
    rows = [r for r in make(bench, *sent, revised, undated) if r["indicator"] == "permits_units"]
    assert {(r["vintage"], r["value"]) for r in rows} == {
        ("2024 annual", 37),
        ("2024 annual revised", 5),
        ("2025-05-01 aaaaaaaa", 37),
    }


def test_the_same_office_in_two_files_of_one_edition_counts_once(bench: Any) -> None:
    rows = make(bench, office(), office(_file="copy", _known_at=datetime(2025, 7, 1), _sha256="c"))
    assert told(rows)["units"] == 37

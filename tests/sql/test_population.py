"""Population of places and counties of every decade: one level, and of every other level why not."""

from datetime import date, datetime
from typing import Any

Row = dict[str, Any]
RECEIPT = {"_known_at": datetime(2024, 12, 5), "_file": "x.csv", "_sha256": "a" * 64, "_order": 1, "_row": 2}


def county(sumlev: str = "050", **figures: Any) -> Row:
    row = {"sumlev": sumlev, "state": "99", "county": "001", "ctyname": "Alder County", "vintage": "2020"}
    return row | RECEIPT | figures


def test_counties_alone_make_figures(bench: Any) -> None:
    bench.given(
        "raw.census_population_counties",
        [
            county(census2010pop=100, estimatesbase2010=101, popestimate_2020=120),
            county("040", county="000", popestimate_2020=999),
        ],
    )
    bench.run("staging.census_population_counties")
    columns = "geo_id, geo_level, indicator, period_start, period_end, value"
    found = bench.rows(f"select {columns} from staging.census_population_counties order by indicator")
    assert [tuple(r.values()) for r in found] == [
        ("99001", "county", "population", date(2020, 1, 1), date(2020, 12, 31), 120.0),
        ("99001", "county", "population_base", date(2010, 4, 1), date(2010, 4, 1), 101.0),
        ("99001", "county", "population_census", date(2010, 4, 1), date(2010, 4, 1), 100.0),
    ]


def test_estimates_between_two_counts_say_so(bench: Any) -> None:
    bench.given(
        "raw.census_population_counties",
        [county(vintage="2011 intercensal", popestimate_2005=50, estimatesbase2000=49)],
    )
    bench.run("staging.census_population_counties")
    found = bench.rows("select indicator, note from staging.census_population_counties order by indicator")
    assert [tuple(r.values()) for r in found] == [
        ("population", "estimated between two counts"),
        ("population_base", None),
    ]


def test_every_level_received_is_listed_with_why_it_is_used_or_not(bench: Any) -> None:
    place = {"state": "99", "place": "00001", "name": "Alder city", "vintage": "2019"} | RECEIPT
    bench.given("raw.census_population", [place | {"sumlev": level} for level in ("162", "157", "157", "061", "999")])
    bench.given("raw.census_population_counties", [county(), county("040")])
    bench.run("staging.census_population_levels")
    found = bench.rows("from staging.census_population_levels")
    assert {(r["product"], r["sumlev"], r["accepted_rows"], r["is_used"]) for r in found} == {
        ("CO-EST", "040", 1, False),
        ("CO-EST", "050", 1, True),
        ("SUB-EST", "061", 1, False),
        ("SUB-EST", "157", 2, False),
        ("SUB-EST", "162", 1, True),
        ("SUB-EST", "999", 1, False),
    }
    assert all(r["reason"] for r in found)

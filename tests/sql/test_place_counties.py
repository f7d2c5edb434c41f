"""Which county a place lies in, and the county's figures as a city's context."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from assets.raw import places

Row = dict[str, Any]
RECEIPT = {"_known_at": datetime(2022, 1, 1), "_file": "f", "_sha256": "aaaaaaaaaa", "_row": 2, "_order": 1}


def made(
    bench: Any, listed: list[Row], parts: Sequence[Row] = (), figures: Sequence[Row] = (), cities: Sequence[str] = ()
) -> None:
    bench.given("raw.census_gazetteer")
    bench.given("raw.place_county", [RECEIPT | {"vintage": "2020"} | row for row in listed])
    bench.given("raw.census_population", [RECEIPT | {"vintage": "2021"} | row for row in parts])
    places.build(bench.connection)
    bench.run("staging.place_county", "core.place_counties")
    bench.given("core.cities", [{"city_id": city, "name": city} for city in cities])
    bench.given("core.indicator_values", figures)
    bench.run("core.city_context", "published.city_context")


def link(place: str, county: str, **more: Any) -> Row:
    return {"place_id": place, "county_id": county, **more}


def part(place: str, county: str, people: int | None, year: int = 2021, **more: Any) -> Row:
    row = {"sumlev": "157", "state": place[:2], "place": place[2:], "county": county[2:], "name": f"{place} (pt.)"}
    return row | {f"popestimate_{year}": people} | more


def figure(geo: str, value: float | None, **more: Any) -> Row:
    row = {"geo_id": geo, "geo_level": "place" if len(geo) == 7 else "county", "indicator": "unemployment_rate"}
    row |= {
        "city_id": geo if len(geo) == 7 else None,
        "period_start": date(2013, 1, 1),
        "period_end": date(2013, 12, 31),
    }
    row |= {"value": value, "state": "not_reported" if value is None else "value", "unit": "percent", "vintage": "2014"}
    return row | {"source": "bls_laus", "is_default": True, "known_at": datetime(2014, 5, 1)} | more


def shares(bench: Any) -> list[tuple[Any, ...]]:
    rows = bench.rows("from core.place_counties order by place_id, source, county_id")
    return [(r["place_id"], r["county_id"], r["share"], r["share_of"], r["is_primary"], r["counties"]) for r in rows]


def test_primary_county_by_people_by_land_or_none(bench: Any) -> None:
    made(
        bench,
        listed=[
            link("0600001", "06001"),  # one county: primary, though nothing tells a share
            link("0600002", "06001"), link("0600002", "06003"),  # two and no share: none
            link("0600003", "06001", land_m2=100), link("0600003", "06003", land_m2=300),
            link("0600004", "06001", land_m2=100), link("0600004", "06003", land_m2=100),  # two alike: none
            link("0600005", "06001", land_m2=900, population=10), link("0600005", "06003", land_m2=100, population=30),
            link("0600006", "06001", population=0), link("0600006", "06003", population=0),  # nobody: no division by zero
            link("0699999", "06003"), link(None, "06003", land_m2=5),  # outside every place
        ],
    )  # fmt: skip
    assert shares(bench) == [
        ("0600001", "06001", None, None, True, 1),
        ("0600002", "06001", None, None, False, 2),
        ("0600002", "06003", None, None, False, 2),
        ("0600003", "06001", 0.25, "land", False, 2),  # 100 of 400
        ("0600003", "06003", 0.75, "land", True, 2),
        ("0600004", "06001", 0.5, "land", False, 2),
        ("0600004", "06003", 0.5, "land", False, 2),
        ("0600005", "06001", 0.25, "population", False, 2),  # 10 of 40: people count before land
        ("0600005", "06003", 0.75, "population", True, 2),
        ("0600006", "06001", None, None, False, 2),
        ("0600006", "06003", None, None, False, 2),
    ]


def test_county_parts_of_the_population_file_give_shares(bench: Any) -> None:
    whole = {"sumlev": "162", "state": "06", "place": "00001", "county": "000", "popestimate_2021": 400}
    rest = part("0699990", "06001", 7)  # what remains of a county
    made(bench, [], [part("0600001", "06001", 100), part("0600001", "06003", 300), whole, rest])
    assert shares(bench) == [
        ("0600001", "06001", 0.25, "population", False, 2),
        ("0600001", "06003", 0.75, "population", True, 2),
    ]


def test_context_only_where_the_city_has_no_value_of_its_own(bench: Any) -> None:
    cities = ["0600001", "0600002", "0600003"]
    figures = [
        figure("0600001", 7.5),  # its own
        figure("0600002", None),  # none was published: the county's is shown beside it
        figure("06001", 9.0),
        figure("06001", 8.0, vintage="2013", is_default=False),
        figure("06003", None, indicator="poverty_pct"),
        figure("06001", 20.0, indicator="poverty_pct"),
    ]
    listed = [link("0600001", "06001"), link("0600002", "06001"), link("0600003", "06001"), link("0600003", "06003")]
    made(bench, listed, figures=figures, cities=cities)
    assert [
        (r["city_id"], r["indicator"], r["geo_id"], r["geo_level"], r["value"], r["vintage"])
        for r in bench.rows("from published.city_context")
    ] == [
        ("0600001", "poverty_pct", "06001", "county", 20.0, "2014"),
        ("0600002", "poverty_pct", "06001", "county", 20.0, "2014"),
        ("0600002", "unemployment_rate", "06001", "county", 9.0, "2014"),
    ]  # the third lies in two counties and nothing tells how much in each


def test_the_two_systems_of_connecticut_stand_side_by_side(bench: Any) -> None:
    city = "0908000"
    figures = [
        figure("09001", 6.0),
        figure("09120", 5.0, period_start=date(2023, 1, 1), period_end=date(2023, 12, 31)),
        figure("09190", 4.0, period_start=date(2023, 1, 1), period_end=date(2023, 12, 31)),  # not its region
    ]
    listed = [link(city, "09001"), link(city, "09120", vintage="2022")]
    made(bench, listed, figures=figures, cities=[city])
    assert [(r["geo_id"], r["value"], r["link_vintage"]) for r in bench.rows("from core.city_context")] == [
        ("09001", 6.0, "2020"),
        ("09120", 5.0, "2022"),
    ]
    systems = bench.rows("select county_id, county_system from core.place_counties order by 1")
    assert [tuple(r.values()) for r in systems] == [("09001", "county"), ("09120", "planning_region")]

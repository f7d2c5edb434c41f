"""What publishers say about a place: vintages, periods, geographies, and figures they do not give."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from assets.raw import places

Row = dict[str, Any]
TABLES = ("bls_laus_county", "bls_laus_data", "bls_laus_area", "bls_laus_footnote", "census_population")
TABLES += ("census_population_places", "census_population_counties", "hud_allocations", "census_gazetteer")
TABLES += ("census_acs", "census_saipe", "census_permits", "bea_county")
SERIES = "LAUCT{place}000000{measure}"  # 20 characters: LA, U, CT, 2 of state, 5 of place, six zeros, measure


def receipt(day: str = "2014-06-01", sha256: str = "aaaaaaaaaa", row: int = 2) -> Row:
    return {"_known_at": datetime.fromisoformat(day), "_file": f"{sha256}.txt", "_sha256": sha256, "_row": row}


def make(bench: Any, **given: list[Row]) -> list[Row]:
    """core.indicator_values from raw rows; tables left out are empty."""
    bench.reference()
    for table in TABLES:
        bench.given(f"raw.{table}", given.get(table, []))
    places.build(bench.connection)
    bench.run(
        "staging.bls_laus_county", "staging.bls_laus_places", "staging.bls_laus_flat", "staging.census_population"
    )
    bench.run("staging.census_population_places", "staging.hud_allocations")
    bench.run("staging.census_population_counties", "staging.acs_variables", "staging.census_acs")
    bench.run("staging.census_saipe", "staging.census_permits", "staging.bea_county", "core.observations")
    bench.run("core.population_changes", "core.per_person", "core.survey_changes", "core.indicator_values")
    rows: list[Row] = bench.rows("from core.indicator_values")
    keys = {(r["geo_id"], r["indicator"], r["period_start"], r["period_end"], r["vintage"]) for r in rows}
    assert len(keys) == len(rows), "one row per key"
    for row in rows:
        assert (row["value"] is not None) == (row["state"] == "value")
    return rows


def county(rate: float | None, vintage: str | None, receipt: Row, **changes: Any) -> Row:
    row = {"area_code": "CN0100100000000", "state_fips": "01", "county_fips": "001", "year": 2013, "vintage": vintage}
    return (
        row | {"unemployment_rate": rate, "labor_force": 1000, "employed": 900, "unemployed": 100} | receipt | changes
    )


def flat(measure: str, period: str, value: float | None, **changes: Any) -> Row:
    row = {"series_id": SERIES.format(place="9900001", measure=measure), "year": 2013, "period": period}
    return row | {"value": value, "vintage": "2014-04"} | receipt() | changes


def test_both_vintages_are_kept_and_the_later_is_the_default(bench: Any) -> None:
    # the older release arrives later: what counts is what the release says of itself
    newer = county(6.3, "2023-04-21", receipt("2026-01-01"))
    older = county(6.2, "2020-04-17", receipt("2026-02-01", "b"))
    rows = [r for r in make(bench, bls_laus_county=[newer, older]) if r["indicator"] == "unemployment_rate"]
    assert {(r["vintage"], r["value"], r["is_default"]) for r in rows} == {
        ("2023-04-21", 6.3, True),
        ("2020-04-17", 6.2, False),
    }


@pytest.mark.parametrize(
    ("first", "second", "default"),
    [
        ("2013", "2019", "2019"),
        ("V2013", "Vintage 2019", "Vintage 2019"),
        ("2019", "2019-05-01", "2019-05-01"),  # a day within the year is later than the year
        ("final", "2013", "final"),  # no date in it: dated by its arrival, 2014-06-01
        ("final", "2015", "2015"),
        ("2014-11 year to date", "2014 annual", "2014 annual"),
        ("2014 annual revised", "2014 annual", "2014 annual revised"),
    ],
)
def test_which_vintage_is_last(bench: Any, first: str, second: str, default: str) -> None:
    rows = make(bench, bls_laus_county=[county(1.0, first, receipt()), county(2.0, second, receipt(sha256="b"))])
    assert {r["vintage"] for r in rows if r["is_default"]} == {default}


def test_two_files_that_declare_no_vintage_do_not_collide(bench: Any) -> None:
    # both arrived on the same day with the same rows of another release
    one, two = county(6.2, None, receipt(sha256="1" * 64)), county(6.3, None, receipt(sha256="2" * 64))
    rows = make(bench, bls_laus_county=[one, two])
    assert {r["vintage"] for r in rows} == {"2014-06-01 11111111", "2014-06-01 22222222"}
    assert len(rows) == 8  # 4 indicators × 2
    assert sum(r["is_default"] for r in rows) == 4
    # and a file of the same vintage that is sent again corrects it
    again = county(6.4, "2020", receipt("2014-07-01", "3"))
    rows = make(bench, bls_laus_county=[again, county(6.3, "2020", receipt())])
    assert [r["value"] for r in rows if r["indicator"] == "unemployment_rate"] == [6.4]


def test_a_county_is_context_and_a_place_is_a_city(bench: Any) -> None:
    rows = make(bench, bls_laus_county=[county(6.3, "2014", receipt())], bls_laus_data=[flat("03", "M13", 7.7)])
    found = {(r["geo_id"], r["geo_level"], r["city_id"]): r["value"] for r in rows if r["unit"] == "percent"}
    assert found == {("01001", "county", None): 6.3, ("9900001", "place", "9900001"): 7.7}


def test_the_annual_average_is_no_month_and_no_mean_of_months(bench: Any) -> None:
    months = [flat("03", f"M{m:02}", float(m)) for m in range(1, 13)]  # mean 6.5
    rows = make(bench, bls_laus_data=[*months, flat("03", "M13", 6.1)])
    years = [r for r in rows if r["period_start"] == date(2013, 1, 1) and r["period_end"] == date(2013, 12, 31)]
    assert [r["value"] for r in years] == [6.1]
    spans = sorted((r["period_start"], r["period_end"], r["value"]) for r in rows if r not in years)
    assert len(spans) == 12
    assert spans[0] == (date(2013, 1, 1), date(2013, 1, 31), 1.0)
    assert spans[1][1] == date(2013, 2, 28)
    assert spans[11] == (date(2013, 12, 1), date(2013, 12, 31), 12.0)
    # without M13 there is no year
    assert {r["period_end"].month for r in make(bench, bls_laus_data=months[:6])} == {1, 2, 3, 4, 5, 6}


def test_measures_and_adjustment(bench: Any) -> None:
    data = [flat(m, "M13", 50.0) for m in ("03", "04", "05", "06", "07")]
    adjusted = flat("03", "M13", 99.0, series_id="LASCT990000100000003")
    rows = make(bench, bls_laus_data=[*data, adjusted])
    assert {(r["indicator"], r["unit"], r["value"]) for r in rows} == {
        ("unemployment_rate", "percent", 50.0),
        ("unemployed", "persons", 50.0),
        ("employed", "persons", 50.0),
        ("labor_force", "persons", 50.0),
    }


def test_a_dash_is_not_zero_and_says_why(bench: Any) -> None:
    note = {"footnote_code": "X", "footnote_text": "Data unavailable"} | receipt()
    dash = flat("03", "M10", None, value_missing="not_available", footnote_codes="X")
    unknown = flat("03", "M11", None, value_missing="not_available", footnote_codes="Q")
    bare = flat("03", "M12", None, value_missing="not_available")
    closed = flat("03", "M09", None, value_missing="suppressed")
    rows = make(bench, bls_laus_data=[dash, unknown, bare, closed], bls_laus_footnote=[note])
    assert {(r["period_start"].month, r["value"], r["state"], r["reason"]) for r in rows} == {
        (10, None, "not_reported", "Data unavailable"),
        (11, None, "not_reported", "Q"),
        (12, None, "not_reported", "not_available"),
        (9, None, "suppressed", "suppressed"),
    }


def test_only_counties_and_places_of_the_area_file(bench: Any) -> None:
    codes = {"CT9900001000000": "G", "CT9900002000000": "H", "CT9900003000000": "I", "CN9900100000000": "F"}
    codes |= {"CS9900400000000": "G", "ST9900000000000": "A"}
    areas = [{"area_code": c, "area_type_code": t, "area_text": c} | receipt() for c, t in codes.items()]
    data = [flat("03", "M13", 5.0, series_id=f"LAU{code}03") for code in codes]
    assert {r["geo_id"] for r in make(bench, bls_laus_data=data, bls_laus_area=areas)} == {
        "9900001",
        "9900002",
        "99001",
    }
    # without the area file the code itself tells
    found = {r["geo_id"] for r in make(bench, bls_laus_data=data)}
    assert found == {"9900001", "9900002", "9900003", "99001"}


def place_of(vintage: str, place: str = "00001", **figures: Any) -> Row:
    row = {"sumlev": "162", "state": "99", "place": place, "name": "Alpha city", "vintage": vintage}
    return row | receipt(sha256=vintage) | figures


def test_population_is_of_the_whole_place_alone(bench: Any) -> None:
    whole = place_of("2013", popestimate_2012=990, popestimate_2013=1000, census2010pop_missing="not_in_census_2010")
    part = place_of("2013", popestimate_2013=400) | {"sumlev": "157", "county": "001", "_row": 3}
    rows = make(bench, census_population=[whole, part])
    found = {(r["indicator"], r["period_start"], r["period_end"], r["value"], r["reason"]) for r in rows}
    assert found == {
        ("population", date(2012, 1, 1), date(2012, 12, 31), 990.0, None),
        ("population", date(2013, 1, 1), date(2013, 12, 31), 1000.0, None),
        ("population_census", date(2010, 4, 1), date(2010, 4, 1), None, "not_in_census_2010"),
    }


def test_the_balance_of_a_consolidated_city_counts_once(bench: Any) -> None:
    """Listed as 162 and 172, as 172 alone, and a place within that is no balance."""
    both = [
        place_of("2019", place="00003", name="Alpha city (balance)", sumlev=level, popestimate_2019=n)
        for level, n in (("172", 8), ("162", 9))
    ]
    alone = place_of("2019", place="00006", name="Beta metro government (balance)", sumlev="172", popestimate_2019=7)
    within = place_of("2019", place="00007", name="Gamma town", sumlev="172", popestimate_2019=1)
    whole = place_of("2019", place="00002", name="Alpha city", sumlev="170", popestimate_2019=10)
    found = {r["geo_id"]: r["value"] for r in make(bench, census_population=[*both, alone, within, whole])}
    assert found == {"9900003": 9.0, "9900006": 7.0}


def test_a_change_is_never_chained_across_vintages(bench: Any) -> None:
    def changes(*rows: Row) -> dict[tuple[str, str], float]:
        found = make(bench, census_population=list(rows))
        return {
            (r["geo_id"], r["vintage"]): r["value"]
            for r in found
            if r["indicator"] == "population_change_2000_2010_pct"
        }

    # the April counts of one vintage: 100 × (38000 - 40000) / 40000 = -5, exactly; the July ones would say -10
    april = {"estimatesbase2000": 40000, "census2010pop": 38000, "popestimate_2000": 40000, "popestimate_2010": 36000}
    assert changes(place_of("2010", **april)) == {("9900001", "2010"): -5.0}
    # only July estimates: 100 × (110 - 100) / 100
    july = {"popestimate_2000": 100, "popestimate_2010": 110}
    assert changes(place_of("2010", **july)) == {("9900001", "2010"): 10.0}
    # 2000 in one vintage and 2010 in another: cannot be said
    split = place_of("2009", popestimate_2000=100), place_of("2019", popestimate_2010=110)
    assert changes(*split) == {}
    assert changes(place_of("2010", popestimate_2000=0, popestimate_2010=5)) == {}  # from nothing there is no rate


def test_the_file_with_codes_wins_over_the_workbook_of_the_same_vintage(bench: Any) -> None:
    book = {"place": "9900001", "popestimate_2013": 999, "popestimate_2012": 5, "vintage": "2013"} | receipt(
        "2015-01-01"
    )
    gone = book | {"place": "9900002", "popestimate_2013": None, "popestimate_2013_missing": "not_applicable"}
    rows = make(
        bench, census_population=[place_of("2013", popestimate_2013=1000)], census_population_places=[book, gone]
    )
    found = {(r["geo_id"], r["period_start"].year): (r["value"], r["state"]) for r in rows}
    assert found[("9900001", 2013)] == (1000.0, "value")
    assert found[("9900001", 2012)] == (5.0, "value")  # what the other lacks is not lost
    assert found[("9900002", 2013)] == (None, "not_reported")


def test_hud_grantees_are_matched_exactly_or_listed(bench: Any) -> None:
    names = ["9900001 Alpha city", "9900002 Beta City city", "9900003 Gamma city", "9900004 Gamma CDP"]
    names += ["9900005 Islip CDP", "9900006 Delta town"]
    gazetteer = [
        {"geoid": n[:7], "name": n[8:], "usps": "CA", "intptlat": 1.0, "intptlong": 2.0} | receipt() for n in names
    ]
    for row in gazetteer:
        row["geoid"] = "06" + row["geoid"][2:]  # a state that the reference knows
    grantees = [
        ("ALPHA", "51", "matched", "0600001"),
        ("BETA CITY", "52", "matched", "0600002"),
        ("DELTA TOWN", "52", "matched", "0600006"),
        ("GAMMA", "52", "ambiguous", None),  # a city and a CDP of that name
        ("ISLIP TOWN", "52", "unmatched", None),  # the town is not the CDP
        ("ALPHA", "61", "not_a_city", None),  # an urban county of the same name
    ]
    allocations = [
        {"uogid": str(n), "name": name, "type": kind, "stusab": "CA", "state": "06", "year": 2021}
        | {"cdbg_amt": Decimal("924981.00"), "esg_amt": Decimal(0), "tot_amt": Decimal("924981.00")}
        | receipt(row=n)
        for n, (name, kind, _, _) in enumerate(grantees)
    ]
    rows = make(bench, hud_allocations=allocations, census_gazetteer=gazetteer)
    staged = bench.rows("from staging.hud_allocations order by uogid")
    assert [(r["match_state"], r["geo_id"]) for r in staged] == [(state, geo) for _, _, state, geo in grantees]
    # fiscal year 2021 is October 2020 to September 2021; an allocation of zero is a value, one not given no row
    alpha = {r["indicator"]: (r["value"], r["period_start"], r["period_end"]) for r in rows if r["geo_id"] == "0600001"}
    assert alpha == {
        "cdbg_usd": (924981.0, date(2020, 10, 1), date(2021, 9, 30)),
        "esg_usd": (0.0, date(2020, 10, 1), date(2021, 9, 30)),
        "cdbg_per_person_usd": (None, date(2020, 10, 1), date(2021, 9, 30)),  # no population was received
    }


def test_no_indicator_source_at_all(bench: Any) -> None:
    assert make(bench) == []


REAL = Path(__file__).resolve().parents[3] / "shared" / "real" / "census_gazetteer_2010" / "Gaz_places_national.csv.gz"
HUD = REAL.parents[1] / "hud_cpd_allocations" / "Community_Development_Block_Grant_Grantee_Areas.csv"


@pytest.mark.skipif(not REAL.exists(), reason="publishers' real files are not beside the checkout (../shared/real)")
def test_hud_column_totals_of_the_real_file(bench: Any) -> None:
    bench.reference()
    bench.given("raw.census_gazetteer")
    bench.given("raw.hud_allocations")
    bench.connection.execute(
        f"""insert into raw.census_gazetteer by name
        select "STUSPS" as usps, "GEOID" as geoid, "NAME" as name, _known_at: timestamp '2014-01-01', _sha256: 'g'
        from read_csv('{REAL}', delim = '\t', encoding = 'latin-1', all_varchar = true)"""
    )
    bench.connection.execute(
        f"""insert into raw.hud_allocations by name
        select * exclude (objectid, shape_length, shape_area), _known_at: timestamp '2021-01-01', _sha256: 'h'
        from read_csv('{HUD}', all_varchar = true)"""
    )
    places.build(bench.connection)
    bench.run("staging.hud_allocations")
    sums = bench.rows(
        """select round(sum(cdbg_usd) / 1e6, 1) as cdbg, round(sum(esg_usd) / 1e6, 1) as esg,
        round(sum(home_usd) / 1e6, 1) as home, round(sum(hopwa_usd) / 1e6, 1) as hopwa from staging.hud_allocations"""
    )
    assert sums == [{"cdbg": 3377.3, "esg": 288.8, "home": 1340.0, "hopwa": 386.7}]  # as the publisher's columns add up
    states = {
        r["match_state"]: r["n"]
        for r in bench.rows("select match_state, count(*) as n from staging.hud_allocations group by match_state")
    }
    assert sum(states.values()) == 1230
    assert states["not_a_city"] == 50 + 193 + 3  # types 21, 61 and 77
    assert states["matched"] > 0.85 * (1230 - states["not_a_city"])

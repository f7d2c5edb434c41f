"""Every LAUS area of a city or town is a place, or it is said why not."""

from datetime import date, datetime
from typing import Any

import pytest

from assets.decisions import PlaceName
from assets.raw import places

RECEIPT = {"_known_at": datetime(2024, 5, 1), "_file": "la", "_sha256": "a" * 64, "_order": 1, "_row": 2}
GAZETTEER = ["1836003 Indianapolis city (balance)", "0947515 Milford city (balance)", "0982660 West Hartford CDP"]
GAZETTEER += ["2938000 Kansas City city", "1571550 Urban Honolulu CDP"]
INDIANAPOLIS = ("CT1836000", "Indianapolis (consolidated) city, IN")
OWN_SERIES = ("CT1836003", "Indianapolis (incorporated) city, IN")
MILFORD = ("CT0947500", "Milford (consolidated) city/town, CT")
HONOLULU = ("CT1516999", "Honolulu County/city, HI")
KANSAS = ("CT2938000", "Kansas City city, MO")
JURUPA = ("CT0637692", "Jurupa Valley city, CA")
TOWN = ("CS0982590", "West Hartford town, CT")
COUNTY = ("CN0100100", "Autauga County, AL")


def made(
    bench: Any, areas: list[tuple[str, str]], *decided: PlaceName
) -> dict[str, tuple[str | None, str, str | None]]:
    bench.reference()
    names = [{"geoid": g[:7], "name": g[8:], "usps": "XX"} | RECEIPT for g in GAZETTEER]
    bench.given("raw.census_gazetteer", names)
    places.build(bench.connection, decided)
    kind = {"CN": "F", "CT": "G", "CS": "H"}
    bench.given(
        "raw.bls_laus_area",
        [{"area_code": f"{c}000000", "area_text": t, "area_type_code": kind[c[:2]]} | RECEIPT for c, t in areas],
    )
    bench.given("raw.bls_laus_footnote")
    values = [
        {"series_id": f"LAU{c}00000003", "year": 2013, "period": "M13", "value": float(n)}
        for n, (c, _) in enumerate(areas)
    ]
    bench.given("raw.bls_laus_data", [value | RECEIPT for value in values])
    bench.run("staging.bls_laus_places", "staging.bls_laus_flat")
    keys = bench.rows("select geo_id, indicator, period_start, period_end, vintage from staging.bls_laus_flat")
    assert len({tuple(k.values()) for k in keys}) == len(keys), "never two rows for one key"
    rows = bench.rows("from staging.bls_laus_places")
    return {r["area_code"][:9]: (r["geo_id"], r["match_state"], r["note"]) for r in rows}


def test_every_area_is_accounted_for(bench: Any) -> None:
    whole = "the whole consolidated city; the place is its balance"
    assert made(bench, [INDIANAPOLIS, OWN_SERIES, MILFORD, HONOLULU, KANSAS, JURUPA, TOWN, COUNTY]) == {
        "CT1836000": ("1836000", "other_geography", whole),  # kept under its own code: the place has its own series
        "CT1836003": ("1836003", "matched", None),
        "CT0947500": ("0947515", "consolidated", whole),  # the only series that there is
        "CT1516999": (
            "1516999",
            "other_geography",
            "the whole City and County of Honolulu; the place is its urban core",
        ),
        "CT2938000": ("2938000", "matched", None),
        "CT0637692": ("0637692", "not_in_gazetteer", None),
        "CS0982590": (None, "town", None),  # not the designated place of the same name
    }
    figures = {r["geo_id"]: (r["geo_level"], r["value"], r["note"]) for r in bench.rows("from staging.bls_laus_flat")}
    assert figures["1836003"] == ("place", 1.0, None)
    assert figures["0947515"] == ("place", 2.0, whole)
    assert figures["01001"] == ("county", 7.0, None)
    assert len(figures) == 7  # the town makes no row


def test_a_decision_makes_a_town_count_with_a_note(bench: Any) -> None:
    decided = PlaceName(TOWN[1], "bls_laus_area", "0982660", "2026-01-02")
    note = "figure of West Hartford town, CT used by a decision of 2026-01-02"
    assert made(bench, [TOWN], decided) == {"CS0982590": ("0982660", "decided", note)}
    (row,) = bench.rows("from staging.bls_laus_flat")
    assert (row["geo_id"], row["geo_level"], row["value"], row["note"]) == ("0982660", "place", 0.0, note)
    assert row["period_start"] == date(2013, 1, 1)


@pytest.mark.parametrize(
    ("source", "state"), [("", "decided"), ("bls_laus_area", "decided"), ("hud_allocations", "town")]
)
def test_a_decision_holds_for_its_source_or_for_all(bench: Any, source: str, state: str) -> None:
    decided = PlaceName(TOWN[1], source, "0982660", "2026-01-02")
    assert made(bench, [TOWN], decided)["CS0982590"][1] == state


def test_a_decision_never_doubles_a_place_that_has_its_own_series(bench: Any) -> None:
    decided = PlaceName(INDIANAPOLIS[1], "", "1836003", "2026-01-02")
    found = made(bench, [INDIANAPOLIS, OWN_SERIES], decided)
    assert found["CT1836000"][:2] == ("1836000", "other_geography")
    assert found["CT1836003"][:2] == ("1836003", "matched")


def test_what_is_decided_to_be_no_place_makes_no_figure(bench: Any) -> None:
    decided = PlaceName(JURUPA[1], "", None, "2026-01-02")
    assert made(bench, [JURUPA], decided) == {"CT0637692": (None, "not_a_place", None)}
    assert bench.rows("from staging.bls_laus_flat") == []

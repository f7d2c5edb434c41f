"""Which cities next: who is listed, who is served, and the order of need."""

from datetime import date, datetime
from typing import Any

from engaged import engage

Row = dict[str, Any]
PLACES = dict.fromkeys(("geoid", "name", "state", "key"), "varchar")


def ruled(city_id: str, eligible: str, met: int, rate: float | None = None, known: int = 3) -> list[Row]:
    common = {"city_id": city_id, "eligible": eligible, "criteria_met": met, "criteria_known": known}
    figures = {"population": 50000.0, "unemployment_rate": rate, "population_change_2000_2010_pct": -6.0}
    return [
        common | {"criterion": indicator, "indicator": indicator, "value": value, "on_threshold": value == 9.0}
        for indicator, value in figures.items()
    ]


def make(bench: Any, rules: list[list[Row]], listed: tuple[Row, ...] = (), **given: list[Row]) -> dict[str, Row]:
    bench.reference(as_of="2014-09-30")
    bench.given("reference.places", [{"geoid": "9900001", "name": "Alpha city", "state": "ZZ"}], PLACES)
    bench.given("metrics.eligibility_rule", [row for rows in rules for row in rows])
    bench.given("core.eligibility", listed)
    for table in ("requests", "engagement_cities"):
        bench.given(f"core.{table}", given.get(table, []))
    engage(bench, given.get("engagements", []))
    bench.run("metrics.candidates")
    return {r["city_id"]: r for r in bench.rows("from metrics.candidates")}


def interval(city_id: str, start: date, end: date | None = None) -> Row:
    return {"city_id": city_id, "eligible_from": start, "eligible_to": end}


def test_who_is_listed_and_by_what(bench: Any) -> None:
    start = date(2014, 5, 22)
    found = make(
        bench,
        [
            ruled("9900001", "yes", 2, 12.0),
            ruled("9900002", "yes", 1, 12.0),
            ruled("9900003", "cannot_say", 0),
            ruled("9900004", "no", 0, 5.0),
            ruled("9900005", "no", 0, 5.0),
            ruled("9900006", "no", 0, 5.0),
            ruled("9900007", "cannot_say", 0),
        ],
        (
            interval("9900002", start),
            interval("9900003", start, date(2014, 9, 30)),  # the last eligible day is as_of itself
            interval("9900004", start, date(2014, 9, 29)),  # over the day before
            interval("9900005", date(2014, 10, 1)),  # begins the day after
            interval("9900006", date(2014, 9, 30)),  # begins on as_of, whatever the rule says
        ),
    )
    assert {c: (r["eligible"], r["eligible_by"], r["rule_eligible"]) for c, r in found.items()} == {
        "9900001": ("yes", "rule", "yes"),
        "9900002": ("yes", "both", "yes"),
        "9900003": ("yes", "list", "cannot_say"),
        "9900006": ("yes", "list", "no"),
    }
    assert (found["9900001"]["name"], found["9900001"]["state"]) == ("Alpha city", "ZZ")
    assert found["9900002"]["name"] is None  # the gazetteer does not know it


def test_order_of_need(bench: Any) -> None:
    found = make(
        bench,
        [
            ruled("9900001", "yes", 1, 14.0),
            ruled("9900002", "yes", 2, 9.5),  # more criteria met goes first, whatever the rate
            ruled("9900003", "yes", 1, 14.0),  # a tie: by city_id
            ruled("9900004", "yes", 1, None),  # a rate not known comes after every known one
            ruled("9900005", "yes", 1, 9.0),
        ],
    )
    order = sorted(found, key=lambda c: found[c]["rank"])
    assert order == ["9900002", "9900001", "9900003", "9900005", "9900004"]
    assert [found[c]["rank"] for c in order] == [1, 2, 3, 4, 5]
    assert [c for c, r in found.items() if r["on_threshold"]] == ["9900005"]
    assert found["9900001"]["population_change"] == -6.0
    assert found["9900001"]["noncollege_poverty"] is None
    for column in ("index", "rank_low", "rank_high", "tier", "p_top_k"):
        assert {r[column] for r in found.values()} == {None}


def test_a_served_city_leaves_the_order(bench: Any) -> None:
    def asked(city_id: str | None, day: date, is_canonical: bool = True) -> Row:
        row = {"request_id": f"{city_id}{day}", "city_id": city_id, "submitted_on": day, "is_canonical": is_canonical}
        return row | {"submitted_at": datetime(2014, 1, 1)}

    started = {"E1": date(2014, 6, 1), "E2": date(2014, 10, 1), "E3": date(2014, 6, 1)}
    found = make(
        bench,
        [ruled(f"990000{n}", "yes", 1, 20.0 - n) for n in range(1, 6)],
        requests=[
            asked("9900001", date(2014, 8, 1)),
            asked("9900001", date(2014, 7, 1)),
            asked("9900002", date(2014, 7, 1), is_canonical=False),  # a test, spam or a duplicate serves nobody
            asked(None, date(2014, 7, 1)),  # a county
        ],
        engagements=[
            {"engagement_id": e, "starts_on": day, "status": "declined" if e == "E3" else None}
            for e, day in started.items()
        ],
        engagement_cities=[
            {"engagement_id": "E1", "city_id": "9900001"},
            {"engagement_id": "E1", "city_id": "9900003"},
            {"engagement_id": "E2", "city_id": "9900004"},  # starts after as_of: not served yet
            {"engagement_id": "E3", "city_id": "9900005"},  # was never approved
        ],
    )
    assert {c: (r["served"], r["first_served_on"], r["rank"]) for c, r in found.items()} == {
        "9900001": (True, date(2014, 6, 1), None),  # the engagement came before the request
        "9900002": (False, None, 1),
        "9900003": (True, date(2014, 6, 1), None),
        "9900004": (False, None, 2),
        "9900005": (False, None, 3),
    }


def test_nothing_received(bench: Any) -> None:
    assert make(bench, []) == {}

"""The program's smaller feeds on their way to core: the latest version, what is not yet seen, what a check says."""

from datetime import date, datetime
from typing import Any

from assets import catalog, checks

Row = dict[str, Any]
AS_OF = "2014-09-30"


def known(day: str = "2014-10-05", row: int = 2, **cells: Any) -> Row:
    return {"_known_at": datetime.fromisoformat(day), "_file": "a.csv", "_sha256": "a", "_row": row} | cells


def make(bench: Any, *tables: str, **raw: list[Row]) -> dict[str, list[Row]]:
    """Rows of the tables, which are made in this order, from rows of raw tables."""
    bench.reference(AS_OF)
    for table, rows in raw.items():
        bench.given(f"raw.{table}", rows)
    bench.run(*tables)
    return {t: [{k: v for k, v in r.items() if k != "known_at"} for r in bench.rows(f"from {t}")] for t in tables}


def failing(bench: Any, table: str) -> dict[str, checks.Outcome]:
    return {o.name: o for o in checks.check_table(bench.connection, catalog.load().tables[table]) if not o.passed}


def test_a_recommendation_adopted_after_as_of_is_not_adopted_yet(bench: Any) -> None:
    made = {"engagement_id": "E1", "made_on": date(2014, 6, 1)}
    rows = [
        known("2014-07-01", recommendation_id="c1", **made),
        known("2014-10-05", recommendation_id="c1", **made, adopted_on=date(2014, 9, 30)),  # known later: this counts
        known(recommendation_id="c2", **made, adopted_on=date(2014, 10, 1)),
        known(recommendation_id="c3", engagement_id="E1", made_on=date(2014, 10, 1)),
    ]
    found = make(bench, "staging.recommendations", "core.recommendations", recommendations=rows)
    assert [(r["recommendation_id"], r["adopted_on"]) for r in found["core.recommendations"]] == [
        ("c1", date(2014, 9, 30)),
        ("c2", None),
    ]
    assert len(found["staging.recommendations"]) == 3


def test_attendance_at_events_held_planned_and_unknown(bench: Any) -> None:
    events = [
        known(event_id="p1", held_on=date(2014, 9, 30), topic="Budget and finance"),
        known(event_id="p2", held_on=date(2014, 10, 1), topic="budget"),
        known(event_id="p3", held_on=date(2014, 9, 1), topic="gardening"),
        known(event_id="p4", held_on=date(2014, 9, 1)),
    ]
    came = [known(event_id=f"p{n}", city="4748000", attendees=n) for n in range(1, 5)]
    came += [known("2014-10-06", event_id="p1", city="4748000", attendees=None), known(event_id="p9", city="4748000")]
    tables = (
        "staging.peer_events",
        "staging.attendance",
        "core.peer_events",
        "core.attendance",
        "published.attendance",
    )
    found = make(bench, *tables, peer_events=events, attendance=came)
    assert [(r["event_id"], r["topic"]) for r in found["core.peer_events"]] == [
        ("p1", "budget"),  # the title of a topic is its id
        ("p3", "unclassified"),
        ("p4", None),  # about no single one
    ]
    assert [(r["event_id"], r["attendees"], r["held_on"]) for r in found["core.attendance"]] == [
        ("p1", None, date(2014, 9, 30)),  # said later that nobody counted: not 1, and not 0
        ("p3", 3, date(2014, 9, 1)),
        ("p4", 4, date(2014, 9, 1)),
        ("p9", None, None),  # kept, and told
    ]
    assert found["published.attendance"] == found["core.attendance"]
    bench.given("core.cities", [{"city_id": "4748000"}])
    told = failing(bench, "core.attendance")
    assert {n: o.severity for n, o in told.items()} == {"event_id_references": "warn"} and "p9" in str(told)


def test_use_of_the_library_by_local_day_and_topic(bench: Any) -> None:
    resources = [
        known(resource_id="g1", topic="housing", published_on=date(2014, 1, 1), reviewed_on=date(2014, 12, 1)),
        known(resource_id="g2", topic="housing", published_on=date(2014, 10, 1)),
        known(resource_id="g3", topic="fishing"),
    ]
    uses = [
        # 03:59 UTC on 1 October is 23:59 of the 30th in the East; a minute later as_of is over
        known(use_id="u1", used_at=datetime(2014, 10, 1, 3, 59), resource_id="g1", action="view"),
        known(use_id="u2", used_at=datetime(2014, 10, 1, 4, 0), resource_id="g1", action="view"),
        known(
            use_id="u3", used_at=datetime(2014, 6, 2, 12), action="search", topic="Housing", results=0, query="J. Doe"
        ),
        known(use_id="u4", used_at=datetime(2014, 6, 2, 12), action="search", query="pay"),
        known(use_id="u5", used_at=datetime(2014, 6, 2, 12), action="download", resource_id="g3", topic="budget"),
        known(use_id="u6", used_at=datetime(2014, 6, 2, 12), action="download", resource_id="gone"),
    ]
    tables = ("staging.library_resources", "staging.library_use", "core.library_resources", "core.library_use")
    found = make(bench, *tables, "published.library_use", library_resources=resources, library_use=uses)
    assert [(r["use_id"], r["topic"], r["results"]) for r in found["core.library_use"]] == [
        ("u1", "housing", None),
        ("u3", "housing", 0),  # found nothing, which is not "did not say"
        ("u4", "unclassified", None),
        ("u5", "budget", None),
        ("u6", "unclassified", None),
    ]
    assert found["core.library_use"][0]["used_on"] == date(2014, 9, 30)
    shelf = [(r["resource_id"], r["topic"], r["reviewed_on"]) for r in found["core.library_resources"]]
    assert shelf == [("g1", "housing", None), ("g3", "unclassified", None)]
    assert not any("query" in row for rows in found.values() for row in rows)


def award(name: str) -> Row:
    row = {"award_id": name, "start": date(2013, 12, 1), "end": date(2016, 11, 30), "regime": "24cfr84"}
    return known(**row, basis="cash", frequency="quarterly")


def test_budgets_and_rates_of_the_only_award_and_of_one_of_two(bench: Any) -> None:
    # the same category of the same version: one file names the award and another does not; what is known last counts
    budget = [
        known("2014-07-01", award_id="A1", category="travel", version="01", amount_usd=10),
        known("2014-08-01", category="travel", version="01", amount_usd=20),
        known("2014-08-01", category="travel", version="1", amount_usd=30),  # another version: zeros stay
    ]
    rates = [known(rate_id="r1", rate=0.235, **{"from": date(2013, 12, 1), "to": date(2014, 9, 30)})]
    tables = ("staging.award", "staging.budget", "core.budget", "staging.indirect_rates", "core.indirect_rates")
    one = make(bench, *tables, award=[award("A1")], budget=budget, indirect_rates=rates)
    found = [(r["award_id"], r["version"], r["amount_usd"]) for r in one["core.budget"]]
    assert found == [("A1", "01", 20), ("A1", "1", 30)]
    (rate,) = one["core.indirect_rates"]
    assert (rate["award_id"], rate["rate_from"], rate["rate_to"]) == ("A1", date(2013, 12, 1), date(2014, 9, 30))
    two = make(bench, *tables, award=[award("A1"), award("A2")], budget=budget, indirect_rates=rates)
    assert [(r["award_id"], r["amount_usd"]) for r in two["core.budget"]] == [
        ("A1", 10),
        ("unassigned", 20),
        ("unassigned", 30),
    ]
    assert two["core.indirect_rates"][0]["award_id"] == "unassigned"


def test_a_rate_above_the_base_is_pointed_out(bench: Any) -> None:
    """2.5 may be overhead on direct labor, or 2.5 percent: it is taken as it stands, and said."""
    rates = [known(rate_id=f"r{rate}", award_id="A1", rate=rate) for rate in (0.1, 1.0, 2.5)]
    tables = ("staging.award", "core.award", "staging.indirect_rates", "core.indirect_rates")
    make(bench, *tables, award=[award("A1")], indirect_rates=rates)
    told = failing(bench, "core.indirect_rates")
    assert {n: (o.severity, o.failed_rows) for n, o in told.items()} == {"rate_is_no_percentage": ("warn", 1)}
    assert "r2.5" in told["rate_is_no_percentage"].detail


def test_targets_are_one_per_metric_period_city_and_topic(bench: Any) -> None:
    about = {"metric": "on_time_pct", "period": "FY2014"}
    rows = [
        known("2014-07-01", **about, target=70.0, set_on=date(2014, 6, 1), topic="housing"),
        known(
            "2014-08-01", **about, target=75.0, set_on=date(2014, 6, 1), topic="Housing"
        ),  # the same topic by its title
        known(**about, target=60.0, set_on=date(2014, 6, 1)),
        known(**about, target=61.0, set_on=date(2014, 6, 1), city="4748000"),
        known(**about | {"period": "FY2015"}, target=80.0, set_on=date(2014, 10, 1)),
    ]
    found = make(bench, "staging.targets", "core.targets", "published.targets", targets=rows)
    assert {(r["city_id"], r["topic"], r["target"]) for r in found["published.targets"]} == {
        (None, "housing", 75.0),
        (None, None, 60.0),
        ("4748000", None, 61.0),
    }
    assert len(found["staging.targets"]) == 4


def test_events_keep_every_reopening_and_say_which_do_not_fit(bench: Any) -> None:
    bench.reference(AS_OF)
    asked = known(request_id="R1", city="4748000", submitted_at=datetime(2014, 6, 2, 14), _file="requests/a.csv")
    bench.given("raw.requests", [asked])
    at = [
        ("v1", "resolved", 3),
        ("v2", "reopened", 4),
        ("v3", "resolved", 5),
        ("v4", "reopened", 6),
        ("v5", "reply", 1),
    ]
    rows = [known(event_id=i, request_id="R1", event=e, at=datetime(2014, 6, day, 14)) for i, e, day in at]
    rows += [known(event_id="v6", request_id="R9", event="reply", at=datetime(2014, 6, 3))]
    rows += [known("2014-11-01", event_id="v4", request_id="R1", event="merged", at=datetime(2014, 6, 7))]
    bench.given("raw.request_events", rows)
    bench.run("staging.requests", "staging.request_events")
    found = bench.rows("from staging.request_events")
    assert [r["event"] for r in found] == ["resolved", "reopened", "resolved", "merged", "reply", "reply"]
    told = failing(bench, "staging.request_events")
    assert {n: (o.severity, o.failed_rows) for n, o in told.items()} == {
        "request_id_references": ("warn", 1),
        "not_before_it_was_asked": ("warn", 1),
    }
    assert "v6" in told["request_id_references"].detail
    assert "v5" in told["not_before_it_was_asked"].detail

"""What an application has come to: its plans are no start, and a baseline stays the one first known."""

from datetime import date, datetime
from typing import Any

from test_engagements import engagement, figures, share

Row = dict[str, Any]


def test_from_raw_to_core(bench: Any) -> None:
    bench.reference(as_of="2014-09-30")
    receipt = {"_known_at": datetime(2014, 7, 1), "_file": "engagements/a.csv", "_sha256": "a", "_row": 2}
    first = receipt | {"engagement_id": "E1", "starts_on": date(2014, 6, 1), "topic": "Economic development"}
    later = first | {"_known_at": datetime(2014, 10, 9), "completed_on": date(2014, 10, 1)}
    other = receipt | {"engagement_id": "E2", "starts_on": date(2014, 6, 1), "topic": "parking"}
    bench.given("raw.engagements", [later | {"title": "new"}, first | {"title": "old"}, other])
    bench.given("raw.engagement_cities", [receipt | {"engagement_id": "E1", "city": c} for c in ("9900001", "9900002")])
    done = receipt | {"milestone_id": "m1", "engagement_id": "E1", "baseline_due": date(2014, 9, 1)}
    bench.given("raw.milestones", [done | {"done_on": date(2014, 10, 1)}])
    bench.run("staging.engagements", "staging.engagement_cities", "staging.milestones")
    bench.run("core.engagements", "core.engagement_cities", "core.milestones")
    rows = {r["engagement_id"]: r for r in bench.rows("from core.engagements")}
    # the version known last; its completion comes after as_of and is not yet seen
    assert (rows["E1"]["title"], rows["E1"]["completed_on"], rows["E1"]["cities"]) == ("new", None, 2)
    assert (rows["E1"]["topic"], rows["E2"]["topic"]) == ("economic_development", "unclassified")
    assert rows["E2"]["cities"] == 0
    assert bench.value("select done_on from core.milestones") is None


def test_only_what_was_approved_has_started(bench: Any) -> None:
    june, july = date(2014, 6, 10), {"approved_on": date(2014, 7, 1)}
    told: list[tuple[str, Row, str, bool]] = [
        ("nothing told", {}, "not told", True),
        ("active, no day of approval", {"status": "Active"}, "agreed", True),
        ("approved by status", {"status": "approved"}, "agreed", True),
        ("approved by day, an old status", {"status": "applied"} | july, "agreed", True),
        ("approved, starts later", {"starts_on": date(2014, 10, 1)} | july, "agreed", False),
        ("starts on as_of", {"starts_on": date(2014, 9, 30)} | july, "agreed", True),
        ("waits", {"status": " Applied "}, "waiting", False),
        ("waits, by another word", {"status": "pending approval"}, "waiting", False),
        ("approved after as_of", {"status": "active", "approved_on": date(2014, 10, 1)}, "waiting", False),
        ("applied for after as_of", {"applied_on": date(2014, 10, 1)}, "later", False),
        ("declined", {"status": "Declined"}, "withdrawn", False),
        ("withdrawn, in the office's words", {"status": "withdrawn by city"}, "withdrawn", False),
        ("stopped", {"status": "Canceled"} | july, "stopped", False),
        ("completed", {"status": "completed", "completed_on": date(2014, 9, 1)}, "completed", True),
        ("completed, whatever the status", {"status": "declined", "completed_on": date(2014, 9, 1)}, "completed", True),
        ("completed after as_of", {"status": "completed", "completed_on": date(2014, 10, 9)}, "agreed", True),
    ]
    ends = date(2014, 9, 15)
    rows = [engagement(name, june, ends_on=ends) | columns for name, columns, _, _ in told]
    found = figures(bench, rows, served=tuple((name, "9900001") for name, *_ in told))
    core = {
        r["engagement_id"]: (r["standing"], r["started_on"] is not None) for r in bench.rows("from core.engagements")
    }
    assert core == {name: (standing, started) for name, _, standing, started in told}
    assert bench.value("select count(*) from core.engagements where started_on <> starts_on") == 0
    for grain, key in (("network", None), ("topic", "budget"), ("city", "9900001")):
        assert found["engagements_started", grain, key, "to_date"]["value"] == 8
        assert found["engagements_active", grain, key, "to_date"]["value"] == 6
    # five never approved are late for nobody; the one that was stopped is
    assert share(found["engagements_on_time_pct", "network", None, "to_date"]) == (2, 10, None)


def test_a_baseline_stays_that_of_the_first_version_known(bench: Any) -> None:
    july, december = (
        {"_known_at": known, "_order": order, "_file": f"milestones/{order}.csv", "_sha256": str(order), "_row": 2}
        for known, order in ((datetime(2014, 7, 5), 1), (datetime(2014, 12, 5), 2))
    )
    first, later = date(2014, 8, 1), date(2014, 12, 1)

    def version(receipt: Row, name: str, baseline: date, due: date | None = None, done: date | None = None) -> Row:
        return receipt | {"milestone_id": name, "engagement_id": "E1"} | {
            "baseline_due": baseline, "due": due, "done_on": done, "title": str(receipt["_order"])
        }  # fmt: skip

    done = date(2014, 11, 20)
    versions = [
        version(december, "m1", later, later, done),  # baseline and due moved together
        version(july, "m1", first, first),
        version(july, "m2", first),
        version(december, "m2", later, None, done),  # a new baseline and no due day: that is the later plan
        version(july, "m3", first),
        version(december, "m3", first),  # said again
        version(july | {"_order": 3}, "m4", first, first),  # the same instant: the order of arrival
        version(july | {"_order": 4}, "m4", later, later),
    ]
    bench.given("raw.milestones", versions)
    bench.reference(as_of="2014-12-31")
    bench.run("staging.milestones", "core.milestones")
    rows = {r["milestone_id"]: r for r in bench.rows("from core.milestones")}
    told = {name: (r["baseline_due"], r["due"], r["done_on"], r["title"]) for name, r in rows.items()}
    assert told == {
        "m1": (first, later, done, "2"),
        "m2": (first, later, done, "2"),
        "m3": (first, None, None, "2"),
        "m4": (first, later, None, "4"),
    }
    assert rows["m1"]["known_at"] == datetime(2014, 12, 5)
    one = [{k: v for k, v in rows["m1"].items() if k not in ("title", "known_at")}]
    found = figures(bench, [engagement("E1", date(2014, 6, 1))], tuple(one), as_of="2014-12-31")
    assert share(found["milestones_on_time_pct", "network", None, "2014-08"]) == (0, 1, None)
    assert share(found["milestones_on_time_pct", "network", None, "to_date"]) == (0, 1, None)
    assert found["rebaselined_count", "network", None, "to_date"]["value"] == 1
    bench.run(
        "metrics.application_stages", "metrics.engagement_spells", "metrics.engagement_steps", "metrics.engagement_time"
    )
    where = "metric = 'milestone_slip_days' and grain = 'network' and period = 'to_date'"
    # 1 August to 20 November: 30 + 30 + 31 + 20
    assert bench.value(f"select value from metrics.engagement_time where {where}") == 111

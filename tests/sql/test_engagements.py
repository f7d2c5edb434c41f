"""Engagements and milestones: boundary days, several cities, what is not due, what was never received."""

from datetime import date, datetime
from itertools import product
from typing import Any

from engaged import engage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Row = dict[str, Any]


def engagement(engagement_id: str, starts_on: date, **changes: Any) -> Row:
    row = {"engagement_id": engagement_id, "starts_on": starts_on, "topic": "budget", "cities": 1}
    return row | {"known_at": datetime(2014, 10, 1)} | changes


def milestone(milestone_id: str, engagement_id: str, baseline_due: date, done_on: date | None = None) -> Row:
    row = {"milestone_id": milestone_id, "engagement_id": engagement_id, "baseline_due": baseline_due}
    return row | {"done_on": done_on}


def figures(
    bench: Any,
    engagements: list[Row],
    milestones: tuple[Row, ...] = (),
    served: tuple[tuple[str, str], ...] = (),
    as_of: str = "2014-09-30",
    recommendations: tuple[Row, ...] = (),
) -> dict[tuple[str, str, str | None, str], Row]:
    """Rows by (metric, grain, key of the grain, period)."""
    bench.reference(as_of=as_of)
    engage(bench, engagements)
    bench.given("core.milestones", milestones)
    bench.given("core.recommendations", recommendations)
    bench.given("core.engagement_cities", [{"engagement_id": e, "city_id": c} for e, c in served])
    cities = sorted({c for _, c in served} | {"9900009"})
    keys = [{"grain": "network"}, {"grain": "topic", "topic": "budget"}, {"grain": "topic", "topic": "housing"}]
    keys += [{"grain": "topic", "topic": "unclassified"}, *({"grain": "city", "city_id": c} for c in cities)]
    columns = {"grain": "varchar", "city_id": "varchar", "topic": "varchar"}
    bench.given("core.figure_keys", keys, columns)
    bench.run("metrics.engagement_scopes", "metrics.engagement_counts", "metrics.engagement_delivery")
    rows = bench.rows("from metrics.engagement_delivery")
    out = {(r["metric"], r["grain"], r["city_id"] or r["topic"] or r["engagement_id"], r["period"]): r for r in rows}
    assert len(out) == len(rows), "one row per key"
    return out


def share(row: Row) -> tuple[float | None, float | None, str | None]:
    return row["numerator"], row["denominator"], row["state"]


def test_a_milestone_counts_in_the_period_of_its_baseline(bench: Any) -> None:
    found = figures(
        bench,
        [engagement("E1", date(2014, 6, 1))],
        (
            milestone("m1", "E1", date(2014, 6, 30), date(2014, 6, 30)),  # on the day itself: on time
            milestone("m2", "E1", date(2014, 6, 30), date(2014, 7, 1)),  # one day late
            milestone("m3", "E1", date(2014, 7, 1), date(2014, 6, 15)),  # early, and due in July
            milestone("m4", "E1", date(2014, 9, 30)),  # due on as_of itself, not done: late
            milestone("m5", "E1", date(2014, 10, 1)),  # due the day after: not yet
        ),
    )

    def of(period: str) -> tuple[float | None, float | None, str | None]:
        return share(found[("milestones_on_time_pct", "network", None, period)])

    assert of("2014-06") == (1, 2, None)
    assert of("2014-07") == (1, 1, None)
    assert of("2014-08") == (0, 0, None)  # nothing due: metric_values says not computable
    assert of("2014-09") == (0, 1, None)
    assert of("FY2014Q4") == (1, 2, None)  # m3, m4
    assert of("to_date") == (2, 4, None)
    assert share(found[("milestones_on_time_pct", "engagement", "E1", "to_date")]) == (2, 4, None)


def test_a_due_day_moved_does_not_move_the_baseline(bench: Any) -> None:
    moved = milestone("m1", "E1", date(2014, 6, 30), date(2014, 7, 10)) | {"due": date(2014, 7, 31)}
    found = figures(bench, [engagement("E1", date(2014, 6, 1))], (moved,))
    assert share(found[("milestones_on_time_pct", "network", None, "to_date")]) == (0, 1, None)


def test_rebaselined_is_counted_where_the_baseline_was_due(bench: Any) -> None:
    found = figures(
        bench,
        [engagement("E1", date(2014, 6, 1))],
        (
            milestone("m1", "E1", date(2014, 6, 30)) | {"due": date(2014, 8, 30)},  # moved
            milestone("m2", "E1", date(2014, 6, 30)) | {"due": date(2014, 6, 30)},  # said again
            milestone("m3", "E1", date(2014, 6, 30)),  # nothing said
            milestone("m4", "E1", date(2014, 9, 30)) | {"due": date(2014, 9, 1)},  # earlier is another day too
            milestone("m5", "E1", date(2014, 10, 1)) | {"due": date(2014, 10, 2)},  # its baseline comes after as_of
        ),
        (("E1", "9900001"),),
    )

    def of(grain: str, key: str | None, period: str) -> tuple[float | None, str | None]:
        row = found[("rebaselined_count", grain, key, period)]
        return row["value"], row["state"]

    assert [of("network", None, p)[0] for p in ("2014-06", "2014-08", "2014-09", "to_date")] == [1, 0, 1, 2]
    assert of("engagement", "E1", "to_date") == of("city", "9900001", "to_date") == (2, "value")
    assert of("city", "9900009", "to_date") == (0, "value")


def test_a_feed_that_never_says_a_due_day_does_not_say_that_nothing_was_moved(bench: Any) -> None:
    found = figures(bench, [engagement("E1", date(2014, 6, 1))], (milestone("m1", "E1", date(2014, 6, 30)),))
    assert found[("rebaselined_count", "network", None, "to_date")]["reason"] == "no due days of milestones received"


def test_adopted_within_twelve_months_to_the_day(bench: Any) -> None:
    def made(key: str, on: date, adopted: date | None = None) -> Row:
        return {"recommendation_id": key, "engagement_id": "E1", "made_on": on, "adopted_on": adopted}

    found = figures(
        bench,
        [engagement("E1", date(2014, 6, 1))],
        served=(("E1", "9900001"), ("E1", "9900002")),
        as_of="2016-06-30",
        recommendations=(
            made("c1", date(2014, 6, 10), date(2015, 6, 10)),  # the last day of its twelve months
            made("c2", date(2014, 6, 10), date(2015, 6, 11)),  # a day late
            made("c3", date(2014, 6, 10)),  # never
            made("c4", date(2015, 6, 30)),  # its twelve months end on as_of: counted
            made("c5", date(2015, 7, 1), date(2015, 7, 2)),  # adopted at once, but not yet in the denominator
            made("c6", date(2016, 2, 29)),
        ),
    )

    def of(
        period: str, grain: str = "network", key: str | None = None
    ) -> tuple[float | None, float | None, str | None]:
        return share(found[("adopted_12m_pct", grain, key, period)])

    assert (of("2014-06"), of("2015-06"), of("2015-07")) == ((1, 3, None), (0, 1, None), (0, 0, "not_due"))
    assert of("to_date") == of("to_date", "engagement", "E1") == of("to_date", "city", "9900002") == (1, 4, None)
    assert of("2014-07") == (0, 0, None)


def test_applications_are_flows_of_their_days(bench: Any) -> None:
    start = date(2015, 1, 1)
    found = figures(
        bench,
        [
            engagement("E1", start, applied_on=date(2014, 6, 30), approved_on=date(2014, 7, 1)),
            engagement("E2", start, applied_on=date(2014, 6, 1)),
            engagement("E3", start),  # says neither
        ],
    )

    def of(metric: str, period: str) -> float:
        return float(found[(metric, "network", None, period)]["value"])

    assert [of("applications_received", p) for p in ("2014-06", "2014-07", "to_date")] == [2, 0, 2]
    assert [of("applications_approved", p) for p in ("2014-06", "2014-07", "to_date")] == [0, 1, 1]
    found = figures(bench, [engagement("E3", start)])
    assert found[("applications_received", "network", None, "to_date")]["reason"] == "no days of application received"


DAY = st.dates(date(2014, 5, 22), date(2014, 10, 31))
SEEN = st.none() | st.dates(date(2014, 5, 22), date(2014, 9, 30))
FLOWS = ("applications_received", "applications_approved", "engagements_started", "engagements_completed")
SHARES = ("milestones_on_time_pct", "engagements_on_time_pct", "adopted_12m_pct")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    plans=st.lists(st.tuples(DAY, SEEN, SEEN, SEEN, st.sampled_from(("budget", "housing"))), min_size=1, max_size=5),
    steps=st.lists(st.tuples(st.integers(0, 4), DAY, SEEN, st.none() | DAY), min_size=1, max_size=6),
)
def test_identities(one_bench, plans, steps):
    """Network = sum of topics; to date = sum of months (all days are since the launch); hits are within what was due."""
    engagements = [
        engagement(
            f"E{n}", start, applied_on=applied, approved_on=approved, completed_on=done, ends_on=start, topic=topic
        )
        for n, (start, applied, approved, done, topic) in enumerate(plans)
    ]
    milestones = tuple(
        milestone(f"m{n}", f"E{k % len(plans)}", baseline, done) | {"due": due}
        for n, (k, baseline, done, due) in enumerate(steps)
    )
    found = figures(one_bench, engagements, milestones)
    for metric, part in product((*FLOWS, "rebaselined_count", *SHARES), ("numerator", "denominator")):
        one = {(grain, key, period): r[part] or 0 for (m, grain, key, period), r in found.items() if m == metric}
        for period in {p for _, _, p in one}:
            assert one["network", None, period] == sum(v for (g, _, p), v in one.items() if (g, p) == ("topic", period))
        months = sum(v for (g, _, p), v in one.items() if g == "network" and p[:4] == "2014")
        assert one["network", None, "to_date"] == months
    assert all((r["numerator"] or 0) <= (r["denominator"] or 0) for (m, *_), r in found.items() if m in SHARES)


def test_what_is_planned_in_a_period_not_over_is_not_due(bench: Any) -> None:
    open_ended = engagement("E1", date(2014, 6, 1), ends_on=date(2014, 9, 30))
    found = figures(bench, [open_ended], (milestone("m1", "E1", date(2014, 9, 25)),), as_of="2014-09-20")
    for metric in ("milestones_on_time_pct", "engagements_on_time_pct"):
        row = found[(metric, "network", None, "2014-09")]
        assert share(row) == (0, 0, "not_due")
        assert row["reason"] == "nothing was due by the as-of date"


def test_an_engagement_counts_in_each_city_and_once_in_the_network(bench: Any) -> None:
    found = figures(
        bench,
        [engagement("E1", date(2014, 6, 1)), engagement("E2", date(2014, 7, 1), topic="housing")],
        (milestone("m1", "E1", date(2014, 6, 30), date(2014, 6, 30)),),
        (("E1", "9900001"), ("E1", "9900002"), ("E2", "9900002")),
    )

    def started(grain: str, key: str | None) -> float:
        value = found[("engagements_started", grain, key, "to_date")]["value"]
        assert value == found[("engagements_active", grain, key, "to_date")]["value"]
        return float(value)

    assert started("network", None) == 2
    assert (started("city", "9900001"), started("city", "9900002"), started("city", "9900009")) == (1, 2, 0)
    assert (started("topic", "budget"), started("topic", "housing")) == (1, 1)
    assert share(found[("milestones_on_time_pct", "city", "9900001", "to_date")]) == (1, 1, None)
    assert share(found[("milestones_on_time_pct", "city", "9900002", "to_date")]) == (1, 1, None)
    assert share(found[("milestones_on_time_pct", "network", None, "to_date")]) == (1, 1, None)


def test_started_active_completed_on_their_days(bench: Any) -> None:
    found = figures(
        bench,
        [
            engagement("E1", date(2014, 6, 30), completed_on=date(2014, 7, 31)),
            engagement("E2", date(2014, 7, 1)),
            engagement("E3", date(2014, 10, 1)),  # after as_of
            engagement("E0", date(2013, 11, 1), completed_on=date(2014, 2, 1)),  # over before the launch
        ],
    )

    def of(metric: str, period: str) -> float:
        row = found[(f"engagements_{metric}", "network", None, period)]
        assert (row["state"], row["denominator"]) == ("value", None)
        return float(row["value"])

    assert [of("started", p) for p in ("2014-05", "2014-06", "2014-07", "to_date")] == [0, 1, 1, 3]
    # E1 is under way on 30 June, and no longer on the day it is completed
    assert [of("active", p) for p in ("2014-05", "2014-06", "2014-07", "2014-09", "to_date")] == [0, 1, 1, 1, 1]
    assert [of("completed", p) for p in ("2014-06", "2014-07", "FY2014Q4", "to_date")] == [0, 1, 1, 2]


def test_engagements_on_time(bench: Any) -> None:
    end = date(2014, 8, 31)
    found = figures(
        bench,
        [
            engagement("E1", date(2014, 6, 1), ends_on=end, completed_on=end),  # on the day: on time
            engagement("E2", date(2014, 6, 1), ends_on=end, completed_on=date(2014, 9, 1)),
            engagement("E3", date(2014, 6, 1), ends_on=end),  # still open: late
            engagement("E4", date(2014, 6, 1)),  # no planned end: not counted
            engagement("E5", date(2014, 6, 1), ends_on=date(2014, 12, 31), completed_on=date(2014, 7, 1)),  # due later
        ],
    )
    assert share(found[("engagements_on_time_pct", "network", None, "2014-08")]) == (1, 3, None)
    assert share(found[("engagements_on_time_pct", "network", None, "to_date")]) == (1, 3, None)


def test_a_milestone_of_an_engagement_nobody_sent_is_not_lost(bench: Any) -> None:
    found = figures(bench, [engagement("E1", date(2014, 6, 1))], (milestone("m1", "EX", date(2014, 6, 30)),))
    assert share(found[("milestones_on_time_pct", "network", None, "to_date")]) == (0, 1, None)
    assert share(found[("milestones_on_time_pct", "topic", "unclassified", "to_date")]) == (0, 1, None)


def test_feeds_never_received(bench: Any) -> None:
    found = figures(bench, [])
    assert {(r["state"], r["value"], r["numerator"], r["denominator"]) for r in found.values()} == {
        ("not_reported", None, None, None)
    }
    reasons = {r["metric"]: r["reason"] for r in found.values()}
    assert reasons["milestones_on_time_pct"] == "no milestones received"
    assert reasons["engagements_active"] == "no engagements received"
    # engagements alone: milestones are not reported, and not zero of zero
    found = figures(bench, [engagement("E1", date(2014, 6, 1))])
    assert share(found[("milestones_on_time_pct", "network", None, "to_date")]) == (None, None, "not_reported")
    assert found[("engagements_active", "network", None, "to_date")]["value"] == 1

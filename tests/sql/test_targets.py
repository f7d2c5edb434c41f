"""metrics.target_results: what was reached beside what was aimed at, and the miss that wants a reason."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from assets import catalog, checks

MEMPHIS = "4748000"
TYPES = {"2014-06": "month", "2014-09": "month", "FY2014Q3": "quarter", "FY2014": "fiscal_year", "to_date": "to_date"}


def target(metric="on_time_pct", period="FY2014", goal=75.0, **columns):
    return {"metric": metric, "period": period, "target": goal, "set_on": "2014-06-02", **columns}


def figure(value, metric="on_time_pct", period="FY2014", **columns):
    grain = "city_topic" if "city_id" in columns and "topic" in columns else "city" if "city_id" in columns else "topic"
    return {
        **{"metric": metric, "period": period, "period_type": TYPES[period], "value": value, "status": "final"},
        **{"grain": grain if columns.keys() & {"city_id", "topic"} else "network"},
        **{"state": "value" if value is not None else columns.get("state"), **columns},
    }


def run(bench, targets, figures=(), as_of="2014-09-30"):
    bench.reference(as_of=as_of)
    bench.given("core.targets", targets)
    bench.given("metrics.metric_values", figures)
    bench.run("metrics.target_results", "published.target_results")
    return bench.rows("select * from published.target_results")


def told(row):
    return row["state"], row["met"], row["needs_reason"]


@pytest.mark.parametrize(
    ("metric", "goal", "value", "met"),
    [
        ("on_time_pct", 75, 75.0, True),  # more is better: to the digit published, as good as the target is met
        ("on_time_pct", 75, 74.9, False),
        ("on_time_pct", 75, 75.1, True),
        ("never_answered_pct", 5, 5.0, True),  # less is better
        ("never_answered_pct", 5, 5.1, False),
        ("never_answered_pct", 5, 0.0, True),
        ("on_time_pct", 71.3, 71.3, True),
    ],
)
def test_met_is_no_worse_than_the_target(bench, metric, goal, value, met):
    (row,) = run(bench, [target(metric, goal=goal)], [figure(value, metric)])
    assert told(row) == ("value", met, not met)
    assert (row["value"], row["blocks_report"]) == (value, not met)


def test_a_miss_with_a_reason_blocks_nothing(bench):
    targets = [
        target(reason_missed=reason, period=p) for p, reason in (("FY2014", "short of staff"), ("2014-06", "  "))
    ]
    june, year = run(bench, targets, [figure(70.0), figure(70.0, period="2014-06")])
    assert (year["met"], year["needs_reason"], year["blocks_report"]) == (False, False, False)
    # blanks are no reason
    assert (june["met"], june["needs_reason"], june["blocks_report"]) == (False, True, True)


def test_money_is_compared_as_money(bench):
    (row,) = run(
        bench,
        [target("sf425_10j", goal=1000)],
        [{**figure(None, "sf425_10j"), "state": "value", "amount_usd": 1000}],
    )
    assert row["amount_usd"] == 1000 and row["value"] is None
    assert row["met"] is True


@pytest.mark.parametrize("state", ["withheld", "not_reported", "not_computable", "not_reached", "suppressed"])
def test_what_is_no_figure_is_neither_met_nor_missed(bench, state):
    (row,) = run(bench, [target()], [figure(None, state=state, reason="because", numerator=3, denominator=5)])
    assert told(row) == (state, None, False)
    assert (row["reason"], row["numerator"], row["denominator"]) == ("because", 3, 5)


def test_a_period_that_has_not_ended_is_not_due(bench):
    # as of 29 September: the fiscal year ends on the 30th, and what is reached so far is shown
    targets = [target(), target(period="2014-09"), target(period="FY2014Q3")]
    figures = [figure(70.0), figure(70.0, period="2014-09"), figure(70.0, period="FY2014Q3")]
    rows = {row["period"]: row for row in run(bench, targets, figures, as_of="2014-09-29")}
    assert told(rows["FY2014"]) == told(rows["2014-09"]) == ("not_due", None, False)
    assert rows["FY2014"]["value"] == 70 and rows["FY2014"]["reason"] == "the period has not ended"
    assert told(rows["FY2014Q3"]) == ("value", False, True)
    # on its last day it has ended
    rows = {row["period"]: row for row in run(bench, targets, figures, as_of="2014-09-30")}
    assert told(rows["FY2014"]) == ("value", False, True)


def test_periods_that_no_figure_has(bench):
    periods = ["2014-10", "2014-04", "FY2013", "FY2016", "FY2014Q2", "FY2015Q1", "to_date"]
    rows = {row["period"]: row for row in run(bench, [target(period=period) for period in periods])}
    assert {period for period, row in rows.items() if row["state"] == "not_due"} == {"2014-10", "FY2016", "FY2015Q1"}
    before = {period for period, row in rows.items() if row["reason"] == "the period ended before the program began"}
    assert before == {"2014-04", "FY2013", "FY2014Q2"}
    assert (rows["to_date"]["state"], rows["to_date"]["reason"]) == (
        "not_reported",
        "the metric has no figure of this kind",
    )
    assert all(row["met"] is None for row in rows.values())


def test_to_date_has_ended_at_as_of(bench):
    (row,) = run(bench, [target(period="to_date")], [figure(80.0, period="to_date")])
    assert told(row) == ("value", True, False) and row["set_late"] is None


def test_each_grain_meets_its_own_figure(bench):
    keys = [{}, {"city_id": MEMPHIS}, {"topic": "budget"}, {"city_id": MEMPHIS, "topic": "budget"}]
    values = [71.0, 72.0, 73.0, 74.0]
    rows = run(
        bench,
        [target(**key) for key in keys],
        [figure(value, **key) for key, value in zip(keys, values, strict=True)]
        + [{**figure(1.0), "grain": "engagement", "engagement_id": "E1"}]
        + [figure(2.0, dimension="channel", dimension_value="web")],
    )
    assert {(row["city_id"], row["topic"]): row["value"] for row in rows} == {
        (key.get("city_id"), key.get("topic")): value for key, value in zip(keys, values, strict=True)
    }


def test_of_a_metric_by_service_any_service_and_the_cities_of_the_time_count(bench):
    figures = [
        figure(value, "reach_pct", dimension="service", dimension_value=service, basis=basis)
        for value, service, basis in ((40.0, "desk", "then"), (60.0, "any", "then"), (20.0, "any", "now"))
    ]
    (row,) = run(bench, [target("reach_pct", goal=50)], figures)
    assert (row["value"], row["met"]) == (60, True)


@pytest.mark.parametrize(("value", "met"), [(50.0, True), (40.0, True), (39.0, False)])
def test_a_target_of_a_metric_without_a_direction_is_the_least(bench, value, met):
    (row,) = run(bench, [target("created", goal=40)], [figure(value, "created")])
    assert told(row) == ("value", met, not met) and row["direction"] == "none"


def test_set_after_the_period_began_is_said(bench):
    targets = [target(period="2014-06"), target(period="FY2014Q3", set_on="2014-04-01"), target(period="2016-01")]
    rows = {row["period"]: row["set_late"] for row in run(bench, targets)}
    # 2 June is after the first day of June; on the first day of the quarter is in time
    assert rows == {"2014-06": True, "FY2014Q3": False, "2016-01": None}


def test_without_targets_there_are_no_rows(bench):
    assert run(bench, [], [figure(70.0)]) == []
    assert warnings(bench, "published.target_results") == {}


def warnings(bench, table):
    outcomes = checks.check_table(bench.connection, catalog.load().tables[table])
    assert [o for o in outcomes if not o.passed and o.severity == "fail"] == []
    return {o.name: o.failed_rows for o in outcomes if not o.passed}


def test_the_release_warns_of_a_miss_without_a_reason_and_names_it(bench):
    run(
        bench,
        [target(), target(period="2014-06", reason_missed="a storm")],
        [figure(70.0), figure(1.0, period="2014-06")],
    )
    assert warnings(bench, "published.target_results") == {"miss_without_reason": 1}
    outcomes = checks.check_table(bench.connection, catalog.load().tables["published.target_results"])
    (outcome,) = [o for o in outcomes if o.name == "miss_without_reason"]
    assert outcome.severity == "warn" and "metric on_time_pct, period FY2014" in outcome.detail


def test_a_target_on_a_metric_that_nobody_knows_warns(bench):
    (row,) = run(bench, [target("happiness")])
    assert told(row) == ("not_reported", None, False) and row["reason"] == "no metric has this id"
    bench.given("core.cities")
    assert warnings(bench, "core.targets") == {"metric_references": 1}


METRICS = sorted(
    m["metric"]
    for path in sorted((Path(catalog.__file__).parent / "metrics").glob("*.yml"))
    for m in yaml.safe_load(path.read_text())
)
TARGET = st.tuples(
    *(st.sampled_from([*METRICS, "unknown"]), st.sampled_from([*TYPES, "2015-01", "2013-01"])),
    *(st.sampled_from([None, MEMPHIS]), st.integers(0, 3), st.sampled_from([None, "", "a reason"])),
)
VALUE = st.tuples(st.sampled_from(METRICS), st.sampled_from(list(TYPES)), st.sampled_from([None, MEMPHIS]))


@settings(max_examples=20, deadline=None)
@given(
    targets=st.lists(TARGET, max_size=8, unique_by=lambda t: t[:3]),
    values=st.dictionaries(VALUE, st.one_of(st.none(), st.integers(0, 3)), max_size=30),
)
def test_one_row_each_and_judged_as_plain_python_does(one_bench, targets, values):
    one_bench.given("core.targets", [target(t[0], t[1], t[3], city_id=t[2], reason_missed=t[4]) for t in targets])
    one_bench.given(
        "metrics.metric_values",
        [
            {
                **figure(value, metric, period, state="withheld" if value is None else "value", reason="few"),
                "city_id": city,
            }
            for (metric, period, city), value in values.items()
        ],
    )
    one_bench.run("metrics.target_results")
    rows = one_bench.rows("select * from metrics.target_results")
    assert len(rows) == len(targets)
    directions = {m.metric: m.direction for m in catalog.load().metrics.values()}
    for row in rows:
        value = values.get((row["metric"], row["period"], row["city_id"]))
        sign = {"up": 1, "none": 1, "down": -1}.get(directions.get(row["metric"]))
        met = None if value is None or sign is None else sign * value >= sign * row["target"]
        assert row["met"] is met
        assert row["blocks_report"] is (met is False and row["reason_missed"] is None)

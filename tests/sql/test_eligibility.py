"""The program's rule, criterion by criterion, and the dated list it is compared with."""

from datetime import date, datetime
from typing import Any

import pytest

Row = dict[str, Any]
YEARS = {
    "population": (date(2013, 1, 1), date(2013, 12, 31)),
    "unemployment_rate": (date(2013, 1, 1), date(2013, 12, 31)),
    "noncollege_poverty_pct": (date(2008, 1, 1), date(2012, 12, 31)),
    "population_change_2000_2010_pct": (date(2000, 1, 1), date(2010, 12, 31)),
}
SHORT = dict(zip(("pop", "rate", "poverty", "loss"), YEARS, strict=True))


def figure(city_id: str, indicator: str, value: float | None, **changes: Any) -> Row:
    start, end = YEARS[indicator]
    state = "not_reported" if value is None else "value"
    row = {"geo_id": city_id, "geo_level": "place", "city_id": city_id, "indicator": indicator, "period_start": start}
    row |= {"period_end": end, "value": value, "vintage": "2014", "source": "test", "state": state, "is_default": True}
    return row | changes


@pytest.fixture
def judge(bench: Any) -> Any:
    """Runs the rule on figures and gives (eligible, {criterion: meets}, {criteria on their threshold}) by city."""
    bench.reference()

    def run(figures: list[Row], cities: tuple[str, ...] = ()) -> dict[str, tuple[str, dict[str, str], set[str]]]:
        bench.given("core.cities", [{"city_id": c, "name": c} for c in cities])
        bench.given("core.indicator_values", figures)
        bench.run("metrics.eligibility_rule")
        out: dict[str, tuple[str, dict[str, str], set[str]]] = {}
        for row in bench.rows("from metrics.eligibility_rule"):
            entry = out.setdefault(row["city_id"], (row["eligible"], {}, set()))
            assert entry[0] == row["eligible"], "one answer per city"
            entry[1][row["criterion"]] = row["meets"]
            if row["on_threshold"]:
                entry[2].add(row["criterion"])
        return out

    return run


# The rule: population > 40,000, and unemployment >= 9, poverty >= 20 or change <= -5. None is a figure not received.
@pytest.mark.parametrize(
    ("given", "eligible", "on_threshold"),
    [
        ({"pop": 50000, "rate": 12, "poverty": 30, "loss": -9}, "yes", set()),
        ({"pop": 50000, "rate": 12}, "yes", set()),  # what is missing could not change it
        ({"pop": 50000, "loss": -9}, "yes", set()),
        ({"pop": 50000, "rate": 8.9, "poverty": 19.9, "loss": -4.9}, "no", set()),
        ({"pop": 50000, "rate": 8.9, "poverty": 19.9}, "cannot_say", set()),  # a loss of 5 percent would decide
        ({"pop": 50000}, "cannot_say", set()),
        ({"pop": 30000, "rate": 12, "poverty": 30, "loss": -9}, "no", set()),  # the floor fails, whatever the rest
        ({"pop": 30000}, "no", set()),
        ({"rate": 12}, "cannot_say", set()),  # the floor is not known
        ({"rate": 8.9, "poverty": 19.9, "loss": -4.9}, "no", set()),  # all others fail, whatever the floor
        ({}, "cannot_say", set()),
        # exactly on a threshold: > does not hold, >= and <= do
        ({"pop": 40000, "rate": 12}, "no", {"population"}),
        ({"pop": 40001, "rate": 9.0, "poverty": 0, "loss": 0}, "yes", {"unemployment"}),
        ({"pop": 50000, "rate": 0, "poverty": 20.0, "loss": 0}, "yes", {"poverty"}),
        ({"pop": 50000, "rate": 0, "poverty": 0, "loss": -5.0}, "yes", {"population_loss"}),
    ],
)
def test_truth_table(judge: Any, given: dict[str, float], eligible: str, on_threshold: set[str]) -> None:
    figures = [figure("9900001", SHORT[name], value) for name, value in given.items()]
    answer, meets, exact = judge(figures, ("9900001",))["9900001"]
    assert (answer, exact) == (eligible, on_threshold)
    names = {"pop": "population", "rate": "unemployment", "poverty": "poverty", "loss": "population_loss"}
    assert {c for c, m in meets.items() if m == "cannot_say"} == {names[n] for n in names if n not in given}


def test_a_suppressed_figure_is_not_a_no(judge: Any, bench: Any) -> None:
    rate = figure("9900001", "unemployment_rate", None, state="suppressed", reason="suppressed: too few cases")
    figures = [figure("9900001", "population", 50000), rate]
    assert judge(figures)["9900001"][1]["unemployment"] == "cannot_say"
    reasons = {r["criterion"]: r["reason"] for r in bench.rows("from metrics.eligibility_rule")}
    assert reasons["unemployment"] == "suppressed: too few cases"
    assert reasons["poverty"] == "no figure received"
    assert reasons["population"] is None


def test_only_the_places_own_annual_default_figure_of_the_period_counts(judge: Any) -> None:
    figures = [
        figure("9900001", "population", 50000),
        figure("99001", "unemployment_rate", 15.0) | {"geo_level": "county", "city_id": None},  # the county is context
        figure("9900001", "unemployment_rate", 15.0, period_start=date(2013, 12, 1)),  # December is no year
        figure("9900001", "unemployment_rate", 15.0, vintage="2013", is_default=False),  # an older edition
        figure("9900001", "unemployment_rate", 15.0, period_start=date(2012, 1, 1), period_end=date(2012, 12, 31)),
    ]
    assert judge(figures)["9900001"][1]["unemployment"] == "cannot_say"


def test_who_is_judged(judge: Any) -> None:
    # every place with a population, and a city of the program without any figure; not a place with a rate alone
    figures = [figure("9900001", "population", 50000), figure("9900003", "unemployment_rate", 12.0)]
    assert set(judge(figures, ("9900002",))) == {"9900001", "9900002"}
    assert judge([]) == {}


def test_operators_and_thresholds_are_data(bench: Any) -> None:
    rule = {"criterion": "population", "indicator": "population", "operator": ">=", "threshold": 40000, "period": None}
    only = {"criterion": "unemployment", "indicator": "unemployment_rate", "operator": ">", "threshold": 9}
    bench.reference(rules=[rule | {"title": "floor"}, only | {"period": "2013", "title": "over 9 percent"}])
    bench.given("core.cities")
    later = {"period_start": date(2015, 1, 1), "period_end": date(2015, 12, 31)}
    bench.given(
        "core.indicator_values",
        [
            figure("9900001", "population", 10.0),
            figure("9900001", "population", 40000.0, **later),  # no period in the rule: the latest
            figure("9900001", "unemployment_rate", 9.0),  # > now: 9.0 does not exceed 9
        ],
    )
    bench.run("metrics.eligibility_rule")
    rows = {r["criterion"]: (r["meets"], r["eligible"]) for r in bench.rows("from metrics.eligibility_rule")}
    assert rows == {"population": ("yes", "no"), "unemployment": ("no", "no")}


def test_the_list_keeps_the_latest_version_of_each_interval(bench: Any) -> None:
    bench.reference()
    first = {"city": "9900001", "eligible_from": date(2014, 5, 22), "wave": "1", "_sha256": "a", "_row": 2}
    open_ended = first | {"_known_at": datetime(2014, 6, 1), "_file": "eligibility/a.csv"}
    ended = open_ended | {"eligible_to": date(2014, 9, 30), "_known_at": datetime(2014, 10, 1), "_sha256": "b"}
    again = open_ended | {"eligible_from": date(2015, 1, 1), "wave": "2"}
    bench.given("raw.eligibility", [ended, open_ended, again])
    bench.run("staging.eligibility", "core.eligibility")
    rows = bench.rows("select eligible_from, eligible_to, wave from core.eligibility order by 1")
    assert rows == [
        {"eligible_from": date(2014, 5, 22), "eligible_to": date(2014, 9, 30), "wave": "1"},
        {"eligible_from": date(2015, 1, 1), "eligible_to": None, "wave": "2"},
    ]

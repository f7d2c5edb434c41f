"""Curves, heat maps and leagues: what they draw, and that what is missing is not drawn."""

from itertools import pairwise

import pytest

from assets import format as fmt
from dashboards import charts_compare, charts_survival, figure


def step(t, at_risk, events, estimate, low=None, high=None, cause="first_reply"):
    return {
        "t": t,
        "at_risk": at_risk,
        "events": events,
        "estimate": estimate,
        "ci_low": low,
        "ci_high": high,
        "cause": cause,
    }


# 10 asked; 4 replies in the 8th business hour, 3 in the 41st, none after
ROWS = [step(8.0, 10, 4, 0.6, 0.25, 0.83), step(41.0, 6, 3, 0.3, 0.08, 0.57)]


@pytest.mark.parametrize(("hours", "count"), [(0, 10), (8, 6), (24, 6), (40, 6), (41, None), (80, None)])
def test_numbers_at_risk_are_those_before_the_next_event(hours, count):
    assert charts_survival.at_risk(ROWS, hours) == count


def test_the_axis_goes_as_far_as_anybody_is_followed():
    assert charts_survival.shown_days([ROWS]) == [0, 3, 5, 10]  # 41 h is past day 5 (40 h) and before day 10 (80 h)
    assert charts_survival.shown_days([[step(1.0, 3, 1, 0.7)]]) == [0, 3]
    assert charts_survival.shown_days([]) == [0]


def test_a_curve_falls_in_steps_from_one_and_its_band_leaves_out_what_has_no_limits():
    rows = [*ROWS, step(60.0, 3, 3, 0.0)]
    drawn = charts_survival.waiting([("Network", rows)])
    curve = drawn.data[-1]
    assert (list(curve.x), list(curve.y)) == ([0.0, 8.0, 41.0, 60.0], [1.0, 0.6, 0.3, 0.0])
    assert curve.line.shape == "hv"
    low, high = drawn.data[0], drawn.data[1]
    assert (list(low.x), list(low.y), list(high.y)) == ([8.0, 41.0], [0.83, 0.57], [0.25, 0.08])
    said = [note.text for note in drawn.layout.annotations]
    assert "<b>Still waiting</b>" in said
    assert [text for text in said if text and text.isdigit()] == ["10", "6"]  # at 0 and 5 days; nobody past the last


def test_two_curves_are_named_and_each_has_its_numbers_at_risk():
    drawn = charts_survival.waiting([("Waco, TX", ROWS), ("All cities", ROWS)])
    said = " ".join(note.text for note in drawn.layout.annotations)
    assert "Still waiting: Waco, TX" in said
    assert "Still waiting: All cities" in said
    assert drawn.data[-1].line.color == charts_survival.PRIMARY


def test_ends_rise_from_zero_and_go_on_as_long_as_any_cause_is_followed():
    rows = [step(16.0, 10, 5, 0.5, 0.2, 0.7, "resolved"), step(100.0, 2, 1, 0.6, 0.3, 0.8, "resolved")]
    rows += [step(8.0, 10, 1, 0.1, 0.0, 0.3, "withdrawn")]
    drawn = charts_survival.endings(rows, {"resolved": "Resolved", "withdrawn": "Withdrawn", "merged": "Merged"})
    withdrawn = drawn.data[-1]
    assert (list(withdrawn.x), list(withdrawn.y)) == ([0.0, 8.0, 100.0], [0.0, 0.1, 0.1])
    said = " ".join(note.text for note in drawn.layout.annotations)
    assert "Resolved 60%" in said
    assert "Withdrawn 10%" in said
    assert "Merged" not in said, "a cause that never came has no curve"


def test_a_heat_map_leaves_a_cell_without_a_value_open_and_says_why_on_hover():
    drawn = charts_compare.heat(
        ["Jan", "Feb"], ["Budget"], [[3.0, None]], [["3", "2 of 4"]], [["3 requests", "Withheld"]]
    )
    (cells,) = drawn.data
    assert list(cells.z[0]) == [3.0, None]
    assert list(cells.customdata[0]) == ["3 requests", "Withheld"]
    assert cells.zmin == 0
    many = charts_compare.heat([str(i) for i in range(24)], ["A"], [[1] * 24], [["1"] * 24], [["1"] * 24])
    assert many.data[0].texttemplate is None, "no room for words"
    assert len(many.layout.xaxis.tickvals) <= 6


def test_ink_on_the_strongest_cell_holds_four_and_a_half_to_one():
    from test_theme import CONFIG, contrast, faded

    red, green, blue, alpha = str(charts_compare.SHADES[1][1]).removeprefix("rgba(").rstrip(")").split(",")
    color = f"#{int(red):02x}{int(green):02x}{int(blue):02x}"
    for mode in ("light", "dark"):
        theme = CONFIG["theme"][mode]
        assert contrast(theme["textColor"], faded(color, theme["backgroundColor"], float(alpha))) >= 4.5


def test_a_league_gives_a_withheld_city_its_count_and_no_diamond():
    rows = [
        {"pooled": 78.0, "pooled_low": 60.0, "pooled_high": 90.0, "raw": None, "numerator": 6, "denominator": 8},
        {"pooled": 55.0, "pooled_low": 40.0, "pooled_high": 70.0, "raw": 50.0, "numerator": 10, "denominator": 20},
    ]
    drawn = charts_compare.league(rows, ["Waco, TX", "Miami, FL"])
    said = [note.text for note in drawn.layout.annotations]
    assert said == ["6 of 8", "10 of 20  50%"]
    raw = next(trace for trace in drawn.data if trace.marker.symbol == "diamond-open")
    assert list(raw.x) == [None, 50.0]


def test_bars_to_both_sides_share_one_zero():
    drawn = charts_compare.sides(["A", "B"], [12.0, -4.0], ["+12", "−4"], "Less", "More", None)
    low, high = drawn.layout.xaxis.range
    assert low == -high
    assert high > 12


def test_an_engagement_without_a_plan_has_no_mark_for_it():
    drawn = charts_compare.beside(["E1", "E2"], [120.0, None], [80.0, 40.0])
    assert len([trace for trace in drawn.data if trace.mode == "lines"]) == 1
    assert drawn.layout.xaxis.range[1] > 120


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"numerator": 18, "denominator": 24, "value": 75.0}, "18 of 24"),
        (
            {"numerator": 1418, "denominator": 2080, "value": 71.0},
            "",
        ),  # 68.2 percent: the open cases make the difference
        ({"numerator": 1003.4, "denominator": 1428.2, "value": 70.3}, ""),  # sums of weights
        ({"numerator": 0, "denominator": 0, "value": None}, ""),
        ({"numerator": 6, "denominator": 8, "value": None}, "6 of 8"),
    ],
)
def test_k_of_n_stands_beside_a_value_only_where_it_is_that_share(given, expected):
    assert fmt.counted({"unit": "percent"} | given) == expected


def test_units_of_the_new_metrics_in_words():
    cases = {
        (3.46, "weeks"): "3.5 weeks",
        (1.0, "days"): "1 day",
        (-7.0, "days"): "−7 days",
        (0.871, "ratio"): "0.87",
        (48.2, "percent of plan"): "48% of plan",
        (-5.2, "percentage points"): "−5 points",
        (12.34, "uses per 100 eligible city-months"): "12.3 uses per 100 eligible city-months",
    }
    assert {case: fmt.quantity(*case) for case in cases} == cases
    for (value, unit), text in list(cases.items())[:3]:
        assert fmt.parts({"value": value, "unit": unit, "state": "value"}) == tuple(text.split(" "))
    plan = {"value": 48.2, "unit": "percent of plan", "state": "value", "numerator": 48, "denominator": 100}
    assert fmt.parts(plan) == ("48%", "")
    assert figure.notes(plan | {"reason": None}) == ["Of plan"]


def test_steps_never_rise():
    curve = charts_survival.waiting([("Network", ROWS)]).data[-1]
    assert all(after <= before for before, after in pairwise(curve.y))

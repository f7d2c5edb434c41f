"""The figure component: what it shows for each state, and that a gap is never drawn."""

from datetime import date
from decimal import Decimal

import pytest

from dashboards import charts, figure


def row(**given):
    base = {
        "metric": "on_time_pct",
        "state": "value",
        "unit": "percent",
        "amount_usd": None,
        "reason": None,
        "status": "final",
    }
    empty = ("value", "numerator", "denominator", "ci_low", "ci_high", "change", "change_low", "change_high")
    period = {
        "period_type": "quarter",
        "period": "FY2015Q2",
        "period_start": date(2015, 1, 1),
        "period_end": date(2015, 3, 31),
    }
    return base | dict.fromkeys(empty) | period | given


def test_a_sparkline_is_the_unbroken_run_that_ends_with_the_figure():
    series = [row(value=v) for v in (10.0, 20.0)] + [row(state="withheld")] + [row(value=v) for v in (30.0, 0.0, 50.0)]
    assert figure.spark(series) == [30.0, 0.0, 50.0]
    assert figure.spark([*series, row(state="not_reported")]) is None
    assert figure.spark([row(amount_usd=Decimal("1.10")), row(amount_usd=Decimal("2.20"))]) is None


@pytest.mark.parametrize(
    ("change", "direction", "expected"),
    [
        ((9, 2, 16), "up", "green"),
        ((9, 2, 16), "down", "red"),
        ((-9, -16, -2), "down", "green"),
        ((9, -2, 20), "up", "gray"),
        ((9, 2, 16), "none", "gray"),
        ((None, None, None), "up", "gray"),
    ],
)
def test_a_color_is_earned_by_a_clear_change_with_a_better_side(change, direction, expected):
    delta, low, high = change
    assert figure.tone(row(change=delta, change_low=low, change_high=high), direction) == expected


def test_notes_below_a_value():
    given = row(
        value=75.0,
        numerator=18,
        denominator=24,
        ci_low=55.1,
        ci_high=88.0,
        change=15.0,
        change_low=-12.0,
        change_high=40.0,
    )
    target = {"target": 90.0}
    assert figure.notes(given, target) == [
        "18 of 24",
        "95% interval 55 to 88%",
        "Change −12 to +40 points",
        "Target 90%",
    ]


def test_notes_say_why_there_is_no_value():
    assert figure.notes(row(state="not_reported", reason="requests was not received")) == ["requests was not received"]


def test_a_figure_that_a_release_lacks_is_absent_not_zero():
    made = figure.absent("unmet_pct", None, "percent", "This release does not hold this figure.")
    assert (made["state"], made["value"]) == ("absent", None)
    assert figure.counted("Files", None, "").row["value"] is None
    assert figure.counted("Files", 0, "").row["value"] == 0


def test_a_trend_leaves_gaps_and_says_them():
    rows = [row(period="FY2015Q1", value=60.0, ci_low=39.0, ci_high=78.0)]
    rows += [row(period="FY2015Q2", state="withheld", numerator=6, denominator=8), row(period="FY2015Q3", value=75.0)]
    drawn = charts.trend(rows, "percent", "FY2015Q3")
    markers = [trace for trace in drawn.data if trace.type == "scatter" and trace.mode == "markers"]
    assert list(markers[0].y) == [60.0, None, 75.0]
    gaps = [trace for trace in drawn.data if trace.type == "bar"]
    assert list(gaps[0].x) == ["FY2015<br>Q2"]
    assert [note.x for note in drawn.layout.annotations if note.text == "6 of 8"] == ["FY2015<br>Q2"]
    lines = [trace for trace in drawn.data if trace.type == "scatter" and trace.line.width]
    assert not lines, "no line across a gap"


def test_dots_give_a_withheld_rate_its_words_and_no_mark():
    rows = [row(value=80.0, ci_low=70.0, ci_high=90.0, numerator=8, denominator=10)]
    rows += [row(state="withheld", numerator=6, denominator=8, reason="fewer than 10")]
    drawn = charts.dots(rows, ["Budget", "Housing"])
    markers = [trace for trace in drawn.data if trace.type == "scatter" and trace.mode == "markers"]
    assert list(markers[0].y) == ["Budget"]
    assert "6 of 8 · Withheld: fewer than 10" in [note.text for note in drawn.layout.annotations]


def test_bars_start_at_zero_and_a_missing_one_is_not_drawn_as_zero():
    drawn = charts.bars(["A", "B"], [Decimal("5.50"), None], ["$6", "Not reported"])
    assert drawn.layout.xaxis.rangemode == "tozero"
    assert list(drawn.data[0].x) == [5.5, None]


def test_many_gaps_are_said_once_a_run():
    months = [f"{year}-{month:02d}" for year in (2014, 2015) for month in range(1, 13)]
    rows = [
        row(period_type="month", period=m, state="withheld" if m < "2014-07" else "value", value=50.0) for m in months
    ]
    drawn = charts.trend(rows, "percent", "2015-12")
    assert [note.text for note in drawn.layout.annotations] == ["<b>50%</b>", "Withheld"]
    assert len(drawn.data[-1].x) == 6, "each of the six months is hatched all the same"
    assert drawn.layout.xaxis.tickvals[-1] == "Dec<br>2015"
    assert len(drawn.layout.xaxis.tickvals) <= 6

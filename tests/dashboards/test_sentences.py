"""The finding sentences, case by case."""

import pytest

from assets import sentences


def row(**given):
    base = {"state": "value", "value": None, "unit": "percent", "period_type": "quarter", "reason": None, "topic": None}
    return (
        base
        | dict.fromkeys(("numerator", "denominator", "ci_low", "ci_high", "change", "change_low", "change_high"))
        | given
    )


def reached(k, n):
    return row(numerator=k, denominator=n, value=1.0)


@pytest.mark.parametrize(
    ("before", "tail"),
    [
        (reached(27, 48), ", up from 27 of 48 the quarter before."),
        (reached(33, 48), ", down from 33 of 48 the quarter before."),
        (reached(31, 49), ", as against 31 of 49 the quarter before."),
        (row(state="not_reported"), "."),
        (None, "."),
    ],
)
def test_reach(before, tail):
    said = sentences.reach(reached(31, 50), before, "FY2015 Q2")
    assert said == "31 of 50 eligible cities used the desk in FY2015 Q2" + tail


def test_reach_that_was_not_reported_is_no_zero():
    said = sentences.reach(row(state="not_reported"), None, "FY2015 Q2")
    assert said == "How many cities used the desk in FY2015 Q2 is not reported."


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"value": 75.0, "numerator": 18, "denominator": 24}, "75% of the answers due came on time (18 of 24)."),
        (
            {"value": 75.0, "numerator": 18, "denominator": 24, "change": 9.0, "change_low": 2.0, "change_high": 16.0},
            "75% of the answers due came on time (18 of 24), up 9 points from the quarter before.",
        ),
        (
            {"value": 75.0, "numerator": 18, "denominator": 24, "change": 9.0, "change_low": -2.0, "change_high": 20.0},
            "75% of the answers due came on time (18 of 24), no clear change from the quarter before.",
        ),
        (
            {"state": "withheld", "numerator": 6, "denominator": 8},
            "6 of 8 answers due came on time: too few for a percentage.",
        ),
        ({"state": "not_computable", "numerator": 0, "denominator": 0}, "No answer was due."),
        ({"state": "not_reported"}, "Whether answers came on time is not reported."),
    ],
)
def test_on_time(given, expected):
    assert sentences.on_time(row(**given)) == expected


def test_city():
    answered = row(state="withheld", numerator=6, denominator=8)
    asked = row(unit="requests", value=9.0)
    said = sentences.city("Waco, TX", asked, answered, "FY2015 Q2")
    assert said == (
        "Waco, TX sent the desk 9 requests in FY2015 Q2. 6 of 8 answers due came on time: too few for a percentage."
    )
    assert (
        sentences.city("Waco, TX", row(value=0.0), answered, "FY2015 Q2")
        == "Waco, TX asked the desk nothing in FY2015 Q2."
    )
    missing = sentences.city("Waco, TX", row(state="not_reported"), answered, "FY2015 Q2")
    assert missing == "What Waco, TX asked the desk in FY2015 Q2 is not reported."


def topic(name, value, low, high):
    return row(topic=name, value=value, numerator=value, denominator=100, ci_low=low, ci_high=high)


def test_topics_say_when_the_order_is_not_certain():
    apart = [topic("housing", 40.0, 31.0, 50.0), topic("budget", 80.0, 71.0, 87.0)]
    assert sentences.topics(apart, "FY2015 Q2") == (
        "In FY2015 Q2 answers on budget came on time most often (80%, 80 of 100), those on housing least often "
        "(40%, 40 of 100)."
    )
    near = [topic("housing", 70.0, 60.0, 78.0), topic("budget", 80.0, 71.0, 87.0)]  # 78 >= 71
    assert sentences.topics(near, "FY2015 Q2").endswith("Their intervals overlap: the order is not certain.")
    assert sentences.topics([], "FY2015 Q2").startswith("No topic had ten or more answers due")


def test_funding():
    lines = {"10e": 6_100_000, "10d": 10_000_000, "10h": 3_500_000}
    assert sentences.funding(lines, "June 30, 2017") == (
        "By June 30, 2017 the federal share spent was $6.1 million of $10.0 million authorized. "
        "$3.5 million is neither spent nor obligated."
    )
    assert sentences.funding({"10e": None}, "June 30, 2017") == "No expenditure is on record up to June 30, 2017."
    assert (
        sentences.funding({"10e": 0, "10d": None}, "June 30, 2017")
        == "By June 30, 2017 the federal share spent was $0."
    )


def test_where_next_keeps_cannot_say_visible():
    first = {"name": "Waco", "state": "TX", "criteria_met": 2, "criteria_known": 3}
    said = sentences.where_next(12, 5, first)
    assert said == (
        "12 eligible cities have not been served yet. Waco, TX comes first in order of need: it meets 2 of the 3 criteria "
        "for which there is data. For 5 of them the rule cannot say: a figure is missing, which is not a no."
    )
    assert sentences.where_next(0, 0, None) == "0 eligible cities have not been served yet."


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((9, 7, 1, 1, 4), "9 files came in; 7 had rows set aside, 1 could not be read. 1 of 4 checks did not pass."),
        ((1, 0, 0, 0, 4), "1 file came in; no row was set aside. All 4 checks passed."),
        ((0, 0, 0, 0, 0), "0 files came in; no row was set aside."),
    ],
)
def test_quality(counts, expected):
    assert sentences.quality(*counts) == expected

"""The sentences of the service pages, case by case."""

import pytest
from test_sentences import row

from assets import sentences
from dashboards import sentences_compare


@pytest.mark.parametrize(
    ("answered", "waited", "still", "expected"),
    [
        (
            row(value=75.0, numerator=18, denominator=24),
            row(unit="hours", value=12.0),
            row(unit="requests", value=1.0),
            "In FY2015 Q2, 75% of the answers due came on time (18 of 24). Half of the questions had a first reply within "
            "1.5 business days. 1 request was open at the end.",
        ),
        (
            row(state="withheld", numerator=6, denominator=8),
            row(unit="hours", state="not_reached"),
            row(unit="requests", value=0.0),
            "In FY2015 Q2, 6 of 8 answers due came on time: too few for a percentage. 0 requests were open at the end.",
        ),
        (
            row(state="not_reported"),
            row(state="not_reported"),
            row(state="not_reported"),
            "In FY2015 Q2, whether answers came on time is not reported.",
        ),
    ],
)
def test_responsiveness(answered, waited, still, expected):
    assert sentences.responsiveness(answered, waited, still, "FY2015 Q2") == expected


def test_satisfaction_is_downgraded_by_those_who_did_not_answer():
    share = row(value=80.0, numerator=16, denominator=20)
    weak = {"statement": "Others could change this.", "low_pct": 40.0, "high_pct": 90.0}
    assert sentences.satisfaction(share, weak) == (
        "Others could change this. Had everybody answered, between 40% and 90% would have been satisfied."
    )
    bare = {"statement": "Too few answers to say.", "low_pct": None, "high_pct": None}
    assert sentences.satisfaction(share, bare) == "Too few answers to say."
    assert sentences.satisfaction(share, None) == "16 of 20 who answered the survey were satisfied."
    few = row(state="withheld", numerator=3, denominator=4)
    assert sentences.satisfaction(few, None).endswith("too few for a percentage.")
    assert "no survey is on record" in sentences.satisfaction(row(state="not_reported"), None)


@pytest.mark.parametrize(
    ("late", "ahead", "tail"),
    [
        (None, None, ""),
        (0, 0, " No milestone is late and none come due in the 30 days after the as-of date."),
        (1, 1, " 1 milestone is late and 1 comes due in the 30 days after the as-of date."),
        (10, 3, " 10 milestones are late and 3 come due in the 30 days after the as-of date."),
    ],
)
def test_engagements(late, ahead, tail):
    said = sentences.engagements(row(unit="engagements", value=5.0), late, ahead, "FY2015 Q2")
    assert said == "5 engagements were under way in FY2015 Q2." + tail


def test_engagements_that_were_not_reported_are_no_zero():
    said = sentences.engagements(row(state="not_reported"), None, None, "FY2015 Q2")
    assert said == "How many engagements were under way in FY2015 Q2 is not reported."


def test_peers():
    peer, library = row(numerator=31, denominator=50), row(numerator=1, denominator=50)
    assert sentences.peers(peer, library, 7, "FY2015 Q2") == (
        "In FY2015 Q2, 31 of 50 eligible cities came to a peer event; 1 of 50 eligible cities used the library. "
        "7 eligible cities have never met another city at an event."
    )
    missing = row(state="not_reported")
    assert sentences.peers(peer, missing, None, "FY2015 Q2") == (
        "In FY2015 Q2, 31 of 50 eligible cities came to a peer event; how many cities used the library is not reported."
    )
    assert sentences.peers(peer, library, 0, "x").endswith("Every eligible city has met another at an event.")


def test_alerts_count_each_kind_in_order():
    assert sentences.alerts({"overdue_request": 1, "city_silent": 3, "feed_missing": 1}) == (
        "Needs a person now: 1 overdue request, 3 cities gone silent, 1 feed that did not arrive."
    )
    assert sentences.alerts({}) == "Nothing needs a person now."
    assert sentences.alert_kind("a_new_kind", 2) == "2 a new kind"


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (0.0004, "p < .001"),
        (0.03, "p = .030"),
        (0.049, "p = .049"),
        (0.2146, "p = .21"),
        (0.999, "p > .99"),
        (None, ""),
    ],
)
def test_p_values(p, text):
    assert sentences.p_value(p) == text


def test_equity_is_said_to_differ_below_five_percent_only():
    assert "differ by poverty more than chance" in sentences.equity({"p_value": 0.0499}, "poverty")
    assert sentences.equity({"p_value": 0.05}, "poverty").startswith("No clear difference")
    untested = {"p_value": None, "reason": "fewer than two groups"}
    assert (
        sentences.equity(untested, "poverty")
        == "Whether waits differ by poverty cannot be tested: fewer than two groups."
    )
    assert sentences.equity(None, "poverty") == "Whether waits differ by poverty cannot be tested."


def test_targets():
    met, missed = {"met": True, "needs_reason": False}, {"met": False, "needs_reason": True}
    told, due = {"met": False, "needs_reason": False}, {"met": None, "needs_reason": False}
    assert sentences.targets([met, told, due]) == "1 of 2 targets met."
    assert sentences.targets([met, missed]).startswith("1 of 2 targets met. 1 missed without a reason")
    assert sentences.targets([due]) == "No target can be judged yet."


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            {"value": 5.0, "numerator": 5, "denominator": 100},
            "5.0% of requests have no topic (5 of 100): within the limit of 5%.",
        ),
        (
            {"value": 6.0, "numerator": 6, "denominator": 100},
            "6.0% of requests have no topic (6 of 100): above 5%, which holds back a report until they are given one.",
        ),
        (
            {"state": "withheld", "numerator": 2, "denominator": 8},
            "2 of 8 requests have no topic: too few for a percentage.",
        ),
        ({"state": "not_reported"}, "How many requests have no topic is not reported."),
    ],
)
def test_unclassified(given, expected):
    assert sentences.unclassified(row(**given), 5.0) == expected


def test_a_league_says_when_cities_cannot_be_told_apart():
    first = {"city": "Waco, TX", "pooled_low": 60.0, "pooled_high": 90.0}
    near = {"city": "Miami, FL", "pooled_low": 40.0, "pooled_high": 70.0}
    far = {"city": "Miami, FL", "pooled_low": 40.0, "pooled_high": 59.0}
    assert sentences_compare.league([first, near], True) == "no city can be told from another"
    assert sentences_compare.league([first, far], True).startswith("Waco, TX and Miami, FL can be told apart")
    assert sentences_compare.league([far, first], False).startswith("Miami, FL and Waco, TX can be told apart")
    assert sentences_compare.league([first | {"pooling": "no_variation"}, far], True).startswith(
        "differences between cities are no"
    )


def test_gap_and_silent():
    assert sentences.gap([{"topic": "housing", "value": 1.0}]).endswith("by 1 point")
    assert (
        sentences.gap([{"topic": "housing", "value": 0.0}]) == "Requests and the library are spread over topics alike"
    )
    assert sentences.silent(1).startswith("1 city has asked")

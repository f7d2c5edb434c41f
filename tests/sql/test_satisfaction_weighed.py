"""Satisfaction weighed: by the chance of answering, by city, and what may be said of it; their intervals."""

from math import log, sqrt
from statistics import mean, variance

import pytest
from scipy.stats import norm
from scipy.stats import t as student
from surveyed import WACO, figure, run, survey


def wilson(share, n, z):
    """Wilson's limits in percent, in the form of the textbook."""
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return pytest.approx((100 * (middle - half), 100 * (middle + half)), abs=1e-6)


def test_weights_and_their_interval(bench):
    # web: 4 of 8 answered, 3 of them content; phone: 8 of 16, 2 content; e-mail: 6 of 8, 6 content
    told = [("web", 8, 4, 3), ("phone", 16, 8, 2), ("e-mail", 8, 6, 6)]
    surveys = [
        survey((5 if i < content else 1) if i < answered else None, channel=channel)
        for channel, delivered, answered, content in told
        for i in range(delivered)
    ]
    run(bench, *surveys)
    p = {row["channel"]: row["probability"] for row in bench.rows("from metrics.answering")}
    answers = [(1 / p[channel], float(i < content)) for channel, _, n, content in told for i in range(n)]
    total = sum(w for w, _ in answers)
    share = sum(w * y for w, y in answers) / total
    # Hajek: the ratio's linearized variance
    var = sum((w * (y - share)) ** 2 for w, y in answers) / total**2
    n = min(len(answers), share * (1 - share) / var)
    value, low, high, k, d, state = figure(
        bench, "satisfied_weighted_pct", columns="value, ci_low, ci_high, numerator, denominator, state"
    )
    assert (value, k, d) == pytest.approx((100 * share, share * total, total), abs=1e-6)
    assert (low, high) == wilson(share, n, norm.ppf(0.975)) and state == "value"
    assert p["e-mail"] > p["web"] and share < 11 / 18  # e-mail answers more and is content: it weighs less


@pytest.mark.parametrize("rating", [1, 5])
def test_where_all_agree_the_interval_still_has_a_width(bench, rating):
    surveys = [survey(rating, channel="web") for _ in range(12)] + [survey(channel="web")] * 4
    run(bench, *surveys)
    value, low, high = figure(bench, "satisfied_weighted_pct", columns="value, ci_low, ci_high")
    share = float(rating == 5)
    assert value == 100 * share
    assert (low, high) == wilson(share, 12, norm.ppf(0.975))  # equal weights: Kish's number is that of the answers


def test_few_answers_are_withheld_however_much_they_weigh(bench):
    run(bench, *[survey(5)] * 4, survey(2), *[survey()] * 20)
    assert figure(bench, "satisfied_weighted_pct") == (4, 5)  # metric_values withholds below 10
    run(bench, *[survey(5)] * 8, *[survey(2)] * 2, *[survey()] * 30)
    assert figure(bench, "satisfied_weighted_pct") == pytest.approx((32, 40))  # p = 10/40


def test_every_city_counts_once(bench):
    # twelve cities of 1, 2, ... 12 answers, of which 1, 1, 2, 2, ... 6, 6 content; other callers are left out
    content = {n: (n + 1) // 2 for n in range(1, 13)}
    surveys = [survey(5 if i < content[n] else 1, city=f"47{n:05}") for n in content for i in range(n)]
    run(bench, *surveys, *[survey(1, city=None)] * 5, survey(city=WACO))
    shares = [content[n] / n for n in content]
    share, n = mean(shares), 12**2 / sum(1 / n for n in content)
    n = min(n, share * (1 - share) / (variance(shares) / 12))
    value, low, high, k, d = figure(
        bench, "satisfied_city_mean_pct", columns="value, ci_low, ci_high, numerator, denominator"
    )
    assert (value, k, d) == pytest.approx((100 * share, 12 * share, 12), abs=1e-6)
    # Student's t by its expansion in 1 / 11, good to a thousandth
    low_t, high_t = wilson(share, n, student.ppf(0.975, 11)).expected
    assert (low, high) == pytest.approx((low_t, high_t), abs=0.05)
    assert figure(bench, "satisfied_city_mean_pct", grain="topic", topic="budget") == (k, d)
    assert figure(bench, "satisfied_city_mean_pct", grain="city", city_id=WACO) is None


@pytest.mark.parametrize(
    ("satisfied", "other", "unanswered", "level"),
    [
        (15, 0, 5, "at_least"),  # 15 of 20 is 75%, whoever did not answer
        (14, 0, 6, "answered_at_least"),  # 14 of 20 at the least, 20 of 20 at the most
        (9, 3, 8, "answered_at_least"),  # 9 of 12 is 75%
        (9, 4, 7, "answered_fewer"),
        (9, 5, 6, "answered_fewer"),  # at the most 15 of 20: three in four still
        (9, 6, 5, "fewer"),  # at the most 14 of 20
        (0, 9, 11, "fewer"),  # nine answers, but whatever the rest think
        (5, 4, 11, "too_few"),  # nine answers, and the bounds leave it open
        (9, 0, 0, "too_few"),
        (0, 0, 0, "too_few"),
    ],
)
def test_what_may_be_said(bench, satisfied, other, unanswered, level):
    surveys = [survey(4)] * satisfied + [survey(3)] * other + [survey()] * unanswered
    run(bench, survey(delivered_at="2014-05-28 14:00"), *surveys)
    (row,) = bench.rows("from metrics.satisfaction_statement where period = '2014-06' and grain = 'network'")
    assert (row["level"], row["delivered"], row["answered"]) == (level, len(surveys), satisfied + other)
    if len(surveys) >= 10:
        assert row["low_pct"] == pytest.approx(100 * satisfied / 20)
        assert row["high_pct"] == pytest.approx(100 * (satisfied + unanswered) / 20)
    else:
        assert row["low_pct"] is None and row["high_pct"] is None
    assert ("whoever" in row["statement"]) == (level in ("at_least", "fewer"))
    assert ("could change" in row["statement"]) == level.startswith("answered")


def test_the_order_of_rows_does_not_show(bench):
    surveys = [survey(1 + n % 5 if n % 3 else None, city=f"47{n % 7:05}", channel=f"c{n % 4}") for n in range(60)]
    run(bench, *surveys)
    once = bench.connection.execute("from metrics.satisfaction order by all").fetchall()
    run(bench, *reversed(surveys))
    assert bench.connection.execute("from metrics.satisfaction order by all").fetchall() == once


def test_waits_are_binned_finely_enough():
    # a quarter of ln(1 + hours) is never more than an eighth off
    assert all(abs(log(1 + h) - round(4 * log(1 + h)) / 4) <= 0.125 for h in range(2000))

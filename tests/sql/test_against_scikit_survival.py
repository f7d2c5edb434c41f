"""The cumulative incidence of resolution and its limits, against scikit-survival on ten sets with ties and heavy censoring."""

import numpy as np
import pytest
from bench import Bench
from oracles.ask import ask

CAUSES = ("open", "resolved", "closed_unanswered", "withdrawn", "merged")
WITHIN = {"resolved_within_5d_pct": 40, "resolved_within_10d_pct": 80, "resolved_within_20d_pct": 160}  # hours


def random_sets():
    """Hours in steps from a hundredth to four, so that many tie; nearly half are cut off, the last of them among these:
    where the last time is an end, scikit-survival gives no limits."""
    rng = np.random.default_rng(5)
    for number in range(10):
        size, step = int(rng.integers(30, 400)), (1, 4, 0.25, 0.01)[number % 4]
        hours = np.round(rng.exponential(60, size) / step) * step
        causes = rng.choice(5, size, p=[0.45, 0.35, 0.1, 0.06, 0.04])
        causes[:5] = [1, 2, 3, 4, 0]
        hours[4] = hours.max() + 400
        yield {"hours": hours.tolist(), "causes": causes.tolist()}


def incidence(answer, cause, hour):
    """(estimate, lower, upper) at an hour, with the variance of Dinse and Larson."""
    at = int(np.searchsorted(np.array(answer["times"]), hour, side="right")) - 1
    low, high = answer["Dinse_Approx"][cause - 1]
    return answer["incidence"][cause - 1][at], low[at], high[at]


def test_incidence_and_its_limits():
    bench = Bench()
    bench.reference()
    for table in ("core.eligibility", "core.engagement_cities", "metrics.response_curves"):
        bench.given(table)
    one = {"request_id": "X", "city": "4748000", "topic": "budget", "submitted_at": "2014-06-02 13:00"}
    bench.desk([one], "core.period_days", "core.day_parts", "core.period_parts", "core.figure_keys")
    sets = list(random_sets())
    compared = 0
    for drawn, answer in zip(sets, ask("cumulative_incidence", sets), strict=True):
        spells = [
            {"part": "2014-06", "city_id": "4748000", "topic": "budget", "open_hours": hours, "cause": CAUSES[cause]}
            for hours, cause in zip(drawn["hours"], drawn["causes"], strict=True)
        ]
        bench.waits(spells)
        bench.run("metrics.wait_counts", "metrics.wait_members")
        bench.run(
            *(f"metrics.resolution{part}" for part in ("_steps", "_sums", "", "_curves")), "metrics.survival_curves"
        )
        whole = "grain = 'network' and period = 'to_date'"
        points = bench.connection.execute(
            f"""select cause, t, estimate, ci_low, ci_high from metrics.survival_curves
            where {whole} and metric = 'resolved_within_10d_pct'"""
        ).fetchall()
        points += [
            ("resolved", WITHIN[metric], *(x if x is None else x / 100 for x in figures))
            for metric, *figures in bench.connection.execute(
                f"select metric, value, ci_low, ci_high from metrics.resolution where {whole}"
            ).fetchall()
            if metric in WITHIN
        ]
        assert {cause for cause, *_ in points} == set(CAUSES[1:])
        for cause, hour, estimate, low, high in points:
            expected, lower, upper = incidence(answer, CAUSES.index(cause), hour)
            assert estimate == pytest.approx(expected, abs=1e-9)
            if low is not None:
                assert (low, high) == pytest.approx((lower, upper), abs=1e-9)
                compared += 1
    bench.connection.close()
    assert compared > 600

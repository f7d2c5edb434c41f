"""milestone_slip_days and days_applied_to_approved: Kaplan-Meier in days, negative ones too, against a second reckoning."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from engaged import engage

Row = dict[str, Any]
AS_OF = date(2014, 9, 30)
KEYS = [{"grain": "network"}, {"grain": "topic", "topic": "budget"}, {"grain": "city", "city_id": "9900001"}]


def figures(bench: Any, engagements: list[Row], milestones: list[Row], as_of: date = AS_OF) -> list[Row]:
    bench.reference(as_of=as_of.isoformat())
    engage(bench, engagements)
    bench.given("core.milestones", milestones)
    bench.given("core.recommendations")
    bench.given("core.engagement_cities", [{"engagement_id": "E1", "city_id": "9900001"}])
    bench.given("core.figure_keys", KEYS, {"grain": "varchar", "city_id": "varchar", "topic": "varchar"})
    tables = ("scopes", "counts", "spells", "steps", "time")
    bench.run("metrics.application_stages", *(f"metrics.engagement_{t}" for t in tables))
    rows: list[Row] = bench.rows("from metrics.engagement_time")
    return rows


def engagement(name: str = "E1", **columns: Any) -> Row:
    return {"engagement_id": name, "topic": "budget", "starts_on": date(2014, 6, 1), "cities": 1} | columns


def milestones(*spells: tuple[int, bool], baseline: date = date(2014, 6, 30)) -> list[Row]:
    """One for each (days, done): one not done has its baseline so many days before as_of."""
    return [
        {
            "milestone_id": f"m{n}",
            "engagement_id": "E1",
            "baseline_due": baseline if done else AS_OF - timedelta(days=days),
            "done_on": baseline + timedelta(days=days) if done else None,
        }
        for n, (days, done) in enumerate(spells)
    ]


def of(rows: list[Row], metric: str = "milestone_slip_days", grain: str = "network", period: str = "to_date") -> Row:
    (row,) = [r for r in rows if (r["metric"], r["grain"], r["period"]) == (metric, grain, period)]
    return row


def told(row: Row) -> tuple[Any, ...]:
    return row["value"], row["numerator"], row["denominator"], row["state"]


def test_by_hand_with_early_finishes_and_an_open_one(bench: Any) -> None:
    # -3, 0, 4 done, and one open for 2 days. S: -3: 3/4; 0: 3/4 x 2/3 = 1/2, exactly half
    rows = figures(bench, [engagement()], milestones((-3, True), (0, True), (2, False), (4, True)))
    for grain in ("network", "topic", "city", "engagement"):
        assert told(of(rows, grain=grain)) == (0, 3, 4, "value")


def test_a_tie_ends_before_what_is_still_open(bench: Any) -> None:
    # at 5 days one is done and one still open, of two: 1/2 reached there; the other way round it would fall to zero
    rows = figures(bench, [engagement()], milestones((5, True), (5, False)))
    row = of(rows)
    assert told(row) == (5, 1, 2, "value")
    # S = 1/2: ln 2 = 0.6931, s.e. of its log 0.7071 / 0.6931 = 1.0202; 0.5 ^ exp(2.0) = 0.006 and 0.5 ^ exp(-2.0) = 0.91
    assert (row["ci_low"], row["ci_high"]) == (5, None)


def test_all_open_none_due_none_at_all(bench: Any) -> None:
    assert told(of(figures(bench, [engagement()], milestones((9, False), (3, False))))) == (None, 0, 2, "not_reached")
    # due on as_of itself: open for no days; the day after: not due
    on_time = figures(bench, [engagement()], milestones((0, False)))
    assert told(of(on_time)) == (None, 0, 1, "not_reached")
    later = figures(bench, [engagement()], milestones((0, False)), as_of=date(2014, 9, 29))
    assert told(of(later, period="2014-09")) == (None, 0, 0, "not_due")
    assert told(of(later)) == (None, 0, 0, "not_computable")
    assert told(of(on_time, period="2014-07")) == (None, 0, 0, "not_computable")
    none = figures(bench, [engagement()], [])
    assert told(of(none)) == (None, None, None, "not_reported")
    assert of(none)["reason"] == "no milestones received"


def test_a_milestone_due_later_and_done_early_is_not_in_it_yet(bench: Any) -> None:
    early = milestones((-60, True), baseline=date(2014, 9, 30))
    rows = figures(bench, [engagement()], early, as_of=date(2014, 9, 29))
    assert told(of(rows, period="2014-09")) == (None, 0, 0, "not_due")
    assert told(of(figures(bench, [engagement()], early), period="2014-09")) == (-60, 1, 1, "value")


def applied(name: str, day: int, approved: int | None = None, **columns: Any) -> Row:
    on = date(2014, 9, day)
    after = None if approved is None else on + timedelta(days=approved)
    return engagement(name, applied_on=on, approved_on=after) | columns


def test_applications_that_wait_count(bench: Any) -> None:
    # 10 approved, 15 waiting (15 to 30 September), 20 approved. S: at 10: 2/3; at 20, one is left: 0
    rows = figures(bench, [applied("E1", 1, 10), applied("E2", 15), applied("E3", 2, 20)], [])
    assert told(of(rows, "days_applied_to_approved")) == (20, 2, 3, "value")
    # without the one that waits the median would be 10
    rows = figures(bench, [applied("E1", 1, 10), applied("E3", 2, 20)], [])
    assert told(of(rows, "days_applied_to_approved")) == (10, 2, 2, "value")


def test_who_does_not_wait_any_more_on_a_day_nobody_told_is_left_out(bench: Any) -> None:
    rows = figures(
        bench,
        [
            applied("E1", 1, 0),  # the same day
            applied("E2", 1, status="Declined"),
            applied("E3", 1, status=" canceled "),
            applied("E4", 1, completed_on=date(2014, 9, 20)),
            engagement("E5"),  # no day of application
        ],
        [],
    )
    assert told(of(rows, "days_applied_to_approved")) == (0, 1, 1, "value")
    nobody = of(figures(bench, [engagement("E5")], []), "days_applied_to_approved")
    assert (nobody["state"], nobody["reason"]) == ("not_reported", "no days of application received")


def reckoned(days: np.ndarray, done: np.ndarray) -> tuple[float | None, ...]:
    """Median with its log-log limits, written anew: a product over event days, each limit by its own curve."""
    curves: list[tuple[float, float, float, float]] = []
    survival, spread = 1.0, 0.0
    for t in np.unique(days[done]):
        risk, ends = (days >= t).sum(), ((days == t) & done).sum()
        survival *= 1 - ends / risk
        spread += ends / (risk * (risk - ends)) if risk > ends else np.inf
        low = high = np.nan
        if 0 < survival < 1:
            reach = 1.959963984540054 * np.sqrt(spread) / abs(np.log(survival))
            low, high = survival ** np.exp(reach), survival ** np.exp(-reach)
        curves.append((float(t), survival, low, high))
    return tuple(next((c[0] for c in curves if c[k] <= 0.5 + 1e-12), None) for k in (1, 2, 3))


@pytest.mark.parametrize("seed", range(6))
def test_random_slips_against_a_second_reckoning(bench: Any, seed: int) -> None:
    rng = np.random.default_rng(seed)
    days, done = rng.integers(-12, 25, 40), rng.random(40) < 0.7
    days = np.where(done, days, np.abs(days))  # what is open is late, or due today
    rows = figures(bench, [engagement()], milestones(*zip(days.tolist(), done.tolist(), strict=True)))
    row = of(rows)
    assert (row["value"], row["ci_low"], row["ci_high"]) == reckoned(days, done)
    assert (row["numerator"], row["denominator"]) == (done.sum(), 40)

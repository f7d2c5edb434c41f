"""What the sample plants, as the figures that would tell it: from its parameters alone, in business hours, without its code.

Waits for a reply have a closed form; what several clocks decide together is drawn a million times a topic.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import brentq

from assets.sample.topics import TOPICS, Topic

DRAWS = 1_000_000
MINUTE = 1 / 60  # no clock of the sample runs shorter
WITHDRAWN_MEAN, CLOSED_AFTER, CLOSED_MEAN, FORGOTTEN, MERGED_MEAN = 1200, 30, 220, 0.25, 5
DUPLICATES = 0.94 * 0.035 * 0.965 / 0.992  # of city callers, less chains, among what is no spam
DUE, DAYS = 24, {"resolved_within_5d_pct": 40, "resolved_within_10d_pct": 80, "resolved_within_20d_pct": 160}
KIND = {
    "response_hours_median": "median, Kaplan-Meier",
    "response_hours_p90": "ninth decile, Kaplan-Meier",
    "on_time_pct": "share of those due, Wilson",
    "never_answered_pct": "share of those due, Wilson",
    "survey_response_pct": "survey response, Wilson",
    "satisfied_pct": "satisfied of those who answered, Wilson",
} | dict.fromkeys(DAYS, "cumulative incidence, Aalen-Johansen")


class Compared(NamedTuple):
    """A published figure beside what was planted."""

    kind: str
    metric: str
    topic: str | None
    period: str
    planted: float
    low: float
    high: float

    @property
    def inside(self) -> bool:
        return self.low <= self.planted <= self.high


def still_waiting(topic: Topic, hours: float) -> float:
    """Share of a topic's requests without a reply after so many business hours, if nothing else ended them."""
    scale = DUE / (-np.log(1 - topic.on_time / (1 - topic.never))) ** (1 / topic.shape)
    return float(topic.never + (1 - topic.never) * np.exp(-((max(hours - MINUTE, 0) / scale) ** topic.shape)))


def quantile(topics: Iterable[Topic], falls_to: float) -> float | None:
    """Business hours after which the share still waiting has fallen so far; None where it never does."""
    every = list(topics)
    whole = sum(t.share for t in every)

    def above(hours: float) -> float:
        return sum(t.share * still_waiting(t, hours) for t in every) / whole - falls_to

    return float(brentq(above, 0, 1400)) if above(1400) < 0 else None


def shares(topic: Topic, rng: np.random.Generator) -> dict[str, tuple[float, float]]:
    """(numerator, denominator) of each share, as shares of all requests of the topic."""

    def clock(mean: float, after: float = 0) -> np.ndarray:
        return after + MINUTE + rng.exponential(mean, DRAWS)

    def only(share: float, hours: np.ndarray) -> np.ndarray:
        return np.where(rng.random(DRAWS) < share, hours, np.inf)

    scale = DUE / (-np.log(1 - topic.on_time / (1 - topic.never))) ** (1 / topic.shape)
    reply = only(1 - topic.never, MINUTE + scale * rng.weibull(topic.shape, DRAWS))
    withdrawn = clock(WITHDRAWN_MEAN)
    closed = only(1 - FORGOTTEN, clock(CLOSED_MEAN, CLOSED_AFTER))
    merged = only(DUPLICATES, clock(MERGED_MEAN))
    reply = np.where(reply <= np.minimum.reduce([withdrawn, closed, merged]), reply, np.inf)
    answered = np.isfinite(reply)
    work = np.where(rng.random(DRAWS) < 0.3, 0, clock(topic.work_hours))
    resolved = np.where(answered & (rng.random(DRAWS) > 0.04), np.where(answered, reply, 0) + work, np.inf)
    closed = np.where(answered, np.inf, closed)
    first = np.minimum.reduce([resolved, withdrawn, closed, merged])
    resolved = np.where(resolved == first, resolved, np.inf)
    due = (merged > first) & ~((withdrawn == first) & (withdrawn <= np.minimum(DUE, reply)))
    in_time = reply <= DUE
    told = {
        "on_time_pct": ((due & in_time).mean(), due.mean()),
        "never_answered_pct": ((due & ~answered).mean(), due.mean()),
    }
    substantive = rng.random(DRAWS) < 0.88
    told |= {metric: ((substantive & (resolved <= hours)).mean(), 1.0) for metric, hours in DAYS.items()}
    asked = np.isfinite(resolved)
    rating = np.clip(np.round(topic.rating + np.where(in_time, 0.2, -0.7) + rng.normal(0, 0.9, DRAWS)), 1, 5)
    answers = asked & (rng.random(DRAWS) < 0.22 + 0.05 * rating)
    content = rating >= 4
    told["survey_response_pct"] = (answers.mean(), asked.mean())
    told["satisfied_pct"] = ((answers & content).mean(), answers.mean())
    told["satisfied_if_all_answered"] = ((asked & content).mean(), asked.mean())
    return {metric: (float(k), float(n)) for metric, (k, n) in told.items()}


def planted(seed: int = 1) -> dict[tuple[str, str | None], float]:
    """{(metric, topic or None for the network): what was planted}, in the metric's own unit."""
    rng = np.random.default_rng(seed)
    found: dict[tuple[str, str | None], float] = {}
    pooled: dict[str, list[float]] = {}
    for topic in TOPICS:
        for metric, (k, n) in shares(topic, rng).items():
            found[metric, topic.topic] = 100 * k / n
            both = pooled.setdefault(metric, [0.0, 0.0])
            both[0], both[1] = both[0] + topic.share * k, both[1] + topic.share * n
    found |= {(metric, None): 100 * k / n for metric, (k, n) in pooled.items()}
    for metric, falls_to in (("response_hours_median", 0.5), ("response_hours_p90", 0.1)):
        for name, topics in ((None, TOPICS), *((t.topic, (t,)) for t in TOPICS)):
            if (value := quantile(topics, falls_to)) is not None:
                found[metric, name] = value
    return found


def compare(
    rows: Callable[[str], list[Mapping[str, Any]]], table: str, truth: Mapping[tuple[str, str | None], float]
) -> list[Compared]:
    """Every figure of `table` with an interval and a planted value: fiscal year 2016, and its last quarter to as_of, when
    as_of cuts waits off, for the network. An upper limit that is not reached is infinite.

    Surveys are answered for twelve days after they are sent: of the last quarter not all that will answer have, so that
    the share who answered (of all sent, by definition) is compared for the year alone.
    """
    found = rows(
        f"""select metric, topic, period, value, ci_low, ci_high from {table}
        where state = 'value' and ci_low is not null and dimension is null and metric in {tuple(KIND)}
            and (period = 'FY2016' and grain in ('network', 'topic')
                or period = 'FY2017Q4' and grain = 'network' and metric <> 'survey_response_pct')"""
    )
    return [
        Compared(
            KIND[row["metric"]], row["metric"], row["topic"], row["period"], truth[row["metric"], row["topic"]],
            row["ci_low"], float("inf") if row["ci_high"] is None else row["ci_high"],
        )
        for row in found
        if (row["metric"], row["topic"]) in truth
    ]  # fmt: skip

"""Identities of the counts over random small histories, from raw rows through the whole of sql/ to published figures."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from bench import Bench
from hypothesis import given, settings
from hypothesis import strategies as st

from assets import catalog, models
from assets.raw import places

EASTERN = ZoneInfo("America/New_York")
MEMPHIS, WACO = "4748000", "4876000"
CITIES, TOPICS = (MEMPHIS, WACO, None), ("budget", "housing", "unclassified")
LAUNCH, AS_OF_AT = datetime(2014, 5, 22, 4), datetime(2014, 11, 1, 4)
SPAN = int((AS_OF_AT - LAUNCH).total_seconds()) // 60
FIRST = -21 * 1440  # the launch's month begins: what precedes the launch in it counts in it, and to date
FLOWS = ("created", "reopened", "resolved", "withdrawn", "merged", "closed_unanswered")
SHARES = (
    *("on_time_pct", "on_time_calendar_pct", "never_answered_pct", "response_competing_pct", "reopened_pct"),
    *("closed_unanswered_pct", "first_contact_pct", "answered_pct", "unmet_pct", "clearance_ratio", "unclassified_pct"),
    *("satisfied_pct", "survey_response_pct", "satisfied_low_pct", "satisfied_high_pct", "repeat_contact_pct"),
)
NOT_BY_TOPIC, NOT_OF_OTHERS = ("unclassified_pct",), ("repeat_contact_pct",)  # the latter is of cities alone
ENDS = ("resolved", "withdrawn", "merged", "closed_unanswered")
RECEIPT = {"_known_at": "2015-01-01", "_order": 1, "_row": 2, "_file": "requests/requests.csv", "_sha256": "0" * 64}
Row = dict[str, Any]


class Network:
    """The whole of sql/ over an empty network of two cities; `tell` gives it requests and makes again what they change."""

    def __init__(self) -> None:
        self.bench = Bench()
        self.bench.reference(as_of="2014-10-31")
        sources = list(catalog.load().sources)
        known: dict[str, list[Row]] = {
            "census_gazetteer": [
                {"geoid": MEMPHIS, "usps": "TN", "name": "Memphis city"},
                {"geoid": WACO, "usps": "TX", "name": "Waco city"},
            ],
            "eligibility": [
                {"city": MEMPHIS, "eligible_from": "2014-05-22"},
                {"city": WACO, "eligible_from": "2014-07-01"},
            ],
        }
        for source in sources:
            self.bench.given(f"raw.{source}", [RECEIPT | row for row in known.get(source, [])])
        places.build(self.bench.connection)
        loaded = models.load(sources)
        self.bench.run(*loaded)
        changed = {"raw.requests", "raw.request_events", "raw.surveys"}
        for model in loaded.values():
            if model.reads & changed:
                changed.add(model.table)
        self.stale = [table for table in loaded if table in changed and not table.startswith("published.")]
        needed = {"metrics.backlog", "metrics.on_time"}
        for model in reversed(loaded.values()):
            needed |= model.reads if model.table in needed else set()
        self.counts = [table for table in self.stale if table in needed]

    def tell(self, requests: list[Row], events: list[Row], surveys: list[Row] = (), whole: bool = True) -> None:
        """Makes again what these change: all of it, or what the counts of backlog and on_time need."""
        for table, rows in (("raw.requests", requests), ("raw.request_events", events), ("raw.surveys", surveys)):
            self.bench.connection.execute(f"delete from {table}")
            for row in rows:
                told = RECEIPT | row
                names = ", ".join(f'"{name}"' for name in told)
                marks = ", ".join("?" * len(told))
                self.bench.connection.execute(f"insert into {table} ({names}) values ({marks})", list(told.values()))
        self.bench.run(*(self.stale if whole else self.counts))

    def figures(self, *tables: str) -> dict[tuple[str, ...], tuple[float, float]]:
        """(metric, grain, city, topic, period type, period): numerator and denominator (0 where there is none)."""
        every = " union all ".join(f"from metrics.{table}" for table in tables)
        rows = self.bench.connection.execute(
            f"""select metric, grain, coalesce(city_id, ''), coalesce(topic, ''), period_type, period, numerator,
                coalesce(denominator, 0)
            from ({every}) as f
            where dimension is null and numerator is not null"""
        ).fetchall()
        return {row[:6]: row[6:] for row in rows}


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    one = Network()
    yield one
    one.bench.connection.close()


def at(minute: int) -> datetime:
    return LAUNCH + timedelta(minutes=minute)


# Midnights at which a month begins or as_of ends, a minute before and after, and anything.
EDGES = [m for day in ("2014-06-01", "2014-07-01", "2014-10-01", "2014-11-01")
         for m in [int((datetime.fromisoformat(day) + timedelta(hours=4) - LAUNCH).total_seconds()) // 60]]  # fmt: skip
MINUTE = st.one_of(st.integers(FIRST, SPAN + 1440), st.sampled_from([m + d for m in EDGES for d in (-1, 0, 1)]))
CALLER = st.tuples(st.sampled_from(CITIES), st.sampled_from(TOPICS))


def a_request(number: int, city: str | None, topic: str, asked: datetime, **columns: Any) -> Row:
    return {
        **{"request_id": f"R{number}", "city": city, "caller_type": None if city else "county", "topic": topic},
        **{"submitted_at": asked, "status": "open", "updated_at": asked, **columns},
    }


@st.composite
def ordered(draw: st.DrawFn) -> tuple[list[Row], list[Row], list[tuple[datetime, str, str | None, str]]]:
    """Requests that are closed and reopened in good order: their rows, their events, and (at, what, city, topic) of each."""
    requests: list[Row] = []
    events: list[Row] = []
    changes = []
    for number in range(draw(st.integers(1, 8))):
        city, topic = draw(CALLER)
        instants = sorted(draw(st.sets(MINUTE, min_size=1, max_size=6)))
        story = ["created"]
        for _ in instants[1:]:
            is_open = story[-1] in ("created", "reopened")
            story.append(draw(st.sampled_from(ENDS)) if is_open else "reopened")
        closed = story[-1] in ENDS
        last = at(instants[-1])
        row = a_request(number, city, topic, at(instants[0]), updated_at=last, status="closed" if closed else "open")
        requests.append(row)
        for minute, event in zip(instants, story, strict=True):
            changes.append((at(minute), event, city, topic))
            if event != "created":
                told = {"request_id": f"R{number}", "at": at(minute), "event": event}
                events.append({"event_id": f"V{len(events)}", **told})
    return requests, events, changes


def expected_counts(changes: list[tuple[datetime, str, str | None, str]], periods: list[tuple]) -> Counter:
    """Every flow and the backlog of every period, counted one change after another."""
    counts: Counter = Counter()
    for when, event, city, topic in changes:
        day = when.replace(tzinfo=UTC).astimezone(EASTERN).date()
        keys = [("network", "", ""), ("topic", "", topic)] + ([("city", city, "")] if city else [])
        step = 1 if event in ("created", "reopened") else -1
        for kind, period, first, last, closes_at in periods:
            if when >= AS_OF_AT:
                continue
            for key in keys:
                counts[event, *key, kind, period] += first <= day <= last
                counts["backlog_open", *key, kind, period] += step * (when < closes_at)
    return counts


@settings(max_examples=25, deadline=None)
@given(history=ordered())
def test_counts_are_those_of_the_histories(network, history):
    requests, events, changes = history
    network.tell(requests, events, whole=False)
    periods = network.bench.connection.execute(
        "select period_type, period, period_start, period_end, closes_at from reference.periods"
    ).fetchall()
    counts = expected_counts(changes, periods)
    found = network.figures("backlog", "on_time")
    dense = {key: row for key, row in found.items() if key[0] in (*FLOWS, "backlog_open") and key[1] != "city_topic"}
    if all(when >= AS_OF_AT for when, *_ in changes):
        assert not dense  # nothing has been seen yet
    else:
        assert {key: row[0] for key, row in dense.items() if row[0]} == {key: n for key, n in counts.items() if n}
        assert len(dense) == 7 * (1 + 13 + 2) * len(periods)


@st.composite
def disordered(draw: st.DrawFn) -> tuple[list[Row], list[Row], list[Row]]:
    """Requests with any instants in their columns, events in any order, also of times before they were asked, and surveys."""
    requests: list[Row] = []
    events: list[Row] = []
    surveys: list[Row] = []
    later = st.one_of(st.none(), st.integers(0, 40 * 1440))
    for number in range(draw(st.integers(1, 12))):
        asked = draw(MINUTE)
        columns = {
            name: None if (wait := draw(later)) is None else at(asked + wait)
            for name in ("first_response_at", "resolved_at", "reopened_at", "withdrawn_at", "merged_at")
        }
        columns |= {
            "status": draw(st.sampled_from(["open", "closed"])),
            "disposition": draw(st.sampled_from([None, "answered", "no_answer", "referred", "spam"])),
            "duplicate_of": draw(st.sampled_from([None, None, None, "R0"])),
            "is_test": draw(st.sampled_from([None, False, False, True])),
            "replies": draw(st.sampled_from([None, 1, 2])),
            "updated_at": at(asked + draw(st.integers(0, 60 * 1440))),
        }
        city, topic = draw(CALLER)
        requests.append(a_request(number, city, topic, at(asked), **columns))
        for minute, event in draw(
            st.lists(st.tuples(MINUTE, st.sampled_from([*ENDS, "reopened", "reply"])), max_size=3)
        ):
            told = {"request_id": f"R{number}", "at": at(minute), "event": event}
            events.append({"event_id": f"V{len(events)}", **told})
        if draw(st.booleans()):
            sent = asked + draw(st.integers(0, 40 * 1440))
            rating = draw(st.sampled_from([None, 2, 4, 5]))
            survey = {"request_id": f"R{number}", "delivered_at": at(sent), "rating": rating}
            surveys.append(
                survey | {"answered_at": None if rating is None else at(sent + draw(st.integers(0, 20 * 1440)))}
            )
    return requests, events, surveys


def summed(figures: dict[tuple[str, ...], tuple[float, float]], *kept: int) -> dict[tuple, tuple[float, float]]:
    """The additive figures summed over all but the kept places of their key: 1 grain, 2 city, 3 topic, 4 period type, 5 period."""
    sums: dict[tuple, tuple[float, float]] = {}
    for key, (numerator, denominator) in figures.items():
        if key[0] in (*FLOWS, "backlog_open", *SHARES):
            group = (key[0], *(key[place] for place in kept))
            before = sums.get(group, (0.0, 0.0))
            sums[group] = (before[0] + numerator, before[1] + denominator)
    return sums


@settings(max_examples=15, deadline=None)
@given(history=disordered())
def test_parts_add_up(network, history):
    requests, *told = history
    others = {row["request_id"] for row in requests if row["city"] is None}
    network.tell(*([row for row in rows if row["request_id"] in others] for rows in history))
    of_others = network.figures("figures")
    network.tell(requests, *told)
    found = network.figures("figures")

    assert network.bench.value("select count(*) from metrics.backlog_identity where difference <> 0") == 0
    beyond = network.bench.rows(
        """select f.metric, f.grain, f.period, f.numerator, f.denominator from metrics.metric_values as f
        inner join reference.metrics as m on m.metric = f.metric and m."interval" = 'wilson'
        where f.numerator > f.denominator or f.numerator < 0 or (f.numerator is null) <> (f.denominator is null)"""
    )
    assert beyond == []
    outside = (
        "select count(*) from metrics.metric_values where unit = 'percent' and not value between ci_low and ci_high"
    )
    assert network.bench.value(outside) == 0

    by_grain, of_others = summed(found, 1, 4, 5), summed(of_others, 1, 4, 5)
    for (metric, grain, *period), whole in by_grain.items():
        if grain == "network":
            rest = (0, 0) if metric in NOT_OF_OTHERS else of_others.get((metric, "network", *period), (0, 0))
            cities = by_grain[metric, "city", *period]
            assert (cities[0] + rest[0], cities[1] + rest[1]) == whole, metric
            if metric not in NOT_BY_TOPIC:
                assert by_grain[metric, "topic", *period] == whole, metric
                assert by_grain.get((metric, "city_topic", *period), (0, 0)) == cities, metric
    by_kind = summed(found, 1, 2, 3, 4)
    for (metric, grain, city, topic, kind), total in by_kind.items():
        if metric != "backlog_open":
            # city × topic is there only where something is
            assert total == by_kind.get((metric, grain, city, topic, "to_date"), (0, 0)), (metric, grain, kind)
    for (metric, grain, city, topic, _, period), row in found.items():
        if metric == "backlog_open" and period == "to_date":
            assert row == found.get((metric, grain, city, topic, "month", "2014-10"), (0, 0))

"""Duplicates: suggested without a word of theirs, decided by a person, resolved to the first."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from bench import Bench

from assets import duplicates
from assets.decisions import Refused
from assets.duplicates import DISTINCT, DUPLICATE, UNDO

WORDS = "How do other cities pay for retiree health care"
CITY = "4748000"


@pytest.fixture
def bench() -> Iterator[Bench]:
    one = Bench()
    yield one
    one.connection.close()


def decide(folder, one, other, decided=DUPLICATE):
    return duplicates.decide(folder, one, other, decided, "A. Person", "the same question")


def request(name: str, day: int = 1, **columns: Any) -> dict[str, Any]:
    asked = datetime(2014, 6, 1, 14) + timedelta(days=day)
    return {"request_id": name, "city": CITY, "topic": "budget", "submitted_at": asked, "question": WORDS, **columns}


def suggested(bench, folder, *requests):
    bench.reference()
    bench.desk(requests)
    return [(p.request_id, p.duplicate_of, p.score) for p in duplicates.suggest(bench.connection, folder)]


def test_same_words_city_topic_and_month(bench, tmp_path):
    found = suggested(
        bench,
        tmp_path,
        *(request("A"), request("B", 5, question=WORDS.upper() + "?"), request("C", 32)),  # 31 days after A, 27 after B
        request("D", topic="housing"),
        request("E", city="4876000"),
        request("F", question="Where may a food truck park downtown"),
        request("G", is_test=True),
        request("H", merged_at=datetime(2014, 6, 3), duplicate_of="A"),
        request("I", city=None, caller_type="county"),
        *(request("J", question="Parking"), request("K", question="Parking")),  # too short to say
    )
    assert found == [("B", "A", 100), ("C", "B", 100)]
    assert suggested(bench, tmp_path) == []


def test_thirty_days_to_the_instant(bench, tmp_path):
    assert suggested(bench, tmp_path, request("A", 0), request("B", 30)) == [("B", "A", 100)]
    late = request("B", 30)
    late["submitted_at"] += timedelta(seconds=1)
    assert suggested(bench, tmp_path, request("A", 0), late) == []


def test_what_is_decided_is_not_asked_again(bench, tmp_path):
    pair = (request("A"), request("B", 2))
    decide(tmp_path, "A", "B", DISTINCT)
    assert suggested(bench, tmp_path, *pair) == []
    decide(tmp_path, "B", "A", UNDO)
    assert suggested(bench, tmp_path, *pair) == [("B", "A", 100)]


def test_no_words_leave_the_module(bench, tmp_path):
    suggested(bench, tmp_path, request("A"), request("B", 2))
    (pair,) = duplicates.suggest(bench.connection, tmp_path)
    assert "retiree" not in repr(pair)


def test_decisions_resolve_to_the_first_and_never_go_round(bench, tmp_path):
    decide(tmp_path, "B", "A")
    decide(tmp_path, "C", "B")
    for one, other, why in (
        ("A", "C", "already"),
        ("A", "B", "already"),
        ("B", "D", "undo"),
        ("A", "A", "one request"),
    ):
        with pytest.raises(Refused, match=why):
            decide(tmp_path, one, other)
    with pytest.raises(Refused, match="nothing is decided"):
        decide(tmp_path, "X", "Y", UNDO)
    with pytest.raises(Refused):
        duplicates.decide(tmp_path, "X", "Y", DUPLICATE, "", "why")
    duplicates.build(bench.connection, duplicates.confirmed(tmp_path))
    found = bench.rows("select request_id, duplicate_of from reference.decided_duplicates order by 1")
    assert [tuple(r.values()) for r in found] == [("B", "A"), ("C", "A")]
    decide(tmp_path, "B", "A", UNDO)
    assert [(d.request_id, d.duplicate_of) for d in duplicates.confirmed(tmp_path)] == [("C", "B")]


def test_twenty_thousand_requests_take_seconds():
    chance = np.random.default_rng(1)
    words = ["budget", "pension", "street", "water", "police", "school", "bridge", "grant", "audit", "loan", "park"]
    start = datetime(2014, 6, 1)
    requests = [(str(n), start + timedelta(minutes=100 * n), " ".join(chance.choice(words, 8))) for n in range(20_000)]
    began = time.perf_counter()
    pairs = sum(1 for _ in duplicates._alike(requests))
    assert pairs > 0 and time.perf_counter() - began < 30

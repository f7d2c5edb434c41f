"""Topics in other words, what no mapping knows, and the gate on reports."""

import pytest
import yaml

from assets import catalog, topics

FEEDS = ("engagements", "peer_events", "library_resources", "library_use")
RECEIPT = {"_known_at": "2029-01-01", "_file": "f.csv", "_sha256": "0" * 64}
MEMPHIS = "4748000"


def request(n, topic=None, **columns):
    return {"request_id": f"{n:02}", "city": MEMPHIS, "topic": topic, "submitted_at": "2014-06-02 14:00", **columns}


def run(bench, *requests):
    bench.reference()
    for feed in FEEDS:
        bench.given(f"raw.{feed}")
    for table in ("core.eligibility", "core.engagement_cities"):
        bench.given(table)
    bench.desk(requests, "core.period_days", "core.day_parts", "core.period_parts", "core.figure_keys")
    bench.run("staging.unmapped_topics", "metrics.topics", "metrics.topic_gates")


@pytest.mark.parametrize(
    ("word", "topic"),
    [
        ("budget", "budget"),
        ("Budget and finance", "budget"),
        ("school redevelopment", "education"),
        (" Housing & Neighborhoods", "housing"),
        ("WORKFORCE DEVELOPMENT", "workforce"),
        ("Creating a more diverse police force", "public_safety"),
        ("unclassified", "unclassified"),
        ("zoo", "unclassified"),
        (None, "unclassified"),
    ],
)
def test_words_of_other_taxonomies(bench, word, topic):
    run(bench, request(1, word))
    assert bench.value("select topic from core.requests") == topic


def test_every_topic_has_its_words_once():
    known = [t.model_dump() for t in catalog.load().topics]
    rows = topics.words(known)
    assert len({(r["taxonomy"], r["word"]) for r in rows}) == len(rows)
    assert {r["taxonomy"] for r in rows} == {"cities311", "rfa", "icma", "published_answers", "evaluation"}
    assert {(r["word"], r["topic"]) for r in rows} >= {(t["topic"], t["topic"]) for t in known}


@pytest.mark.parametrize("words", [{"Zoo": "animals"}, {"Housing": "budget"}])
def test_a_mapping_that_contradicts_is_refused(tmp_path, words):
    path = tmp_path / "topic_mappings.yml"
    path.write_text(yaml.safe_dump({"version": 1, "taxonomies": [{"taxonomy": "x", "words": words}]}))
    with pytest.raises(topics.MappingError, match=r"x: '(Zoo|Housing)'"):
        topics.words([t.model_dump() for t in catalog.load().topics], path)


def test_words_that_wait_are_listed_and_nothing_personal_with_them(bench):
    run(
        bench,
        *(request(1, "Potholes"), request(2, " Potholes "), request(3, "call 901 555 0100"), request(4, "me@x.org")),
        *(request(5, "z" * 61), request(6), request(7, "budget")),
        # the word was mended later: the record has none that waits
        *(request(8, "Zoo", updated_at="2014-06-03 14:00"), request(8, "housing", updated_at="2014-06-04 14:00")),
    )
    bench.given("raw.engagements", [{**RECEIPT, "engagement_id": "E", "topic": "Potholes", "starts_on": "2014-06-02"}])
    bench.run("staging.unmapped_topics")
    found = bench.rows("from staging.unmapped_topics order by feed, word")
    assert [tuple(r.values()) for r in found] == [
        ("engagements", "Potholes", 1),
        ("requests", "(not shown)", 3),
        ("requests", "Potholes", 2),
    ]


def gate(bench, period="to_date"):
    return bench.rows(f"select requests, unclassified, blocks from metrics.topic_gates where period = '{period}'")[0]


def test_exactly_five_percent_passes_and_more_blocks(bench):
    known = [request(n, "budget") for n in range(19)]
    run(bench, *known, request(20, "Zoo"))  # 1 of 20
    assert gate(bench) == {"requests": 20, "unclassified": 1, "blocks": False}
    run(bench, *known[:18], request(20, "Zoo"))  # 1 of 19
    assert gate(bench) == {"requests": 19, "unclassified": 1, "blocks": True}
    assert gate(bench, "2014-07") == {"requests": 0, "unclassified": 0, "blocks": False}


def test_callers_without_a_city_count_in_the_network_alone_and_tests_nowhere(bench):
    run(bench, request(1, "Zoo"), request(2, city=None, caller_type="county"), request(3, "Zoo", is_test=True))
    found = bench.rows("select grain, numerator, denominator from metrics.topics where period = 'FY2014' order by 1")
    assert [tuple(r.values()) for r in found] == [("city", 1, 1), ("network", 2, 2)]


def test_without_requests_nothing_is_reported_or_blocked(bench):
    run(bench)
    assert bench.rows("select distinct state, numerator from metrics.topics") == [
        {"state": "not_reported", "numerator": None}
    ]
    assert gate(bench) == {"requests": None, "unclassified": None, "blocks": False}

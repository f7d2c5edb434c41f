"""Records that their source no longer has: those of which every file was followed by a whole that lacks them."""

from datetime import datetime

from assets import catalog

FEEDS = [name for name, source in catalog.load().sources.items() if source.publisher == "the program"]
FIRST, LATER, LAST = datetime(2014, 6, 1), datetime(2014, 7, 1), datetime(2014, 8, 1)


def told(known: datetime, gone: datetime | None, **key: str) -> dict[str, object]:
    return {"_known_at": known, "_gone_at": gone, **key}


def test_a_record_is_gone_when_every_file_that_told_of_it_was_said_again_without_it(bench):
    for feed in FEEDS:
        bench.given(f"raw.{feed}")
    bench.given(
        "raw.requests",
        [
            told(FIRST, LATER, request_id="kept"),
            told(LATER, None, request_id="kept"),
            told(FIRST, LATER, request_id="gone"),
            told(LATER, LAST, request_id="gone"),  # came back, and went again
            told(FIRST, None, request_id="alone"),
        ],
    )
    bench.given(
        "raw.attendance",
        [
            told(FIRST, LATER, event_id="E1", city="4748000"),
            told(FIRST, LATER, event_id="E1", city="1801468"),
            told(LATER, None, event_id="E1", city="4748000"),
        ],
    )
    bench.run("staging.vanished_records")
    assert bench.rows("select * from staging.vanished_records") == [
        {"feed": "attendance", "record_id": "E1 · 1801468", "last_known_at": FIRST, "vanished_at": LATER},
        {"feed": "requests", "record_id": "gone", "last_known_at": LATER, "vanished_at": LAST},
    ]


def test_nothing_received_is_nothing_gone(bench):
    for feed in FEEDS:
        bench.given(f"raw.{feed}")
    bench.run("staging.vanished_records")
    assert bench.rows("select * from staging.vanished_records") == []

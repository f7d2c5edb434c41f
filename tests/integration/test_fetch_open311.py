# ruff: noqa: F401, F811 -- fixtures are imported
"""`cities311 fetch open311` against servers that give at most so many requests at once, and page in every way there is."""

import json
import math
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from publisher import City, Publisher, polite, server
from typer.testing import CliRunner

from assets.fetch.files import Fetched, Notes
from assets.fetch.georeport import read
from assets.fetch.http import Polite, Refused
from assets.fetch.open311 import Desk, months
from pipelines.commands import app

NOW = datetime(2014, 4, 16, 12, tzinfo=UTC)
# 130 requests in March, most of them in one week, and 25 in the first half of April
MARCH = {
    f"M{n:03d}": f"2014-03-{1 + n // 10 if n < 30 else 20 + n % 5:02d}T{n % 24:02d}:{n % 60:02d}:00" for n in range(130)
}
APRIL = {f"A{n:03d}": f"2014-04-{1 + n % 15:02d}T08:{n:02d}:30" for n in range(25)}
OLD = {f"F{n}": "2014-02-28T23:59:59" for n in range(3)}


def serve(server: Publisher, city: City) -> None:
    server.answers[f"/requests.{city.form}"] = lambda handler, _: city.answer(handler, server.asked[-1].query)
    server.answers["/services.json"] = lambda handler, _: handler.send(200, b'[{"service_code": "001"}]')


def desk(server: Publisher, polite: Polite, place: Path, page_size: int | None = None) -> Desk:
    return Desk(
        polite, f"{server.url}/", "springfield.gov", place / "landing", Notes(place / "home" / "fetch"), page_size
    )


def came(place: Path) -> set[str]:
    """The ids in all files that landed."""
    folder = place / "landing" / "requests" / "springfield.gov"
    pages = [p for p in folder.iterdir() if p.suffix in (".json", ".xml") and not p.name.startswith("services")]
    return set().union(*(read(p.read_bytes(), "").ids for p in pages))


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("pages", [None, 0, 1, "last"])
@pytest.mark.parametrize("cap", [13, 25, 50, 1000])
def test_nothing_is_missed(server, polite, tmp_path, cap, pages, form):
    """13: the 130 of March are full pages only, and more than 13 come on some days; 25: all of April is one full page."""
    serve(server, City(OLD | MARCH | APRIL, cap, pages, form))
    desk(server, polite, tmp_path).fetch(date(2014, 3, 1), None, NOW)
    assert came(tmp_path) == set(MARCH | APRIL)
    assert len(server.asked) < 90


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    minutes=st.lists(st.integers(0, 59 * 24 * 60), max_size=80, unique=True),
    cap=st.integers(10, 60),
    pages=st.sampled_from([None, 0, 1, "last"]),
    page_size=st.none() | st.integers(10, 100),
)
def test_nothing_is_missed_whatever_the_times(server, polite, tmp_path_factory, minutes, cap, pages, page_size):
    """Any times in January and February 2014 (59 days), as long as a server that does not page can tell them apart."""
    requests = {
        f"R{n}": (datetime(2014, 1, 1) + timedelta(seconds=60 * n - n % 3 / 4)).isoformat() for n in minutes if n
    }
    serve(server, City(requests, cap, pages))
    place = tmp_path_factory.mktemp("any")
    desk(server, polite, place, page_size).fetch(date(2014, 1, 1), date(2014, 3, 1), NOW)
    assert came(place) == set(requests)


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 900))
def test_months_leave_no_gap_and_none_is_too_long(since, days):
    spans = list(months(since, since + timedelta(days=days)))
    assert sum(((s.end - s.start) for s in spans), timedelta()) == timedelta(days=days)
    assert all(a.end == b.start for a, b in pairwise(spans))
    assert all(s.end - s.start <= timedelta(days=31) for s in spans)


def test_files_as_received_services_mapping_and_the_words_asked_with(server, polite, tmp_path):
    serve(server, City(MARCH, 100, 1))
    wrote = desk(server, polite, tmp_path, 60).fetch(date(2014, 3, 1), date(2014, 4, 1), NOW)
    names = [
        "services.json",
        "2014-03-01_2014-04-01_1.json",
        "2014-03-01_2014-04-01_2.json",
        "2014-03-01_2014-04-01_3.json",
    ]
    assert [w.file for w in wrote] == [f"requests/springfield.gov/{n}" for n in names]
    folder = tmp_path / "landing" / "requests" / "springfield.gov"
    assert b'"service_code": 001' in (folder / names[1]).read_bytes()  # not valid JSON, and left as it came
    assert [read((folder / n).read_bytes(), "").count for n in names[1:]] == [60, 60, 10]
    first = server.asked[1].query
    assert first == {
        "jurisdiction_id": "springfield.gov", "start_date": "2014-03-01T00:00:00Z", "end_date": "2014-04-01T00:00:00Z",
        "page_size": "60",
    }  # fmt: skip
    mapping = folder / "mapping.yml"
    assert (
        yaml.safe_load(mapping.read_text()) == {"jurisdiction": "springfield.gov"}
        and "constants:" in mapping.read_text()
    )
    mapping.write_text("jurisdiction: other\n")
    desk(server, polite, tmp_path).fetch(date(2014, 3, 1), None, NOW)
    assert mapping.read_text() == "jurisdiction: other\n"


def test_a_month_that_is_over_is_fetched_once_and_the_open_one_again(server, polite, tmp_path):
    city = City(MARCH | APRIL, 1000)
    serve(server, city)
    desk(server, polite, tmp_path).fetch(date(2014, 3, 1), None, NOW)
    city.requests["A999"] = "2014-04-16T11:59:59"
    city.spans.clear()
    wrote = desk(server, polite, tmp_path).fetch(date(2014, 3, 1), None, NOW)
    assert {start[:7] for start, _ in city.spans} == {"2014-04"}
    assert Fetched("requests/springfield.gov/2014-04-01_2014-05-01_1.json", "changed", wrote[1].size) in wrote
    assert "A999" in came(tmp_path)
    desk(server, polite, tmp_path).fetch(date(2014, 3, 1), None, NOW, again=True)
    assert {start[:7] for start, _ in city.spans} == {"2014-03", "2014-04"}
    assert {w.state for w in desk(server, polite, tmp_path).fetch(date(2014, 3, 1), None, NOW)} == {"unchanged"}


def test_it_goes_on_where_it_broke_off(server, polite, tmp_path):
    """The server fails in April: March is done, and only April is asked for the next time."""
    city = City(MARCH | APRIL, 1000)
    serve(server, city)
    well = server.answers["/requests.json"]
    server.answers["/requests.json"] = lambda handler, before: (
        handler.send(503) if server.asked[-1].query["start_date"].startswith("2014-04") else well(handler, before)
    )
    with pytest.raises(Refused, match="gave up after 3 tries"):
        desk(server, polite, tmp_path).fetch(date(2014, 3, 1), None, NOW)
    server.answers["/requests.json"] = well
    city.spans.clear()
    desk(server, polite, tmp_path).fetch(date(2014, 3, 1), None, NOW)
    assert {start[:7] for start, _ in city.spans} == {"2014-04"} and came(tmp_path) == set(MARCH | APRIL)


@pytest.mark.parametrize("requests", [{}, {"M1": "2014-03-05T10:00:00"}])
@pytest.mark.parametrize("form", ["json", "xml"])
def test_an_empty_answer_and_a_single_object(server, polite, tmp_path, requests, form):
    serve(server, City(requests, 50, 1, form, single=True))
    desk(server, polite, tmp_path).fetch(date(2014, 3, 1), date(2014, 4, 1), NOW)
    assert came(tmp_path) == set(requests)


def test_whole_days_are_narrowed_to_a_day_and_what_is_more_is_told(server, polite, tmp_path):
    serve(server, City(MARCH, 30, days=True))
    desk(server, polite, tmp_path).fetch(date(2014, 3, 1), date(2014, 4, 1), NOW)
    assert came(tmp_path) == set(MARCH)  # at most 20 a day
    assert len(server.asked) < 60
    serve(server, City(MARCH, 15, days=True))
    with pytest.raises(Refused, match=r"15 requests came.*bulk export") as told:
        desk(server, polite, tmp_path / "b").fetch(date(2014, 3, 1), date(2014, 4, 1), NOW)
    assert "from 2014-03-2" in str(told.value) and len(server.asked) < 180
    assert json.loads((tmp_path / "b/home/fetch/open311-springfield.gov.json").read_text())["done"] == []


def test_more_at_one_instant_than_the_server_gives(server, polite, tmp_path):
    serve(server, City({f"B{n}": "2014-03-05T00:00:00" for n in range(60)} | APRIL, 50))
    with pytest.raises(Refused, match="50 requests came"):
        desk(server, polite, tmp_path).fetch(date(2014, 3, 1), None, NOW)
    assert len(server.asked) < 30 * math.log2(31 * 86400)


def test_a_server_that_refuses_time_zones(server, polite, tmp_path):
    city = City(MARCH, 1000, zone=False)
    serve(server, city)
    desk(server, polite, tmp_path).fetch(date(2014, 3, 1), date(2014, 4, 1), NOW)
    assert came(tmp_path) == set(MARCH)


@pytest.mark.parametrize(
    "body",
    [
        b'[{"code": 400, "description": "jurisdiction_id was not found"}]',
        b"<errors><error><code>400</code><description>jurisdiction_id was not found</description></error></errors>",
    ],
)
@pytest.mark.parametrize("status", [200, 400])
def test_an_error_stops_with_the_words_of_the_server(server, polite, tmp_path, body, status):
    form = "xml" if body.startswith(b"<") else "json"
    server.answers[f"/requests.{form}"] = lambda handler, _: handler.send(status, body)
    with pytest.raises(Refused) as told:
        desk(server, polite, tmp_path).fetch(date(2014, 3, 1), None, NOW)
    assert form == "xml" or "jurisdiction_id was not found" in str(told.value)
    assert not list((tmp_path / "landing/requests/springfield.gov").glob("2014*"))


def test_what_is_no_list_of_requests_is_refused():
    for content in (b'{"message": "hello"}', b"[1, 2", b"<rss><item/></rss>", b'"text"', b"null"):
        with pytest.raises(Refused, match="Open311"):
            read(content, "http://127.0.0.1")


def test_requests_without_an_id_count_all_the_same():
    """So that an answer that is full is seen to be."""
    page = read(b'[{"service_request_id": null}, {"token": "x"}, {"service_request_id": ["7"]}]', "")
    assert (page.count, page.ids) == (3, {"7"})
    page = read(
        b"<service_requests><request><service_request_id/></request><request>x</request></service_requests>", ""
    )
    assert (page.count, page.ids) == (2, frozenset())
    assert read(b'{"service_requests": []}', "").count == 0 and read(b"<service_requests/>", "").count == 0
    assert read(b'{"requests": [{"service_request_id": 5}], "total": 1}', "").ids == {"5"}


def test_real_answers_are_understood(real):
    counts = {
        p.name: read(p.read_bytes(), "").count
        for p in sorted((real / "open311").rglob("*requests*"))
        if p.suffix in (".json", ".xml") and "post" not in p.name
    }
    assert counts["service_requests_empty.xml"] == 0 and counts["requests_single.xml"] == 1
    assert all(count > 0 for name, count in counts.items() if "empty" not in name) and len(counts) >= 5


def test_the_command(server, tmp_path):
    serve(server, City(OLD | {"A1": "2014-04-02T08:00:00"}, 1000))
    places = ["--landing", str(tmp_path / "landing"), "--home", str(tmp_path / "home")]
    told = CliRunner().invoke(
        app,
        ["fetch", "open311", "--url", server.url, "--since", "2014-04-01", "--until", "2014-05-01", "--json", *places],
    )
    assert told.exit_code == 0, told.output
    rows = [json.loads(line) for line in told.stdout.splitlines()]
    assert [(r["file"], r["state"]) for r in rows] == [
        ("requests/127.0.0.1/services.json", "new"),
        ("requests/127.0.0.1/2014-04-01_2014-05-01_1.json", "new"),
    ]
    told = CliRunner().invoke(
        app, ["fetch", "open311", "--url", "http://127.0.0.1:9/../x y", "--jurisdiction", "../x", *places]
    )
    assert told.exit_code == 1 and "cannot name a folder" in told.stderr

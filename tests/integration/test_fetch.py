# ruff: noqa: F401, F811 -- fixtures are imported
"""`cities311 fetch` against real servers on this machine: every answer that a publisher or a failing server gives."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest
from publisher import TEXT, get, landed, nothing_left, polite, server

from assets.fetch.files import Fetched, Notes, download, hidden
from assets.fetch.http import Missing, Polite, Refused, Unreachable, Wanted, redirected, retry_after

ROOT = Path(__file__).resolve().parents[2]


def test_200_then_304_then_changed(server, get, tmp_path):
    server.file("/file.txt", TEXT, Last_Modified="Mon, 15 Sep 2014 10:00:00 GMT")
    assert get() == Fetched("place_county/file.txt", "new", len(TEXT))
    assert landed(tmp_path) == {"file.txt": TEXT}
    before = (tmp_path / "landing/place_county/file.txt").stat()
    assert get().state == "unchanged"
    assert "If-None-Match" in server.asked[1].headers and "If-Modified-Since" in server.asked[1].headers
    after = (tmp_path / "landing/place_county/file.txt").stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)
    server.file("/file.txt", TEXT + b"48|99999\n")
    assert get().state == "changed" and landed(tmp_path)["file.txt"].endswith(b"99999\n")
    (tmp_path / "landing/place_county/file.txt").unlink()  # taken away: asked for anew, whole
    assert get().state == "new" and "If-None-Match" not in server.asked[-1].headers
    assert all(a.headers["User-Agent"] == "cities311/0.1 (desk@example.org)" for a in server.asked)


def test_the_same_bytes_without_an_etag_are_left_as_they_lie(server, get, tmp_path):
    server.answers["/file.txt"] = lambda handler, _: handler.send(200, TEXT)
    get()
    before = (tmp_path / "landing/place_county/file.txt").stat().st_mtime_ns
    assert get().state == "unchanged"
    assert (tmp_path / "landing/place_county/file.txt").stat().st_mtime_ns == before
    assert landed(tmp_path) == {"file.txt": TEXT} and not hidden(tmp_path / "landing/place_county/file.txt").exists()


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [(404, Missing, "404"), (403, Refused, "403"), (400, Refused, "unknown variable"), (302, Refused, "302")],
)
def test_refused_at_once(server, get, tmp_path, status, error, words):
    server.answers["/file.txt"] = lambda handler, _: handler.send(status, b"error: unknown variable 'B99'")
    with pytest.raises(error, match=words):
        get()
    assert len(server.asked) == 1 and nothing_left(tmp_path)


def test_a_web_page_behind_an_error_is_not_quoted(server, get):
    page = b"<!DOCTYPE html><p>Somebody's name</p>"
    server.answers["/file.txt"] = lambda handler, _: handler.send(403, page, Content_Type="text/html")
    with pytest.raises(Refused) as told:
        get(advice="set CITIES311_CONTACT")
    assert "set CITIES311_CONTACT" in str(told.value) and "Somebody" not in str(told.value)


def test_429_waits_as_long_as_the_server_asks(server, get):
    server.answers["/file.txt"] = lambda handler, before: (
        handler.send(200, TEXT) if before else handler.send(429, Retry_After="1")
    )
    started = time.monotonic()
    assert get().state == "new"
    assert 1 <= time.monotonic() - started < 2


def test_429_that_asks_for_an_hour_is_refused_at_once(server, get):
    server.answers["/file.txt"] = lambda handler, _: handler.send(429, Retry_After="3600")
    with pytest.raises(Unreachable, match="3,600 seconds"):
        get()
    assert len(server.asked) == 1


def test_retry_after_as_a_day_and_time():
    soon = datetime.now(UTC) + timedelta(seconds=90)
    assert 88 < retry_after(format_datetime(soon, usegmt=True)) <= 90
    assert (
        retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0 and retry_after("120") == 120 and retry_after("soon") is None
    )


def test_500_then_200(server, get, tmp_path):
    server.answers["/file.txt"] = lambda handler, before: handler.send(200 if before == 2 else 500, TEXT)
    assert get().state == "new" and len(server.asked) == 3 and landed(tmp_path) == {"file.txt": TEXT}


def test_500_to_the_end_says_how_often_and_what_to_do(server, get, tmp_path):
    server.answers["/file.txt"] = lambda handler, _: handler.send(503)
    with pytest.raises(Unreachable, match=r"gave up after 3 tries, the last: 503 .*run the same command later"):
        get()
    assert len(server.asked) == 3 and nothing_left(tmp_path)


def test_a_slow_server_is_given_up(server, tmp_path):
    server.answers["/file.txt"] = lambda handler, _: server.stop.wait(5)
    polite = Polite(delay=0, tries=2, first_wait=0.01, timeout=0.2)
    with polite.client, pytest.raises(Unreachable, match=r"no answer within 0\.2 seconds"):
        polite.read(Wanted(f"{server.url}/file.txt"))
    assert len(server.asked) == 2


def test_redirects_are_followed_five_times_and_never_out_of_https(server, get, tmp_path):
    for hop in range(5):
        server.answers[f"/{hop}"] = lambda handler, _, to=hop + 1: handler.send(302, Location=f"/{to}")
    server.answers["/5"] = lambda handler, _: handler.send(200, b"48|5")
    server.answers["/file.txt"] = lambda handler, _: handler.send(301, Location="/1")
    assert get().state == "new" and len(server.asked) == 6
    server.answers["/5"] = lambda handler, _: handler.send(302, Location="/0")
    with pytest.raises(Refused, match="more than 5 times"):
        get()
    down = httpx.Response(302, headers={"Location": "http://www2.census.gov/a.csv"})
    with pytest.raises(Refused, match="redirects from https to http"):
        redirected(httpx.URL("https://www2.census.gov/a.csv"), down, Wanted("https://www2.census.gov/a.csv"))
    server.answers["/file.txt"] = lambda handler, _: handler.send(302, Location="file:///etc/passwd")
    with pytest.raises(Refused, match="redirects from http to file"):
        get()


def test_two_at_once_write_one_whole_file(server, tmp_path):
    """The second waits for the first, and then is told that nothing changed."""
    server.file("/file.txt", TEXT, Last_Modified="Mon, 15 Sep 2014 10:00:00 GMT")
    quick = server.answers["/file.txt"]
    server.answers["/file.txt"] = lambda handler, before: (time.sleep(0.3), quick(handler, before))
    states: list[str] = []

    def one() -> None:
        polite = Polite(delay=0, tries=2)
        with polite.client:
            wanted = Wanted(f"{server.url}/file.txt", "x", "file.txt")
            states.append(download(polite, wanted, tmp_path / "landing", Notes(tmp_path / "home")).state)

    threads = [threading.Thread(target=one) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(states) == ["new", "unchanged", "unchanged"] and landed(tmp_path) == {"file.txt": TEXT}


def test_requests_to_one_host_keep_their_distance(server):
    server.file("/file.txt", TEXT)
    polite = Polite(delay=0.2)
    started = time.monotonic()
    with polite.client:
        for _ in range(3):
            polite.read(Wanted(f"{server.url}/file.txt"))
    assert 0.4 <= time.monotonic() - started < 1


def test_killed_in_the_middle_it_shows_nothing_and_goes_on(server, tmp_path):
    """kill -9 while half of the file has come."""
    name, half = "national_place_by_county2020.txt", len(TEXT) // 2
    path = f"/geo/docs/reference/codes2020/{name}"
    server.file(path, TEXT)
    whole = server.answers[path]

    def answer(handler, before):
        if before:
            return whole(handler, before)
        handler.send(200, TEXT[:half], len(TEXT), ETag=f'"{hash(TEXT)}"', Accept_Ranges="bytes")
        return server.stop.wait(20)

    server.answers[path] = answer
    command = [sys.executable, "-m", "pipelines.cli", "fetch", "place_county", "--base-url", server.url]
    command += ["--landing", str(tmp_path / "landing"), "--home", str(tmp_path / "home"), "--json"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    part = tmp_path / "landing" / "place_county" / f".{name}.part"
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and not (part.exists() and part.stat().st_size > half // 2):
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert part.stat().st_size > half // 2 and landed(tmp_path) == {}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"file": f"place_county/{name}", "state": "new", "size": len(TEXT)}
    assert landed(tmp_path) == {name: TEXT} and not part.exists()
    assert server.asked[1].headers["Range"].startswith("bytes=")

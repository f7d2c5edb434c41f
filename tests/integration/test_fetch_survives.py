"""Rarer ways in which a download could silently be wrong: each was seen to go wrong before it was mended."""

import gzip
import time
import zipfile
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from publisher import City, Publisher

from assets.fetch.files import Fetched, Notes, download
from assets.fetch.georeport import read
from assets.fetch.http import Polite, Refused, Unreachable, Wanted, retry_after
from assets.fetch.open311 import Desk

OLD, NEW = b"1" * 200_000, b"2" * 200_000


@pytest.fixture
def server():
    publisher = Publisher()
    yield publisher
    publisher.close()


@pytest.fixture
def get(server, tmp_path):
    """Fetches a file of the server in two tries."""

    def fetch(path: str = "/file.txt", landing: str = "landing", tries: int = 2, **options) -> Fetched:
        polite = Polite("desk@example.org", delay=0, tries=tries, first_wait=0.01, timeout=2)
        with polite.client:
            wanted = Wanted(f"{server.url}{path}", "x", "file.txt", **options)
            return download(polite, wanted, tmp_path / landing, Notes(tmp_path / "home"))

    return fetch


def broken(server: Publisher, path: str, content: bytes) -> None:
    """A file of which less than half comes, with all that is needed to go on."""
    tag = f'"{hash(content)}"'
    server.answers[path] = lambda handler, _: handler.send(
        200, content[:90_000], len(content), ETag=tag, Accept_Ranges="bytes"
    )


def test_an_empty_answer_does_not_take_the_place_of_a_file(server, get, tmp_path):
    server.answers["/file.txt"] = lambda handler, before: handler.send(200, b"" if before else b"48|5\n")
    get()
    with pytest.raises(Unreachable, match="an empty answer came"):
        get()
    assert (tmp_path / "landing/x/file.txt").read_bytes() == b"48|5\n"


def test_an_answer_packed_in_several_parts_is_whole(server, get, tmp_path):
    packed = gzip.compress(b"48|5\n") + gzip.compress(b"48|6\n")
    server.answers["/file.txt"] = lambda handler, _: handler.send(200, packed, Content_Encoding="gzip")
    get()
    assert (tmp_path / "landing/x/file.txt").read_bytes() == b"48|5\n48|6\n"


@pytest.mark.parametrize("expects", ["zip", "workbook"])
def test_a_damaged_zip_leaves_nothing(server, get, tmp_path, expects):
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "48|58016\n" * 1000)
    content = bytearray(packed.getvalue())
    content[45] ^= 0xFF  # within the packed bytes: the directory at the end is whole
    sent = bytes(content) if expects == "zip" else bytes(content[:60])
    server.answers["/file.txt"] = lambda handler, _: handler.send(200, sent)
    with pytest.raises(Unreachable, match="cannot be unpacked" if expects == "zip" else "breaks off"):
        get(expects=expects, member=".txt" if expects == "zip" else "")
    assert list((tmp_path / "landing/x").iterdir()) == []


def test_what_another_address_sent_is_not_gone_on_with(server, get, tmp_path):
    """Half of a file from one mirror, half of another version from a second: never the two in one."""
    broken(server, "/a/file.txt", OLD)
    broken(server, "/b/file.txt", NEW)
    for path in ("/a/file.txt", "/b/file.txt"):
        with pytest.raises(Unreachable):
            get(path, tries=1)
    server.file("/a/file.txt", OLD)
    get("/a/file.txt")
    assert (tmp_path / "landing/x/file.txt").read_bytes() == OLD


def test_what_broke_off_in_another_landing_is_not_gone_on_with(server, get, tmp_path):
    """One HOME, two landing folders, and a new version in between."""
    for content, landing in ((OLD, "here"), (NEW, "there")):
        broken(server, "/file.txt", content)
        with pytest.raises(Unreachable):
            get(landing=landing, tries=1)
    server.file("/file.txt", NEW)
    get(landing="here")
    assert (tmp_path / "here/x/file.txt").read_bytes() == NEW


@pytest.mark.parametrize(
    ("expects", "content"), [("xml", b"<html><p>moved</p>"), ("zip", b"PK"), ("text", b"\xef\xbb\xbf<p>")]
)
def test_a_beginning_that_comes_byte_by_byte_is_judged_as_a_whole(server, get, tmp_path, expects, content):
    def answer(handler, _):
        handler.send(200, content[:1], len(content))
        handler.wfile.flush()
        time.sleep(0.05)
        handler.wfile.write(content[1:])

    server.answers["/file.txt"] = answer
    with pytest.raises(Refused, match="breaks off" if expects == "zip" else "web page|something else"):
        get(expects=expects)
    assert list((tmp_path / "landing/x").iterdir()) == []


def test_odd_headers_and_contacts_do_not_stop_a_fetch(server):
    assert retry_after("²") is None and retry_after("-5") is None
    server.file("/file.txt", b"48|5\n")
    polite = Polite("Zoë <desk@example.org>\r\nX-Other: 1", delay=0, tries=1)
    with polite.client:
        assert polite.read(Wanted(f"{server.url}/file.txt")) == b"48|5\n"
    assert "X-Other" not in server.asked[0].headers and "desk@example.org" in server.asked[0].headers["User-Agent"]


def test_a_key_is_hidden_in_any_case():
    wanted = Wanted("https://apps.bea.gov/api/data", secret={"UserID": "abc-123"})
    assert wanted.hide("bad key ABC-123 or abc-123") == "bad key … or …"


def test_requests_are_counted_not_what_is_within_them():
    """A count too high would make the next full answer look as if it were not cut off."""
    assert read(b'{"service_request_id": "1", "tags": ["a", "b", "c"]}', "u").count == 1
    within = b'[{"service_request_id": "1", "extended_attributes": {"children": [{"service_request_id": "2"}]}}]'
    assert read(within, "u").count == 1


def test_a_month_is_done_only_when_it_is_over_in_every_zone(server, tmp_path):
    """At 00:30 UTC of April 1 it is still March in America, where a server's own times end later."""
    city = City({"1": "2014-03-05T10:00:00"}, zone=False)
    server.answers["/requests.json"] = lambda handler, _: city.answer(handler, server.asked[-1].query)
    server.answers["/services.json"] = lambda handler, _: handler.send(200, b"[]")

    def fetch(now: datetime) -> None:
        polite = Polite(delay=0, tries=1)
        with polite.client:
            desk = Desk(polite, server.url, "city", tmp_path / "landing", Notes(tmp_path / "home"))
            desk.fetch(date(2014, 3, 1), None, now)

    fetch(datetime(2014, 4, 1, 0, 30, tzinfo=UTC))
    city.requests["2"] = "2014-03-31T23:30:00"
    fetch(datetime(2014, 4, 5, tzinfo=UTC))
    folder: Path = tmp_path / "landing/requests/city"
    assert '"2"' in "".join(p.read_text() for p in folder.glob("2014-03-01_*.json"))

# ruff: noqa: F401, F811 -- fixtures are imported
"""Downloads that break off, come packed, or are something else than was wanted: whole files or nothing."""

from pathlib import Path

import pytest
from publisher import TEXT, get, landed, nothing_left, polite, server

from assets.fetch.files import Fetched, Notes, download, hidden
from assets.fetch.http import Missing, Polite, Refused, Unreachable, Wanted


def test_a_broken_download_goes_on_by_range(server, get, tmp_path):
    half = len(TEXT) // 2
    server.file("/file.txt", TEXT)
    whole = server.answers["/file.txt"]
    cut = lambda handler: handler.send(200, TEXT[:half], len(TEXT), ETag=f'"{hash(TEXT)}"', Accept_Ranges="bytes")  # noqa: E731
    server.answers["/file.txt"] = lambda handler, before: whole(handler, before) if before else cut(handler)
    assert get().state == "new" and landed(tmp_path) == {"file.txt": TEXT}
    assert server.asked[1].headers["Range"] == f"bytes={half}-"
    assert server.asked[1].headers["If-Range"] == f'"{hash(TEXT)}"'
    assert get().state == "unchanged"


def test_a_file_that_changed_meanwhile_is_fetched_from_its_start(server, get, tmp_path):
    server.file("/file.txt", TEXT[::-1])
    changed = server.answers["/file.txt"]
    cut = lambda handler: handler.send(200, TEXT[:5000], len(TEXT), ETag='"old"', Accept_Ranges="bytes")  # noqa: E731
    server.answers["/file.txt"] = lambda handler, before: changed(handler, before) if before else cut(handler)
    get()
    assert "Range" in server.asked[1].headers and landed(tmp_path) == {"file.txt": TEXT[::-1]}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"ETag": '"a"'},
        {"ETag": 'W/"a"', "Accept_Ranges": "bytes"},
        {"Accept_Ranges": "bytes"},
    ],
)
def test_without_ranges_or_a_strong_etag_it_starts_again(server, get, tmp_path, headers):
    server.answers["/file.txt"] = lambda handler, before: handler.send(
        200, TEXT if before else TEXT[:5000], len(TEXT), **headers
    )
    get()
    assert "Range" not in server.asked[1].headers and landed(tmp_path) == {"file.txt": TEXT}


def test_a_rest_that_does_not_fit_is_thrown_away(server, get, tmp_path):
    """A server that says 206 and sends other bytes than those asked for."""

    def answer(handler, before):
        if before == 1:
            span = f"bytes 0-{len(TEXT) - 1}/{len(TEXT)}"
            return handler.send(206, TEXT, ETag='"a"', Accept_Ranges="bytes", Content_Range=span)
        return handler.send(200, TEXT if before else TEXT[:5000], len(TEXT), ETag='"a"', Accept_Ranges="bytes")

    server.answers["/file.txt"] = answer
    get()
    assert "Range" in server.asked[1].headers and "Range" not in server.asked[2].headers
    assert landed(tmp_path) == {"file.txt": TEXT}


def test_truncated_to_the_end_leaves_nothing_to_be_seen(server, get, tmp_path):
    server.answers["/file.txt"] = lambda handler, _: handler.send(200, TEXT[:5000], len(TEXT))
    with pytest.raises(Unreachable, match="connection failed"):
        get()
    assert nothing_left(tmp_path)


def test_an_earlier_file_outlives_a_failed_fetch(server, get, tmp_path):
    server.file("/file.txt", TEXT)
    get()
    server.answers["/file.txt"] = lambda handler, _: handler.send(200, b"48", 9999)
    with pytest.raises(Unreachable):
        get()
    assert landed(tmp_path) == {"file.txt": TEXT}


def test_a_broken_chunked_body_is_not_kept(server, get, tmp_path):
    def answer(handler, before):
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"4\r\n48|5\r\n" + (b"0\r\n\r\n" if before else b""))
        handler.close_connection = True

    server.answers["/file.txt"] = answer
    get()
    assert len(server.asked) == 2 and landed(tmp_path) == {"file.txt": b"48|5"}


def test_json_that_breaks_off_without_a_length_is_seen_by_its_end(server, get, tmp_path):
    def answer(handler, before):
        handler.protocol_version = "HTTP/1.0"
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b'[["NAME"],["Plano' + (b'"]]' if before else b""))
        handler.close_connection = True

    server.answers["/file.txt"] = answer
    get(expects="json")
    assert landed(tmp_path)["file.txt"].endswith(b"]]")


def test_gzip_is_unpacked_and_a_broken_one_is_not_kept(server, get, tmp_path):
    server.answers["/file.txt"] = lambda handler, before: handler.send_packed(TEXT, cut=0 if before else 9)
    get(ranges=False)
    assert server.asked[0].headers["Accept-Encoding"] == "gzip" and landed(tmp_path) == {"file.txt": TEXT}
    server.answers["/file.txt"] = lambda handler, _: handler.send(200, b"x", Content_Encoding="br")
    with pytest.raises(Refused, match="packed as 'br'"):
        get()


@pytest.mark.parametrize(
    ("expects", "content", "content_type"),
    [
        ("text", b"<!DOCTYPE html><html>", "text/html"),
        ("text", b"Access denied", "text/html; charset=utf-8"),
        ("text", b"\xef\xbb\xbf\n <html>", "text/plain"),
        ("json", b"\n<html><title>Missing Key</title>", "text/html"),
        ("json", b"error: no such table", "text/plain"),
        ("xml", b"<!doctype html><p>", "text/xml"),
        ("zip", b"<html>", "application/zip"),
        ("workbook", b"a,b\n", "application/vnd.ms-excel"),
    ],
)
def test_something_else_with_200_is_refused(server, get, tmp_path, expects, content, content_type):
    server.answers["/file.txt"] = lambda handler, _: handler.send(200, content, Content_Type=content_type)
    with pytest.raises(Refused, match=rf"answered with .*; expected {expects}"):
        get(expects=expects)
    assert len(server.asked) == 1 and nothing_left(tmp_path)


def test_a_file_larger_than_the_limit_is_not_kept(server, tmp_path):
    notes, limit = Notes(tmp_path / "notes"), 1000
    for packed in (False, True):  # told by its length, or found out while it is unpacked
        server.answers["/file.txt"] = lambda handler, _, p=packed: (
            handler.send_packed(TEXT) if p else handler.send(200, TEXT)
        )
        polite = Polite(delay=0, limit=limit + 1000 * packed)
        wanted = Wanted(f"{server.url}/file.txt", "x", "file.txt")
        with polite.client, pytest.raises(Refused, match=r"more than \d,000 bytes"):
            download(polite, wanted, tmp_path / "landing", notes)
    assert nothing_left(tmp_path)

"""Open311 rows that are set aside, files that cannot be read, and answers without rows."""

import json
import string
from pathlib import Path
from xml.sax.saxutils import escape

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from open311_answers import ASKED, Read, fields, one, reader_in, record, rows, xml

from assets.raw import open311
from assets.raw.reading import Landed, NotNeeded, Unreadable


@pytest.fixture
def read(tmp_path: Path) -> Read:
    return reader_in(tmp_path)


# Rows that are set aside


def test_requests_without_an_id_or_a_time_are_set_aside(read):
    parsed = read(xml(fields(service_request_id=None), fields(requested_datetime=""), fields(), "<token>1</token>"))
    assert [r["_row"] for r in rows(parsed)] == [3]
    assert [(r.row, r.column) for r in parsed.rejects] == [
        (1, "service_request_id"),
        (2, "requested_datetime"),
        (4, "service_request_id"),
    ]
    assert "still processing" in parsed.rejects[0].expected


def test_elements_of_another_kind_are_set_aside(read):
    parsed = read(f"<service_requests><request>{fields()}</request><page>1</page></service_requests>")
    assert [(r.row, r.found) for r in parsed.rejects] == [(2, "an element of another kind")]
    parsed = read(json.dumps([record(), "text", 5]))
    assert ([r["_row"] for r in rows(parsed)], [r.row for r in parsed.rejects]) == ([1], [2, 3])


def test_the_bulk_standard_s_own_example_with_its_quote(read):
    header = '"service_request_id","requested_datetime","updated_datetime","closed_date","status_description","long"\n'
    line = f'"638","{ASKED}",{ASKED}","{ASKED}","closed","-122.4"\n'
    row = one(read(header + line))
    assert (row["updated_at"], row["resolved_at"], row["_row"]) == (ASKED, ASKED, 2)


def test_rows_of_a_bulk_file_that_do_not_fit_are_told_by_their_place(read):
    header = b"service_request_id,requested_datetime,status_description,description\n"
    good = f'2,{ASKED},Open,"two\nlines, and a comma"\n'.encode()
    parsed = read(header + b"1,2014\n\n" + good + f"3,{ASKED},Open,caf\xe9\n".encode("latin-1") + b"4,,Open,\n")
    assert [(r["request_id"], r["_row"], r["question"]) for r in rows(parsed)] == [("2", 4, "two\nlines, and a comma")]
    told = [(r.row, r.found) for r in parsed.rejects]
    assert told == [(2, "2 columns"), (5, "bytes that are not UTF-8"), (6, "nothing")]
    parsed = read(header + f"3,{ASKED},Open,caf\xe9\n".encode("latin-1"), encoding="latin-1")
    assert one(parsed)["question"] == "café"


# Answers that are no requests


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("<errors><error><code>404</code><description>No id 5</description></error></errors>", "404: No id 5;"),
        ("<error>Invalid api_key</error>", "Invalid api_key"),
        ("HTTP/1.1 403 Forbidden \n\n<?xml version='1.0'?>\n<error>Invalid api_key</error>", "Invalid api_key"),
        ("<requests><errors><error><code>400</code></error></errors></requests>", "400"),
        ('[{"code": 404, "description": "No such id"}]', "404: No such id"),
        ('{"errors": [{"code": "403", "description": "Key"}]}', "403: Key"),
        ('{"error": {"code": 500, "message": "Down"}}', "500: Down"),
        ("HTTP/1.1 502 Bad Gateway\r\n\r\nupstream", "HTTP status 502"),
        ("<error/>", "no reason given"),
        ("<!DOCTYPE html><html><body>Log in</body></html>", "a web page"),
        ("<html><body>Log in</body></html>", "a web page"),
        ("<kml><Placemark/></kml>", "root is 'kml'"),
        ("<service_requests><request>", "breaks off or is damaged at line 1"),
        (xml(fields()).replace("</status>", "</state>"), "damaged at line 2"),
        ("<requests>&nbsp;</requests>", "damaged"),
        ("<requests>" + "<a>" * 40, "levels deep"),
        (f'[{{"service_request_id": 1, "requested_datetime": "{ASKED}"', "breaks off"),
    ],
)
def test_what_cannot_be_read_says_why(read, content, says):
    with pytest.raises(Unreadable, match=says):
        read(content)


def test_entities_that_grow_without_end_are_refused(read):
    bomb = '<!DOCTYPE requests [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><requests>&b;</requests>'
    with pytest.raises(Unreadable, match="DOCTYPE"):
        read(bomb)
    with pytest.raises(Unreadable, match="DOCTYPE"):
        read('<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><requests>&x;</requests>')


def test_a_server_s_words_are_quoted_short_and_without_people_or_keys(read):
    key = "k3y" * 10
    with pytest.raises(Unreadable) as refused:
        read(
            f"<errors><error><code>403</code><description>key {key} of ann@city.example</description></error></errors>"
        )
    assert "403: (personal, not shown)" in str(refused.value)
    with pytest.raises(Unreadable) as refused:
        read(f"<errors><error><code>403</code><description>key {key} {'x ' * 500}</description></error></errors>")
    assert key not in str(refused.value) and len(str(refused.value)) < 300


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (xml("<service_request_id>1</service_request_id><service_notice/><account_id/>"), "a new request"),
        (xml("<service_request_id>1</service_request_id><token>2</token>"), "token"),
        ('[{"service_request_id": 1, "token": "2"}]', "token"),
        ('[{"token": "2"}]', "token"),
        ("<service_definition><service_code>1</service_code></service_definition>", "definition of one service"),
        ('{"service_code": "1", "attributes": []}', "definition of one service"),
        ('{"service_definition": {"service_code": "1", "attributes": []}}', "definition of one service"),
        ("<discovery><endpoints/></discovery>", "discovery"),
        ('{"changeset": "x", "endpoints": [{"url": "https://city.example"}]}', "discovery"),
        ("<service_requests_updates/>", "updates"),
        ('[{"update_id": "1", "service_request_id": "2", "status": "open"}]', "updates"),
    ],
)
def test_answers_without_rows_are_not_needed(read, content, says):
    with pytest.raises(NotNeeded, match=says):
        read(content)


# Service lists


def test_service_lists(read):
    service = "<service_code>001</service_code><service_name>Cans</service_name><metadata>false</metadata><keywords/>"
    for content in (
        xml(service, root="services", record="service"),
        '[{"service_code": 001, "service_name": "Cans", "metadata": false, "keywords": null}]',
        '{"services": [{"service_code": "001", "service_name": "Cans", "metadata": "false", "keywords": []}]}',
    ):
        parsed = read(content, name="requests/sf/list")
        assert (parsed.table, parsed.facts) == ("open311_services", {"jurisdiction": "sf"})
        expected = {"service_code": "001", "service_name": "Cans", "metadata": "false", "keywords": None, "_row": 1}
        assert one(parsed) == expected
    assert read(content, name="requests/list", jurisdiction="sfgov.org").facts == {"jurisdiction": "sfgov.org"}
    assert read(content, name="requests/list").facts == {}


# One request, three formats

TEXT = st.text(string.ascii_letters + "äß<&>\",;' \n", max_size=20)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=4))
def test_the_same_requests_in_every_format_are_the_same_rows(tmp_path_factory, told):
    requests = [record(service_request_id=f"{i:03d}", service_name=n, description=d) for i, (n, d) in enumerate(told)]
    header = list(requests[0])
    quoted = [",".join('"' + r[k].replace('"', '""') + '"' for k in header) for r in requests]
    contents = [
        json.dumps(requests),
        xml(*("".join(f"<{k}>{escape(v)}</{k}>" for k, v in r.items()) for r in requests)),
        "\n".join([",".join(header), *quoted]),
    ]
    path = tmp_path_factory.mktemp("formats") / "landed"
    found = []
    for content in contents:
        path.write_bytes(content.encode())
        parsed = open311.read(Landed(path, "requests/x", "requests"), duckdb.connect())
        found.append([{k: v for k, v in row.items() if k != "_row"} for row in rows(parsed)])
    assert found[0] == found[1] == found[2]
    assert [r["topic"] for r in found[0]] == [n.strip() or None for n, _ in told]

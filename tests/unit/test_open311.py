"""Open311 answers of every kind that servers give, with invented requests: what each becomes, and what is said of it."""

import gzip
import json
import string
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.raw import open311
from assets.raw.reading import Landed, NotNeeded, Parsed, Unreadable

ASKED = "2014-06-02T10:00:00-04:00"
Read = Callable[..., Parsed | None]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    connection = duckdb.connect()

    def reader(content: str | bytes, name: str = "requests/answer", **options: Any) -> Parsed | None:
        path = tmp_path / "landed"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return open311.read(Landed(path, name, "requests", options), connection)

    return reader


def rows(parsed: Parsed | None) -> list[dict[str, Any]]:
    assert parsed is not None
    return parsed.rows.to_arrow_table().to_pylist()


def one(parsed: Parsed | None) -> dict[str, Any]:
    (row,) = rows(parsed)
    return row


def xml(*requests: str, root: str = "service_requests", record: str = "request") -> str:
    inner = "".join(f"<{record}>{r}</{record}>" for r in requests)
    return f'<?xml version="1.0" encoding="utf-8"?>\n<{root}>{inner}</{root}>'


def fields(**changes: str | None) -> str:
    """One request as XML elements: id 7, open, asked on June 2; None leaves a field out."""
    told = {"service_request_id": "007", "status": "open", "requested_datetime": ASKED} | changes
    return "".join(f"<{k}>{v}</{k}>" for k, v in told.items() if v is not None)


def record(**changes: Any) -> dict[str, Any]:
    return {"service_request_id": "007", "status": "open", "requested_datetime": ASKED} | changes


# Shapes


def test_fields_become_the_contract_s_columns_and_the_rest_keeps_its_name(read):
    parsed = read(
        xml(
            fields(service_name="Pothole", service_code="012", agency_responsible="Works", description=" Two\nlines ")
            + "<updated_datetime/><address>1 Elm St</address><lat>1</lat><long/><media_url>/a.jpg</media_url>"
        )
    )
    assert one(parsed) == {
        **{"request_id": "007", "submitted_at": ASKED, "updated_at": None, "topic": "Pothole", "partner": "Works"},
        **{"question": "Two\nlines", "channel": None, "status": "open", "disposition": None, "resolved_at": None},
        **{"withdrawn_at": None, "duplicate_of": None, "caller_type": "other", "service_code": "012", "_row": 1},
    }
    assert parsed.facts == {"ignored": "address, lat, long, media_url"}


@pytest.mark.parametrize(
    "content",
    [
        xml(fields()),
        xml(fields(), record="service_request"),
        xml(fields(), root="requests"),
        f"<request>{fields()}</request>",
        f"<service_request>{fields()}</service_request>",
        xml(fields().replace("_", "-"), root="service-requests", record="service-request"),
        f'<o:service_requests xmlns:o="urn:x"><o:request>{fields()}</o:request></o:service_requests>',
        xml(fields()).replace("utf-8", "utf-16").encode("utf-16"),
        gzip.compress(xml(fields()).encode()),
        "\ufeff" + xml(fields()),
        "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nReport-To: {}\r\n\r\n" + xml(fields()),
        "HTTP/1.1 200 OK\r\nServer: x\r\n\r\n" + json.dumps([record()]),
        json.dumps([record()]),
        json.dumps(record()),
        json.dumps(record(), indent=2),
        json.dumps({"service_requests": [record()]}),
        json.dumps({"requests": [record()], "page": 1}),
        json.dumps({"requests": {"request": [record()]}}),
        json.dumps({"service_requests": {"request": record()}}),
        json.dumps([{k: [v] for k, v in record().items()}]),
        json.dumps([{k.title().replace("_", ""): v for k, v in record().items()}]),
        json.dumps(record()) + "\n",
        f'[{{"service_request_id":007,"status":"open","requested_datetime":"{ASKED}"}}]',
        f"service_request_id,status,requested_datetime\n007,open,{ASKED}\n",
        f"service_request_id,requested_datetime,status_description\r\n007,{ASKED},Open\r\n",
        f'Service Request ID;Requested DateTime;Status\n007;"{ASKED}";OPEN\n',
    ],
)
def test_every_shape_of_one_request(read, content):
    row = one(read(content))
    assert (row["request_id"], row["status"], row["submitted_at"]) == ("007", "open", ASKED)


@pytest.mark.parametrize(
    "content", [xml(), "<service_requests/>", '{"requests": {"request": []}}', '{"service_requests": [], "total": 0}']
)
def test_an_empty_answer_has_no_rows(read, content):
    parsed = read(content)
    assert (parsed.table, rows(parsed), parsed.rejects) == ("requests", [], [])


@pytest.mark.parametrize(
    "content",
    [
        "request_id,city,submitted_at\nR1,4748000,2014-06-02\n",
        "service_request_id,date_requested\n1,2014-06-02\n",  # another city's log: its mapping.yml says what is what
        '[{"request_id": "R1", "submitted_at": "2014-06-02"}]',
        "[]",
        b"PAR1",
    ],
)
def test_other_files_are_left_to_their_readers(read, content):
    assert read(content) is None


def test_numbers_keep_their_digits(read):
    parsed = read(
        f'[{{"service_request_id": 10100542089200000001, "requested_datetime": "{ASKED}", "service_code": 001}}]'
    )
    assert (one(parsed)["request_id"], one(parsed)["service_code"]) == ("10100542089200000001", "001")


def test_extensions_are_read_where_a_column_is_for_them(read):
    extended = {"channel": "phone", "duplicate": True, "parent_service_request_id": "003", "ward": "4"}
    notes = [{"datetime": ASKED, "type": "opened", "summary": "Ann called 555-010-9999"}]
    parsed = read(json.dumps([record(extended_attributes=extended, notes=notes, attributes={"A": "B"})]))
    row = one(parsed)
    assert (row["channel"], row["duplicate_of"], row["status"]) == ("phone", "003", "open")
    assert parsed.facts == {"ignored": "extended_attributes, notes, attributes"}
    nested = "<extended_attributes><duplicate>true</duplicate><channel>web</channel></extended_attributes>"
    row = one(read(xml(fields() + nested + "<notes><note><type>x</type></note><note><type>y</type></note></notes>")))
    assert (row["channel"], row["duplicate_of"]) == ("web", "unknown")


def test_a_parent_alone_is_no_duplicate(read):
    extended = {"duplicate": False, "parent_service_request_id": "003"}  # a follow-on request has one too
    assert one(read(json.dumps([record(extended_attributes=extended)])))["duplicate_of"] is None


def test_values_in_wrappers_are_taken_out(read):
    wrapped = record(agency_responsible={"recipient": ["Works", "Parks"]}, status=["closed"], description=[])
    row = one(read(json.dumps([wrapped])))
    assert (row["partner"], row["status"], row["question"]) == ("Works, Parks", "closed", None)


# States


@pytest.mark.parametrize(
    ("word", "status", "disposition", "duplicate_of"),
    [
        *((w, "open", None, None) for w in ("open", "Investigating", "in progress", "IN_PROGRESS", "planned")),
        *((w, "open", None, None) for w in ("action_scheduled", "for triage", "Processing", "Hold", "On Hold")),
        *((w, "closed", None, None) for w in ("closed", "CLOSED", "no_further_action", "Completed", "Resolved")),
        ("fixed", "closed", "answered", None),
        ("internal_referral", "closed", "referred", None),
        ("not_councils_responsibility", "closed", "out_of_scope", None),
        ("duplicate", "closed", None, "unknown"),
        ("cancelled", "closed", None, None),
    ],
)
def test_words_of_state(read, word, status, disposition, duplicate_of):
    row = one(read(xml(fields(status=word, updated_datetime="2014-06-03T10:00:00Z"))))
    assert (row["status"], row["disposition"], row["duplicate_of"]) == (status, disposition, duplicate_of)
    assert row["withdrawn_at"] == ("2014-06-03T10:00:00Z" if word == "cancelled" else None)


def test_a_closing_time_counts_where_the_request_is_closed(read):
    closed, later = "2014-06-04T10:00:00Z", "2014-06-09T10:00:00Z"
    parsed = read(
        "service_request_id,requested_datetime,updated_datetime,closed_date,status_description\n"
        f"1,{ASKED},{later},{closed},Closed\n"
        f"2,{ASKED},{later},{closed},Open\n"
        f"3,{ASKED},{later},{closed},Cancelled\n"
        f"4,{ASKED},{later},,Closed\n"
    )
    assert [(r["resolved_at"], r["withdrawn_at"]) for r in rows(parsed)] == [
        (closed, None),
        (None, None),  # closed once, and open again: the standard has no time of reopening
        (None, closed),  # the bulk standard: the time at which a record was closed or canceled
        (None, None),
    ]
    assert parsed.facts["closing_times_of_open_requests"] == "1 not read"
    assert one(read(json.dumps([record(status="closed", closed_datetime=closed)])))["resolved_at"] == closed


def test_a_word_that_is_not_known_is_set_aside_with_those_that_are(read):
    parsed = read(xml(fields(status="Erledigt"), fields(status="call 555-010-1234"), fields(service_request_id="8")))
    assert [r["request_id"] for r in rows(parsed)] == ["8"]
    first, second = parsed.rejects
    assert (first.row, first.column, first.found) == (1, "status", "Erledigt")
    assert "investigating" in first.expected and "values: {status: {" in first.expected
    assert (second.row, second.found) == (2, "a word that is not shown")  # it might be personal


def test_words_that_mapping_yml_knows_are_left_to_it(read):
    known = {"status": {"Erledigt": "closed", "On Hold": "closed", "Wait*": "open"}}
    requests = [fields(status=w) for w in ("Erledigt", "On Hold", "Waiting", "closed")]
    assert [r["status"] for r in rows(read(xml(*requests), values=known))] == [
        "Erledigt",
        "On Hold",
        "Waiting",
        "closed",
    ]


def test_columns_that_mapping_yml_names_are_left_to_it(read):
    columns = {
        "service_code": "topic",
        "address": "subject",
        "status_notes": ["status"],
        "closed_date": "first_response_at",
    }
    parsed = read(
        xml(fields(service_name="Pothole", service_code="1", address="Elm", status_notes="Done", closed_date=ASKED)),
        columns=columns,
        constants={"city": "4748000"},
    )
    row = one(parsed)
    assert not {"topic", "caller_type", "resolved_at"} & set(row)
    assert (row["service_code"], row["address"], row["status_notes"], row["status"]) == ("1", "Elm", "Done", "open")
    assert (row["service_name"], row["closed_date"], row["request_id"]) == ("Pothole", ASKED, "007")


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

"""Open311 answers of every kind that servers give, with invented requests: what each becomes, and what is said of it."""

import gzip
import json
from pathlib import Path

import pytest
from open311_answers import ASKED, Read, fields, one, reader_in, record, rows, xml


@pytest.fixture
def read(tmp_path: Path) -> Read:
    return reader_in(tmp_path)


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
        gzip.compress(xml(fields()).encode(), mtime=0),
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
        f"service_request_id\tstatus\trequested_datetime\r\n007\topen\t{ASKED}\r\n".encode("utf-16"),
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
    long = read(xml(fields(status="a" * 80 + " 555-010-1234")))
    assert long.rejects[0].found == "a" * 80  # what stands behind is neither looked at nor shown


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

"""Answers of two servers through the intake: ids apart, a mapping on top, services beside requests, nothing personal shown."""

import json

import pytest
from landing_desk import Desk
from open311_answers import fields, record, xml

MAPPING = """jurisdiction: {name}
constants: {{city: "{city}"}}
zone: America/Chicago
values:
  topic: {{Pothole: transportation, "*": operations}}
  status: {{Erledigt: closed}}
"""


@pytest.fixture
def desk(desk) -> Desk:
    for name, city in (("memphis", "4748000"), ("anderson", "1801468")):
        desk.drop(f"requests/{name}/mapping.yml", MAPPING.format(name=name, city=city))
    return desk


def test_two_servers_with_the_same_ids(desk):
    desk.drop("requests/memphis/1.xml", xml(fields(service_name="Pothole"), fields(service_request_id="8")))
    local = record(requested_datetime="2014-06-02T10:00:00", status="Erledigt", updated_datetime="2014-06-03T10:00:00")
    desk.drop("requests/anderson/1.json", json.dumps(local))  # one object in place of a list, times without a zone
    taken = desk.take()
    assert {name: (r.table, r.accepted, r.quarantined) for name, r in taken.items() if name.startswith("requests")} == {
        "requests/memphis/1.xml": ("requests", 2, 0),
        "requests/anderson/1.json": ("requests", 1, 0),
    }
    columns = "request_id, city, caller_type, topic, status, submitted_at::varchar, updated_at::varchar"
    assert desk.rows(f"select {columns} from raw.requests order by 1") == [
        # 10:00 in Chicago in June is 15:00 UTC; the Memphis server gave its offset, four hours
        ("anderson:007", "1801468", None, None, "closed", "2014-06-02 15:00:00", "2014-06-03 15:00:00"),
        ("memphis:007", "4748000", None, "transportation", "open", "2014-06-02 14:00:00", None),
        ("memphis:8", "4748000", None, None, "open", "2014-06-02 14:00:00", None),
    ]


def test_without_a_city_the_callers_are_residents(desk):
    desk.drop("requests/elsewhere/1.xml", xml(fields()))
    desk.take()
    assert desk.rows("select request_id, city, caller_type from raw.requests") == [("007", None, "other")]


def test_services_lie_beside_requests(desk):
    service = {"service_code": "001", "service_name": "Cans", "metadata": False}
    desk.drop("requests/memphis/services.json", json.dumps([service]))
    assert desk.take()["requests/memphis/services.json"].table == "open311_services"
    assert desk.rows("select jurisdiction, service_code, service_name from raw.open311_services") == [
        ("memphis", "001", "Cans")
    ]


def test_the_same_bytes_from_two_servers_are_no_repeat(desk):
    for city in ("memphis", "anderson"):
        desk.drop(f"requests/{city}/services.json", '[{"service_code": "1", "service_name": "Cans"}]')
    assert {r.status for n, r in desk.take().items() if n.startswith("requests")} == {"accepted"}
    assert desk.rows("select jurisdiction from raw.open311_services order by 1") == [("anderson",), ("memphis",)]
    desk.drop("requests/memphis/again/services.json", '[{"service_code": "1", "service_name": "Cans"}]')
    assert desk.take()["requests/memphis/again/services.json"].status == "repeat"


def test_an_update_of_a_request_supersedes_it_and_both_are_kept(desk):
    desk.drop("requests/memphis/1.xml", xml(fields(updated_datetime="2014-06-02T12:00:00-04:00")))
    desk.take()
    closed = fields(status="closed", updated_datetime="2014-06-04T12:00:00-04:00")
    desk.drop("requests/memphis/2.xml", xml(closed))
    desk.take()
    assert desk.rows("select status from raw.requests order by updated_at") == [("open",), ("closed",)]


def test_what_is_set_aside_is_told_without_what_people_wrote(desk):
    asked = fields(description="Ann Lee, 555-010-0199, ann@city.example", status="Banana 555-010-0199")
    desk.drop("requests/memphis/1.xml", xml(asked, fields(service_request_id=None, description="Ann Lee")))
    taken = desk.take()["requests/memphis/1.xml"]
    assert (taken.received, taken.quarantined) == (2, 2)
    aside = desk.connection.execute(f"select * from '{desk.home}/quarantine/requests/*.parquet'").fetchall()
    assert len(aside) == 2
    assert not any(word in str(aside) + str(taken) for word in ("Ann", "0199", "@"))

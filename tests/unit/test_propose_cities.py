"""`cities311 map` on the headers of further cities' portals, as they export them; the rows are invented."""

import duckdb
import pytest
from test_propose import proposed

from assets.catalog import SourceColumn
from assets.raw import casts, synonyms

AUSTIN = (
    "Service Request (SR) Number,SR Description,Owning Department,Method Received,SR Status,Status Change Date,"
    "Created Date,Last Update Date,Close Date,SR Location,City,Council District\n"
    "14-1,Pothole,Roads,Phone,Duplicate (closed),01/15/2014 10:00:00 AM,01/14/2014 10:00:00 AM,01/15/2014 10:00:00 AM,,x,y,1\n"
)
KANSAS_CITY = (
    "CASE ID,SOURCE,DEPARTMENT,REQUEST TYPE,CATEGORY,TYPE,CREATION DATE,CREATION TIME,STATUS,CLOSED DATE,DAYS TO CLOSE\n"
    "1,PHONE,NHS,a,Trash,b,01/15/2015,08:16 AM,RESOL,01/20/2015,5\n"
)
OAKLAND = (
    "REQUESTID,DATETIMEINIT,SOURCE,REQCATEGORY,STATUS,DATETIMECLOSED\n1,01/15/2018 10:00:00 AM,Web,GRAFFITI,CLOSED,\n"
)
SAN_ANTONIO = (
    "Category,CASEID,OPENEDDATETIME,SLA_Date,CLOSEDDATETIME,Dept,TYPENAME,CaseStatus\n"
    "Graffiti,1,8/28/2019,9/4/2019,8/30/2019,DSD,Walls,Closed\n"
)
WASHINGTON = (
    "OBJECTID,SERVICECODE,SERVICECODEDESCRIPTION,ORGANIZATIONACRONYM,ADDDATE,RESOLUTIONDATE,SERVICEREQUESTID,"
    "SERVICEORDERSTATUS\n1,S1,Pothole,DDOT,2017-01-15T10:00:00.000Z,,17-1,IN-PROGRESS\n"
)
CHICAGO = (  # up to 2018, one file for each kind
    "CREATION DATE,STATUS,COMPLETION DATE,SERVICE REQUEST NUMBER,TYPE OF SERVICE REQUEST,CURRENT ACTIVITY,MOST RECENT ACTION,"
    "STREET ADDRESS,ZIP,Ward\n03/15/2014,Completed - Dup,03/17/2014,14-1,Pothole in Street,x,y,1 A ST,60601,1\n"
)
NEW_YORK = (  # renamed in 2025, with the month by its name
    "Unique Key,Created Date,Closed Date,Agency,Problem (formerly Complaint Type),Problem Detail (formerly Descriptor),Status\n"
    "1,2025 Mar 15 12:00:00 AM,,DOT,Pothole,x,In Progress\n"
)


@pytest.mark.parametrize(
    ("log", "columns", "dates"),
    [
        (
            AUSTIN,
            {"Service Request (SR) Number": "request_id", "SR Description": "topic", "Owning Department": "partner"}
            | {"Method Received": "channel", "SR Status": "status", "Created Date": "submitted_at"}
            | {"Last Update Date": "updated_at", "Close Date": "resolved_at"},
            "mdy",
        ),
        (
            KANSAS_CITY,
            {"CASE ID": "request_id", "SOURCE": "channel", "DEPARTMENT": "partner", "CATEGORY": "topic"}
            | {"CREATION DATE": "submitted_at", "CLOSED DATE": "resolved_at"},
            "mdy",
        ),
        (
            OAKLAND,
            {
                "DATETIMEINIT": "submitted_at",
                "SOURCE": "channel",
                "REQCATEGORY": "topic",
                "DATETIMECLOSED": "resolved_at",
            },
            "mdy",
        ),
        (
            SAN_ANTONIO,
            {"Category": "topic", "CASEID": "request_id", "OPENEDDATETIME": "submitted_at", "CaseStatus": "status"}
            | {"CLOSEDDATETIME": "resolved_at", "Dept": "partner"},
            "mdy",
        ),
        (
            WASHINGTON,
            {"SERVICEREQUESTID": "request_id", "SERVICECODEDESCRIPTION": "topic", "ORGANIZATIONACRONYM": "partner"}
            | {"ADDDATE": "submitted_at", "RESOLUTIONDATE": "resolved_at", "SERVICEORDERSTATUS": "status"},
            None,
        ),
        (
            CHICAGO,
            {"CREATION DATE": "submitted_at", "COMPLETION DATE": "resolved_at", "SERVICE REQUEST NUMBER": "request_id"}
            | {"TYPE OF SERVICE REQUEST": "topic"},
            "mdy",
        ),
        (
            NEW_YORK,
            {
                "Unique Key": "request_id",
                "Created Date": "submitted_at",
                "Closed Date": "resolved_at",
                "Agency": "partner",
            }
            | {"Problem (formerly Complaint Type)": "topic"},
            "ymd",
        ),
    ],
    ids=["Austin", "Kansas City", "Oakland", "San Antonio", "Washington", "Chicago up to 2018", "New York since 2025"],
)
def test_the_words_of_further_cities(tmp_path, log, columns, dates):
    text, made = proposed(tmp_path, log)
    assert made.columns == columns and made.dates == dates
    assert "guess" not in text


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Duplicate (closed)", {"status": "closed", "duplicate_of": "unknown"}),
        ("Duplicate (open)", {"status": "open", "duplicate_of": "unknown"}),
        ("Completed - Dup", {"status": "closed", "duplicate_of": "unknown"}),
        ("RESOL", {"status": "closed"}),
        ("ASSIG", {"status": "open"}),
        ("Duplicate", None),
        ("CANC", None),
    ],
)
def test_what_their_states_certainly_mean(theirs, ours):
    assert synonyms.status(theirs) == ours


def test_a_month_by_its_name_is_a_time_of_the_zone():
    spec = SourceColumn(type="instant")
    made = casts.cast("at", spec, "ymd", "America/New_York")
    with duckdb.connect() as connection:
        (found,) = connection.execute(
            f"select {made.value} from (select '2025 Mar 15 01:02:03 PM' as at) t"
        ).fetchall()[0]
    assert found.isoformat() == "2025-03-15T17:02:03"  # daylight time: four hours behind UTC

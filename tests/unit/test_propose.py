"""`cities311 map`: a proposal reads the header and the values, guesses nothing without saying so, and loads."""

import gzip
import json
from pathlib import Path

import duckdb
import pytest
import yaml
from landing_desk import EASTERN, GAZETTEER, Desk
from typer.testing import CliRunner

from assets import catalog
from assets.raw import mapping, propose, synonyms
from assets.raw.reading import Unreadable
from pipelines import proposal
from pipelines.commands import app

TOPICS = [t.topic for t in catalog.load().topics]


def proposed(folder: Path, content: str | bytes, name: str = "a.csv") -> tuple[str, mapping.Mapping]:
    """The text, and the mapping that it loads as."""
    spec = catalog.load().sources["requests"]
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with duckdb.connect() as connection:
        text = propose.propose(path, spec, TOPICS, EASTERN, connection)
    (folder / mapping.NAME).write_text(text, encoding="utf-8")
    return text, mapping.load(folder, set(spec.columns))


# Headers as the portals export them; the rows are invented.
NEW_YORK = (
    "Unique Key,Created Date,Closed Date,Agency,Complaint Type,Descriptor,Incident Address,City,Status,"
    "Resolution Action Updated Date,Open Data Channel Type\n"
    "1,04/02/2018 11:11:26 AM,04/13/2018 01:00:00 PM,DOT,Pothole,x,1 Main St,BRONX,Closed,04/13/2018 01:00:00 PM,PHONE\n"
    "2,04/03/2018 11:11:26 AM,,DOT,Pothole,x,2 Main St,BRONX,Assigned,04/03/2018 01:00:00 PM,ONLINE\n"
    "3,04/03/2018 11:11:26 AM,,DOT,Noise,x,3 Main St,BRONX,Email Sent,04/03/2018 01:00:00 PM,ONLINE\n"
)
CHICAGO = (
    "SR_NUMBER,SR_TYPE,OWNER_DEPARTMENT,STATUS,ORIGIN,CREATED_DATE,LAST_MODIFIED_DATE,CLOSED_DATE,PARENT_SR_NUMBER\n"
    "SR1,Graffiti,Streets,Completed,phone,12/31/2018 11:11:26 PM,01/02/2019 01:00:00 AM,01/02/2019 01:00:00 AM,\n"
)
BOSTON = (
    "case_enquiry_id,open_dt,closed_dt,case_status,case_title,reason,department,source\n"
    "101,2014-06-02 10:00:00,2014-06-03 10:00:00,Closed,Streetlight,Lights,PWD,Self Service\n"
)
SAN_FRANCISCO = (
    "CaseID,Opened,Closed,Updated,Status,Responsible Agency,Category,Source\n"
    "7,2014/06/02 10:00:00,,2014/06/02 10:00:00,Open,DPW,Cleaning,Mobile\n"
)


@pytest.mark.parametrize(
    ("log", "columns", "own", "dates"),
    [
        (
            NEW_YORK,
            {"Unique Key": "request_id", "Created Date": "submitted_at", "Closed Date": "resolved_at"}
            | {"Resolution Action Updated Date": "updated_at", "Complaint Type": "topic"}
            | {"Open Data Channel Type": "channel", "Agency": "partner"},
            "City, Status",
            "mdy",
        ),
        (
            CHICAGO,
            {
                "SR_NUMBER": "request_id",
                "CREATED_DATE": "submitted_at",
                "CLOSED_DATE": "resolved_at",
                "SR_TYPE": "topic",
            }
            | {"LAST_MODIFIED_DATE": "updated_at", "ORIGIN": "channel", "OWNER_DEPARTMENT": "partner"}
            | {"PARENT_SR_NUMBER": "duplicate_of"},
            "STATUS",
            "mdy",
        ),
        (
            BOSTON,
            {"case_enquiry_id": "request_id", "open_dt": "submitted_at", "closed_dt": "resolved_at"}
            | {"case_status": "status", "case_title": "topic", "source": "channel", "department": "partner"},
            None,
            None,
        ),
        (
            SAN_FRANCISCO,
            {"CaseID": "request_id", "Opened": "submitted_at", "Updated": "updated_at"}
            | {"Category": "topic", "Source": "channel", "Responsible Agency": "partner", "Closed": "resolved_at"},
            "Status",
            "ymd",
        ),
    ],
    ids=["New York", "Chicago", "Boston", "San Francisco"],
)
def test_the_words_of_other_cities(tmp_path, log, columns, own, dates):
    text, made = proposed(tmp_path, log)
    assert made.columns == columns
    assert made.dates == dates
    assert (f"# read by their own names: {own}\n" in text) == bool(own)
    assert not made.constants and "GEOID" in text and "# zone: America/New_York" in text  # never guessed


def test_values_are_mapped_where_they_are_certain_and_counted(tmp_path):
    text, made = proposed(tmp_path, NEW_YORK)
    assert made.values == {"status": {"Closed": "closed", "Assigned": "open"}}
    assert "    # Email Sent:   # 1 rows; fill in: one of open, closed\n" in text
    assert "    # Pothole:   # 2 rows; fill in: one of budget, " in text
    assert "Main St" not in text and "BRONX" not in text  # values of other columns are nobody's business


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Closed", {"status": "closed"}),
        ("CLOSED", {"status": "closed"}),
        ("Closed (Duplicate)", {"status": "closed", "duplicate_of": "unknown"}),
        ("Open (Duplicate)", {"status": "open", "duplicate_of": "unknown"}),
        ("Closed (Transferred)", {"status": "closed", "disposition": "referred"}),
        ("In Progress", {"status": "open"}),
        ("Closed (Other)", None),
        ("Canceled", None),
        ("Not closed", None),
        ("", None),
    ],
)
def test_what_a_status_certainly_means(theirs, ours):
    assert synonyms.status(theirs) == ours


@pytest.mark.parametrize(
    ("days", "told", "dates"),
    [
        (["04/13/2018", "04/02/2018"], "proven: a second part above 12", "mdy"),
        (["13/04/2018", "02/04/2018"], "proven: a first part above 12", "dmy"),
        (["13.04.2018"], "proven", "dmy"),
        (["04/02/2018", "12/11/2018"], "the file does not tell; fill in", None),
        (["13/04/2018", "04/13/2018"], "ask the sender for one order", None),
        (["2018-04-13", "04/13/2018"], "several ways", None),
        (["2018/04/13"], "dates: ymd", "ymd"),
        (["2018-04-13"], "", None),
        (["2018-04-13T10:00:00Z"], "", None),
    ],
)
def test_the_order_of_dates_is_proven_or_left_open(tmp_path, days, told, dates):
    text, made = proposed(tmp_path, "ticket,created_date\n" + "".join(f"{n},{day}\n" for n, day in enumerate(days)))
    assert made.dates == dates and told in text
    assert ("dates:" in text) == bool(told)


def test_a_likeness_is_a_guess_and_says_so(tmp_path):
    text, made = proposed(tmp_path, "Ticket,Createdd Date,resident phone\n1,2014-06-02,443-555-0100\n")
    assert made.columns == {"Ticket": "request_id", "Createdd Date": "submitted_at"}
    assert "  Createdd Date: submitted_at  # guess, check\n" in text
    assert made.ignore == ["resident phone"] and "# may be personal" in text and "555" not in text


def test_a_column_whose_values_are_no_days_is_no_date(tmp_path):
    """San Francisco writes the day under Closed; others write yes and no there."""
    _, made = proposed(tmp_path, "CaseID,Opened,Closed\n1,2014-06-02,yes\n2,2014-06-02,no\n")
    assert made.columns == {"CaseID": "request_id", "Opened": "submitted_at"} and made.ignore == ["Closed"]
    _, made = proposed(tmp_path, "srnumber,CaseID,Opened\n,1,2014-06-02\n2,2,2014-06-02\n")  # an id is in every row
    assert made.columns["CaseID"] == "request_id"


def test_more_than_sixty_kinds_are_not_listed(tmp_path):
    rows = "".join(f"{n},2014-06-02,kind {n}\n" for n in range(61))
    text, made = proposed(tmp_path, "ticket,opened,category\n" + rows)
    assert "kind 7" not in text and "more than 60 kinds" in text and not made.values
    text, _ = proposed(tmp_path, "ticket,opened,category\n" + rows.replace("kind 60", "kind 59"))
    assert "# kind 59:   # 2 rows" in text


@pytest.mark.parametrize(
    "name", ["Yes", "On", "a: b", "# x", "'", '"', "[a]", "1e3", "~", "null", "Größe", "2014-01-01"]
)
def test_any_name_of_a_column_is_valid_yaml(tmp_path, name):
    quoted = '"' + name.replace('"', '""') + '"'
    text, made = proposed(tmp_path, f"ticket,opened,{quoted}\n1,2014-06-02,x\n")
    assert yaml.safe_load(text) and set(made.ignore) <= {name}


def test_every_format_is_read_by_its_bytes(tmp_path):
    rows = [{"ticket": "1", "opened": "2014-06-02", "case_status": "Größe"}]
    columns = {"ticket": "request_id", "opened": "submitted_at", "case_status": "status"}
    latin = "ticket,opened,case_status\n1,2014-06-02,Größe\n".encode("latin-1")
    for content, encoding in (
        (json.dumps(rows).encode(), None),
        (gzip.compress(latin, mtime=0), "latin-1"),
        (latin.decode("latin-1").encode("utf-16"), None),
        (latin.replace(b",", b"\t"), "latin-1"),
    ):
        text, made = proposed(tmp_path, content, "anything")
        assert (made.columns, made.encoding) == (columns, encoding)
        assert "# Größe:   # 1 rows" in text


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "empty"),
        ("Ada Moss,555-0100\nBo Lund,555-0101\n", "none of its columns is known here"),
        (b"PK\x03\x04half", "damaged"),
        (b"\x1f\x8a" + bytes(range(256)) * 4, "none of its columns|told apart"),
        ('[{"service_request_id": "1", "status": "open", "requested_datetime": "2014-06-02T10:00:00Z"}]', "Open311"),
    ],
)  # fmt: skip
def test_what_cannot_be_proposed_for_says_why(tmp_path, content, told):
    with pytest.raises(Unreadable, match=told) as error:
        proposed(tmp_path, content)
    assert "Moss" not in str(error.value)


def test_the_command_prints_yaml_and_says_what_would_be_accepted(tmp_path):
    desk = Desk(tmp_path, duckdb.connect())
    path = desk.drop("requests/2018/log.csv", NEW_YORK)
    run = CliRunner().invoke(app, ["map", str(path), "--landing", str(desk.landing)])
    assert run.exit_code == 0, run.output
    assert yaml.safe_load(run.stdout)["columns"]["Unique Key"] == "request_id"
    assert "with this mapping 0 of 3 rows would be accepted" in run.stderr
    assert "3 rows: city: expected a place that the gazetteer knows" in run.stderr and "BRONX" not in run.stderr
    assert "1 rows: status: expected one of open, closed" in run.stderr
    run = CliRunner().invoke(app, ["map", str(path), "--write", "--landing", str(desk.landing)])
    assert run.exit_code == 0 and (path.parent / "mapping.yml").read_text().startswith(
        "# Proposed for a file of requests"
    )
    run = CliRunner().invoke(app, ["map", str(path), "--write", "--landing", str(desk.landing)])
    assert run.exit_code == 1 and "is there; rename or remove it" in run.output
    for arguments, told in (
        ([str(tmp_path / "none.csv")], "is not a file"),
        ([str(path), "--source", "request"], "no source is called 'request'"),
        ([str(path), "--source", "bls_laus"], "needs no mapping"),
    ):
        run = CliRunner().invoke(app, ["map", *arguments, "--landing", str(desk.landing)])
        assert run.exit_code == 1 and told in run.output


def test_the_guide_names_every_key_and_its_examples_load(tmp_path):
    docs = Path(__file__).parents[2] / "docs"
    guide = (docs / "mapping.md").read_text(encoding="utf-8")
    keys = {*mapping.Mapping.model_fields, *mapping.FileFacts.model_fields}
    assert {key for key in keys if f"`{key}`" not in guide} == set()
    examples = sorted((docs / "examples").glob("*-mapping.yml"))
    assert len(examples) >= 2
    for path in examples:
        (tmp_path / mapping.NAME).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
        assert mapping.load(tmp_path, set(catalog.load().sources["requests"].columns)).columns


def test_without_a_gazetteer_it_says_that_no_city_is_known(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text(NEW_YORK)
    told = proposal.of(path, None, tmp_path / "none").told
    assert told[-1].startswith("no census_gazetteer is in landing")


@pytest.mark.parametrize("name", ["311_sample.csv", "311_sample.xlsx"])
def test_a_real_log_is_accepted_once_its_city_is_filled_in(real, tmp_path, name):
    desk = Desk(tmp_path, duckdb.connect())
    desk.drop("census_gazetteer/places.csv", GAZETTEER + "MD,2404000,Baltimore city\n")
    path = desk.drop(f"requests/{name}", (real / "request_log_baltimore" / name).read_bytes())
    text = proposal.of(path, None, desk.landing).text
    filled = text.replace("# constants:\n#   city:", "constants:\n  city:")
    (path.parent / mapping.NAME).write_text(filled, encoding="utf-8")
    receipt = desk.take()[f"requests/{name}"]
    assert (receipt.received, receipt.accepted, receipt.unused) == (10_000, 10_000, [])

"""When reports are due: how each stands on a day, the edge of an Eastern day, warnings, and the commands `due` and `doctor`."""

import json
from datetime import UTC, date, datetime

import duckdb
import pytest
from reported import take, write
from typer.testing import CliRunner

from assets.releases import due
from assets.releases.reports import Standing
from pipelines import health
from pipelines.commands import app
from pipelines.settings import Layout

ROW = {
    "award_id": "A1",
    "report": "sf425",
    "frequency": "quarterly",
    "period": "FY2015Q2",
    "period_start": date(2015, 1, 1),
    "period_end": date(2015, 3, 31),
    "days": 30,
    "due_on": date(2015, 4, 30),
    "is_final": False,
}


def stood(*steps: tuple[str, str], state: str = "submitted", period: str = "FY2015Q2") -> dict:
    """A report after these steps, each with its instant."""
    taken = tuple({"step": step, "at": at} for step, at in steps)
    return {("sf425", period): Standing("sf425", period, state, steps=taken)}


def one(today: date, stands: dict | None = None, **changes) -> due.Due:
    (found,) = due.calendar([ROW | changes], stands or {}, today)
    return found


@pytest.mark.parametrize(
    ("today", "state", "days_left"),
    [
        (date(2015, 3, 30), "not over yet", 31),
        (date(2015, 3, 31), "due", 30),  # the last day of the period ends it, as in the release
        (date(2015, 4, 15), "due", 15),
        (date(2015, 4, 16), "due soon", 14),
        (date(2015, 4, 30), "due soon", 0),
        (date(2015, 5, 1), "late", -1),
        (date(2026, 4, 30), "late", -4018),
    ],
)
def test_what_nobody_submitted(today, state, days_left):
    found = one(today)
    assert (found.state, found.days_left, found.submitted_on) == (state, days_left, None)


@pytest.mark.parametrize(
    ("due_on", "at", "state", "days_left"),
    [
        # midnight in Washington is 4:00 UTC in summer and 5:00 in winter
        (date(2015, 4, 30), "2015-05-01T03:59:59+00:00", "submitted on time", 0),
        (date(2015, 4, 30), "2015-05-01T04:00:00+00:00", "submitted 1 day late", -1),
        (date(2015, 1, 30), "2015-01-31T04:59:59+00:00", "submitted on time", 0),
        (date(2015, 1, 30), "2015-01-31T05:00:00+00:00", "submitted 1 day late", -1),
        (date(2015, 4, 30), "2015-04-01T12:00:00+00:00", "submitted on time", 29),
        (date(2015, 4, 30), "2015-05-12T12:00:00+00:00", "submitted 12 days late", -12),
    ],
)
def test_the_eastern_day_of_the_submission_decides(due_on, at, state, days_left):
    found = one(date(2015, 6, 1), stood(("submit", at)), due_on=due_on)
    assert (found.state, found.days_left) == (state, days_left)


def test_the_first_submission_counts_and_where_the_review_stands_is_told():
    first, again = ("submit", "2015-04-29T15:00:00+00:00"), ("submit", "2015-05-20T15:00:00+00:00")
    back = ("return", "2015-05-02T15:00:00+00:00")
    later = [("approve", "2015-05-21T15:00:00+00:00"), ("lock", "2015-05-22T15:00:00+00:00")]
    for steps, state, words in (
        ([first, back], "returned", "returned, submitted on time"),
        ([first, back, again], "submitted", "submitted on time"),
        ([first, back, again, *later[:1]], "approved", "approved, submitted on time"),
        ([again, *later], "locked", "locked, submitted 20 days late"),
    ):
        found = one(date(2015, 6, 1), stood(*steps, state=state))
        assert found.state == words
        assert due.warnings([found]) == []


def test_a_submission_after_the_day_looked_at_is_told_and_not_judged():
    # made-up data of 2015 are looked at on their as-of day, and reviewed on it in another year
    found = one(date(2015, 6, 1), stood(("submit", "2026-05-01T12:00:00+00:00"), state="approved"))
    assert (found.state, found.submitted_on, found.days_left) == ("approved", date(2026, 5, 1), -32)
    assert due.warnings([found]) == []


def test_of_another_period_or_report_it_does_not_count():
    other = stood(("submit", "2015-04-01T12:00:00+00:00"), period="FY2015Q1")
    assert one(date(2015, 5, 3), other).state == "late"
    assert one(date(2015, 5, 3), stood(("submit", "2015-04-01T12:00:00+00:00")), report="performance").state == "late"


def test_warnings_are_sentences():
    def told(today: date, **changes) -> list[str]:
        return due.warnings([one(today, **changes)])

    assert told(date(2015, 4, 21)) == [
        "The SF-425 of FY2015 Q2 is due on April 30, 2015: in 9 days, and nobody has submitted it."
    ]
    assert told(date(2015, 4, 29), report="performance") == [
        "The performance report of FY2015 Q2 is due on April 30, 2015: in 1 day, and nobody has submitted it."
    ]
    assert told(date(2015, 4, 30), period="FY2015", is_final=True) == [
        "The final SF-425 of FY2015 is due on April 30, 2015: today, and nobody has submitted it."
    ]
    assert told(date(2015, 5, 3)) == [
        "The SF-425 of FY2015 Q2 was due on April 30, 2015: it is 3 days late, and nobody has submitted it."
    ]
    assert told(date(2015, 4, 15)) == told(date(2015, 3, 1)) == []  # 15 days left, and not over


def test_of_two_awards_the_sentence_names_the_award_and_the_calendar_is_by_due_day():
    first = ROW | {"period": "FY2015Q1", "period_end": date(2014, 12, 31), "due_on": date(2015, 1, 30)}
    found = due.calendar([ROW | {"award_id": "A2"}, ROW, first], {}, date(2015, 4, 21))
    assert [(f.period, f.award_id) for f in found] == [("FY2015Q1", "A1"), ("FY2015Q2", "A1"), ("FY2015Q2", "A2")]
    assert [line.split(" is due")[0].split(" was due")[0] for line in due.warnings(found)] == [
        "The SF-425 of FY2015 Q1 of award A1",
        "The SF-425 of FY2015 Q2 of award A1",
        "The SF-425 of FY2015 Q2 of award A2",
    ]


def test_the_day_that_is_looked_at():
    night = datetime(2026, 5, 1, 3, 30, tzinfo=UTC)  # still April 30 in Washington
    assert due.looked_at({"as_of": "2017-09-30", "synthetic": True}, night) == date(2017, 9, 30)
    assert due.looked_at({"as_of": "2017-09-30", "synthetic": False}, night) == date(2026, 4, 30)


def quarters(*periods: str) -> str:
    """A table `report_calendar` of the SF-425 of these quarters."""
    rows = ", ".join(f"('{p}')" for p in periods)
    return f"""select 'A1' as award_id, 'sf425' as report, 'quarterly' as frequency, q.period, q.period_start, q.period_end,
        30 as days, q.period_end + 30 as due_on, false as is_final, true as is_over
        from (values ('FY2014Q3', date '2014-04-01', date '2014-06-30'), ('FY2014Q4', date '2014-07-01', date '2014-09-30'),
            ('FY2015Q1', date '2014-10-01', date '2014-12-31')) as q (period, period_start, period_end)
        where q.period in (select * from (values {rows}))"""


ALL = quarters("FY2014Q3", "FY2014Q4", "FY2015Q1")


@pytest.fixture
def home(tmp_path):
    write(tmp_path / "releases", "2014-12-30-r1", more={"report_calendar": ALL})
    return Layout(tmp_path)


def call(home, *words, code=0):
    done = CliRunner().invoke(app, [*words, "--home", str(home.home)])
    assert done.exit_code == code, done.output
    return done


def test_the_command_tells_what_is_late_what_is_next_and_the_rest(home):
    told = [" ".join(line.split()) for line in call(home, "due", "--today", "2014-10-21").stdout.splitlines()]
    assert told == [
        "Looked at on October 21, 2014",
        "",
        "Late",
        "Due Report Period Period ends Kind Award State Submitted",
        "July 30, 2014 83 days late SF-425 FY2014 Q3 June 30, 2014 Quarterly A1 late",
        "",
        "Due next",
        "Due Report Period Period ends Kind Award State Submitted",
        "October 30, 2014 in 9 days SF-425 FY2014 Q4 September 30, 2014 Quarterly A1 due soon",
        "",
        "The rest",
        "Due Report Period Period ends Kind Award State Submitted",
        "January 30, 2015 in 101 days SF-425 FY2015 Q1 December 31, 2014 Quarterly A1 not over yet",
    ]


def test_the_command_answers_programs_and_knows_what_was_submitted(home):
    take(home, "submit")
    rows = [json.loads(line) for line in call(home, "due", "--json").stdout.splitlines()]
    assert [(r["period"], r["due_on"]) for r in rows] == [
        ("FY2014Q3", "2014-07-30"),
        ("FY2014Q4", "2014-10-30"),
        ("FY2015Q1", "2015-01-30"),
    ]
    # submitted today, many years after it was due; the default of a release that is not made up is the real day
    assert rows[0]["state"].startswith("submitted ") and rows[0]["state"].endswith(" days late")
    assert (rows[1]["state"], rows[1]["submitted_on"], rows[1]["release"]) == ("late", None, "2014-12-30-r1")
    assert rows[0]["submitted_on"] == rows[1]["today"]


def test_made_up_data_are_looked_at_on_their_as_of_day(home):
    write(home.releases, "2014-12-30-r2", synthetic=True, more={"report_calendar": ALL})
    answer = call(home, "due").stdout
    assert answer.startswith("SYNTHETIC DATA") and "Looked at on December 30, 2014" in answer
    take(home, "submit")
    rows = [json.loads(line) for line in call(home, "due", "--json").stdout.splitlines()]
    assert [r["state"] for r in rows] == ["submitted", "late", "not over yet"]


def test_the_command_says_what_is_empty_and_refuses_with_a_reason(home, tmp_path):
    write(home.releases, "2014-12-30-r2", more={"report_calendar": f"select * from ({ALL}) where false"})
    told = call(home, "due").stdout
    assert "nothing is late" in told and "nothing waits to be submitted" in told and "no award says" in told
    write(home.releases, "2014-12-30-r3")
    assert "before there was a table report_calendar" in call(home, "due", code=1).stderr
    assert "there are: 2014-12-30-r1" in call(home, "due", "--release", "2001-01-01-r1", code=1).stderr
    assert "write --today as 2015-04-21" in call(home, "due", "--today", "soon", code=2).stderr
    assert "no release yet" in call(Layout(tmp_path / "nowhere"), "due", code=1).stderr
    home.decisions.mkdir()
    (home.decisions / "review.jsonl").write_text('{"step": "submit"}\n')
    assert "did not write" in call(home, "due", "--release", "2014-12-30-r1", code=1).stderr


def doctor(home, today: date) -> list[tuple[str, str, str]]:
    return [(f.state, f.found, f.remedy) for f in health.examine(home, home.home, today) if f.name == "reports"]


def test_doctor_warns_of_what_is_late_or_soon_due_and_does_not_fail(home):
    ((state, found, remedy),) = doctor(home, date(2014, 10, 21))
    assert state == "warning" and "cities311 due" in remedy
    assert found == (
        "The SF-425 of FY2014 Q3 was due on July 30, 2014: it is 83 days late, and nobody has submitted it."
        " The SF-425 of FY2014 Q4 is due on October 30, 2014: in 9 days, and nobody has submitted it."
    )
    assert all(f.good for f in health.examine(home, home.home, date(2014, 10, 21)) if f.name == "reports")
    ((state, found, _),) = doctor(home, date(2014, 7, 1))
    assert (state, found) == ("ok", "none is late, none is due within 14 days")
    rows = [
        json.loads(line)
        for line in call(home, "doctor", "--landing", str(home.home), "--json", code=1).stdout.splitlines()
    ]
    assert [r["state"] for r in rows if r["check"] == "reports"] == ["warning"]  # and 1 for the folders of a home


def test_doctor_says_three_and_counts_the_others(home):
    two = f"select * from ({ALL}) union all select * replace ('performance' as report) from ({ALL})"
    write(home.releases, "2014-12-30-r2", more={"report_calendar": two})
    ((_, found, _),) = doctor(home, date(2015, 6, 1))
    assert found.count("nobody has submitted it.") == 3 and found.endswith(" And 3 more.")


def test_doctor_says_nothing_of_made_up_data_and_nothing_false_without_a_calendar(home):
    write(home.releases, "2014-12-30-r2", synthetic=True, more={"report_calendar": ALL})
    assert doctor(home, date(2026, 1, 1)) == []
    write(home.releases, "2014-12-30-r3")
    ((state, found, _),) = doctor(home, date(2026, 1, 1))
    assert state == "warning" and "report_calendar" in found
    (home.releases / "2014-12-30-r3" / "metric_values.parquet").unlink()
    assert doctor(home, date(2026, 1, 1)) == []  # that the release is damaged is told elsewhere


def test_doctor_is_well_where_reports_are_late(home, tmp_path_factory):
    landing = tmp_path_factory.mktemp("landing")
    rows = [json.loads(line) for line in call(home, "doctor", "--landing", str(landing), "--json").stdout.splitlines()]
    assert {r["state"] for r in rows} == {"ok", "warning"}  # and exit code 0


def test_the_calendar_of_a_release_is_as_the_function_takes_it(home):
    path = home.releases / "2014-12-30-r1" / "report_calendar.parquet"
    assert set(due.COLUMNS) <= {row[0] for row in duckdb.sql(f"describe from '{path}'").fetchall()}

"""program.yml: all optional, misspellings refused."""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from assets import clock, program
from assets.program import Program, ProgramError


def load(folder: Path, text: str) -> Program:
    (folder / program.NAME).write_text(text, encoding="utf-8")
    return program.load(folder)


def test_defaults(tmp_path):
    told = program.load(tmp_path)
    assert told == load(tmp_path, "") == Program()
    assert (told.time_zone, told.synthetic, told.as_of, told.launched_on) == ("America/New_York", False, None, None)
    assert (told.service_level.business_hours, told.service_level.calendar_hours) == (24, 72)


def test_everything_given(tmp_path):
    told = load(
        tmp_path,
        "program: Other\nas_of: 2015-03-31\nlaunched_on: 2014-05-22\ntime_zone: America/Chicago\nsynthetic: true\n"
        "service_level: {business_hours: 16}\n",
    )
    assert (told.program, told.as_of, told.launched_on) == ("Other", date(2015, 3, 31), date(2014, 5, 22))
    assert (told.time_zone, told.synthetic) == ("America/Chicago", True)
    assert (told.service_level.business_hours, told.service_level.calendar_hours) == (16, 72)


def test_the_last_day_is_as_asked_then_the_programs_then_yesterday(tmp_path):
    told = load(tmp_path, "as_of: 2015-03-31\ntime_zone: Pacific/Kiritimati\n")
    assert told.last_day(date(2014, 12, 31)) == date(2014, 12, 31)
    assert told.last_day(None) == date(2015, 3, 31)
    far_east = load(tmp_path, "time_zone: Pacific/Kiritimati\n")  # 14 hours ahead of UTC
    before = datetime.now(ZoneInfo("Pacific/Kiritimati")).date()
    day = far_east.last_day(None)
    after = datetime.now(ZoneInfo("Pacific/Kiritimati")).date()
    assert day in (before - timedelta(days=1), after - timedelta(days=1))


RULE = "eligibility: [{criterion: population, indicator: population, operator: '>', %s: 40000, title: Size}]"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("asof: 2015-03-31", "asof"),
        ("as_of: 2015-02-30", "as_of"),
        ("as_of: soon", "as_of"),
        ("time_zone: America/NewYork", "time_zone"),
        ("time_zone: ../../etc/passwd", "time_zone"),
        ("service_level: {business_days: 3}", "service_level.business_days"),
        ("service_level: {business_hours: soon}", "service_level.business_hours"),
        ("synthetic: perhaps", "synthetic"),
        ("program: [", "not valid YAML"),
        ("- program", "program.yml"),
        (RULE % "treshold", "treshold"),  # a rule without its threshold would say nothing of any city
        (RULE.replace("'>'", "about") % "threshold", "operator"),
    ],
)
def test_an_error_names_the_key(tmp_path, text, told):
    with pytest.raises(ProgramError) as error:
        load(tmp_path, text)
    assert str(error.value).startswith("program.yml") and told in str(error.value)


def test_bytes_that_are_no_text(tmp_path):
    (tmp_path / program.NAME).write_bytes(b"program: Stra\xdfe")
    with pytest.raises(ProgramError):
        program.load(tmp_path)


def test_the_name_of_a_period_says_its_last_day_and_a_slip_says_none():
    names = {"2014-02": date(2014, 2, 28), "FY2014Q1": date(2013, 12, 31), "FY2014Q3": date(2014, 6, 30)}
    names |= {"FY2014Q4": date(2014, 9, 30), "FY2014": date(2014, 9, 30), "2014-12": date(2014, 12, 31)}
    assert {name: clock.last_day(name) for name in names} == names
    for slip in (
        "FY2014Q5",
        "FY2014Q",
        "FY2014 ",
        "FY２０１４",
        "FY14",
        "fy2014",
        "2014-13",
        "2014-2",
        "9999-12",
        "to_date",
        "",
    ):
        with pytest.raises(ValueError, match="is no period"):
            clock.last_day(slip)

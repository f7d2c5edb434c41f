"""The performance report of several awards: whose covers it has, and whose texts."""

from pathlib import Path

import pytest
from doctored import copied, doctor, report
from granted import AWARDS, HEAD, A, B
from network import Network, copy
from python_calamine import CalamineWorkbook
from test_report_edges import paper

PERIOD = "FY2014Q3"
ENDED = "OLD,,,,,,,,2010-10-01,2012-09-30,24cfr84,cash,quarterly,0.00,addition"  # lacks what the boxes ask for
COMING = "NEW,,,,,,,,2014-08-15,2016-09-30,2cfr200,accrual,quarterly,0.00,addition"
HALVES = "HALF,,,,,,,,2013-10-01,2014-05-31,2cfr200,cash,semi_annual,0.00,addition"  # final report: that of April to September
QUARTERS = HALVES.replace("HALF", "QUART").replace("semi_annual", "quarterly")  # final report: that of April to June


@pytest.fixture(scope="module")
def five(granted: Network, tmp_path_factory: pytest.TempPathFactory) -> Network:
    """The program with an award that ended long ago, one that begins in August, and two that ended in May."""
    net = copy(granted, tmp_path_factory.mktemp("five"))
    rows = [*AWARDS, ENDED, COMING, HALVES, QUARTERS]
    net.drop("award/awards.csv", HEAD + "".join(f"{row}\n" for row in rows))
    net.run()
    return net


def covers(
    home: Path, out: Path, period: str, name: str = "performance", sheet: str = "Cover", row: int = 6
) -> list[str]:
    """The project period of each cover."""
    done = report(home, out, name, period, "--draft")
    assert done.exit_code == 0, done.output
    book = CalamineWorkbook.from_path(out / f"{name}-{period}.xlsx")
    told = [book.get_sheet_by_name(n).to_python() for n in book.sheet_names if n.startswith(sheet)]
    return [next(str(line[2]) for line in lines if str(line[0]) == str(row)) for lines in told]


OF_A, OF_B = "December 1, 2013 to November 30, 2016", "April 1, 2014 to March 31, 2017"
OF_NEW, OF_MAY = "August 15, 2014 to September 30, 2016", "October 1, 2013 to May 31, 2014"


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        (PERIOD, [OF_A, OF_MAY, OF_B, OF_MAY]),  # by name of the award: B-13/TA-01, HALF, NRN-2015, QUART
        ("FY2014Q4", [OF_A, OF_NEW, OF_B]),  # the half's final report was that of the quarter in which it ended
        ("2014-07", [OF_A, OF_B]),  # begun by the end of the month
        ("2014-08", [OF_A, OF_NEW, OF_B]),
    ],
)
def test_a_cover_for_each_award_of_the_period(five: Network, tmp_path: Path, period: str, expected: list[str]) -> None:
    assert covers(five.home, tmp_path, period) == expected
    if "Q" in period:
        assert covers(five.home, tmp_path, period, "sf425", "Boxes", 8) == expected, "as the form has them"


def test_boxes_are_asked_for_of_awards_with_a_cover(five: Network, tmp_path: Path) -> None:
    for period, expected in ((PERIOD, ["HALF:", "QUART:"]), ("FY2014Q4", ["NEW:"])):
        done = report(five.home, tmp_path, "performance", period)
        lacking = [line.split()[2] for line in done.stderr.splitlines() if "the cover lacks what it asks for" in line]
        assert lacking == expected


def test_before_any_award_there_is_no_cover(granted: Network, tmp_path: Path) -> None:
    home = copied(granted.home, tmp_path / "home")
    doctor(home, {"award": "select * replace (date '2015-01-01' as \"start\") from t"})
    assert covers(home, tmp_path, PERIOD) == []
    said = paper(tmp_path / f"performance-{PERIOD}.pdf")
    assert "No award had begun by June 30, 2014: the cover cannot be filled in." in said


LACKS = "The report does not say {}: send a text for report performance, FY2014Q3, section {}, with the narratives."


@pytest.mark.parametrize(
    ("kept", "of"),
    [
        ("award_id is null", {"developments": f" (awards {A}, {B})"}),
        (f"award_id = '{A}'", {"accomplishments": f" (awards {A}, {B})", "developments": f" (award {B})"}),
        (f"award_id = '{B}'", {"accomplishments": f" (award {A})", "developments": f" (award {A})"}),
        ("true", {}),
    ],
)
def test_each_award_says_what_it_has_to_say(granted: Network, tmp_path: Path, kept: str, of: dict[str, str]) -> None:
    home = copied(granted.home, tmp_path / "home")
    doctor(home, {"narratives": f"from t where {kept}"})
    done = report(home, tmp_path / "out", "performance", PERIOD)
    whats = {"accomplishments": "what was accomplished", "developments": "which developments were significant"}
    said = [line.removeprefix("  - ") for line in done.stderr.splitlines() if "does not say" in line]
    assert said == [LACKS.format(whats[section] + names, section) for section, names in of.items()]
    assert done.exit_code == bool(of)


def test_a_single_award_is_not_named_and_another_ones_text_is_not_its_own(granted: Network, tmp_path: Path) -> None:
    home = copied(granted.home, tmp_path / "home")
    alone = f"from t where award_id = '{A}'"
    doctor(home, {"award": alone, "sf425": alone, "narratives": f"from t where award_id = '{A}'"})
    done = report(home, tmp_path / "out", "performance", PERIOD, "--draft")
    said = paper(tmp_path / "out" / f"performance-{PERIOD}.pdf")
    assert done.exit_code == 0 and "Significant developments A post stayed open." in said and f"Award {A}" not in said
    doctor(home, {"narratives": f"select * replace ('{B}' as award_id) from t"})
    done = report(home, tmp_path / "none", "performance", PERIOD)
    for section, what in (
        ("accomplishments", "what was accomplished"),
        ("developments", "which developments were significant"),
    ):
        assert LACKS.format(what, section) in done.stderr


def test_a_text_that_no_report_reads_is_told_of(granted: Network, tmp_path: Path) -> None:
    net = copy(granted, tmp_path)
    texts = ["sf425,2014-06,,remarks,Of a month.", "performance,2014-06,,remarks,Of a month."]
    texts += ["performance,FY2014Q3,B1,developments,Of a slip.", f"sf425,FY2014,{A},remarks,Of a year."]
    net.drop("narratives/more.csv", "report,period,award_id,section,text\n" + "".join(f"{text}\n" for text in texts))
    assert "narratives" not in net.tell("status").stdout
    lines = [line for line in net.run().stdout.splitlines() if "core.narratives: " in line]
    told = {line.split("core.narratives: ")[1].split(":")[0]: line.split("; rows ")[1] for line in lines}
    assert told == {
        "award_id_references": "report performance, period FY2014Q3, award_id B1, section developments",
        "period_is_read": "report sf425, period 2014-06, award_id None, section remarks",
    }
    assert "core.narratives award_id_references, core.narratives period_is_read" in net.tell("status").stdout

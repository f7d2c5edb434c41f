"""What a report restates of the last one of its kind: told by cause, and never without a reason."""

import json
import shutil

import pytest
from reported import bridged, take, write
from typer.testing import CliRunner

from assets import decisions
from assets.releases import changes, reports
from pipelines.commands import app
from pipelines.settings import Layout

LATE = {"metric": "sf425_10e", "grain": "network", "period_type": "quarter", "period": "FY2014Q3", "cause": "late"}
LATE |= {"old_state": "value", "new_state": "value", "is_material": True, "records": 1}


@pytest.fixture
def home(tmp_path):
    write(tmp_path / "releases", "2014-12-30-r1")
    return Layout(tmp_path)


def test_what_a_report_restates_needs_its_reasons_first(home):
    old, new = "2014-12-30-r1", "2014-12-30-r2"
    for report in ("sf425", "performance"):
        take(home, "submit", report=report)
    write(home.releases, new)
    other = LATE | {"metric": "on_time_pct", "cause": "corrected"}
    bridged(home.home, old, new, [LATE, other, LATE | {"cause": "vintage", "is_material": False}])
    told = r"r1, are restated materially without a reason: late \(1 figures\); give it with `cities311 diff"
    with pytest.raises(decisions.Refused, match=told):
        take(home, "submit", "FY2014Q4")
    changes.give(home.decisions, old, new, "late", "program desk", "a batch of invoices")
    assert reports.restated(home.decisions, home.home, "sf425", old, new, "FY2014Q4") == [
        {"cause": "late", "figures": 1, "records": 0, "why": "a batch of invoices", "who": "program desk"}
    ]
    now = take(home, "submit", "FY2014Q4")
    assert (now.since, now.release) == (old, new)
    # the performance report tells every figure, and so restates what the SF-425 does not
    with pytest.raises(decisions.Refused, match=r"without a reason: corrected \(1 figures\)"):
        take(home, "submit", "FY2014Q4", report="performance")
    # on the same release nothing is restated; of a pair that nobody worked out that is not known
    assert take(home, "submit", "2014-09").since == ""
    write(home.releases, "2014-12-30-r3")
    shutil.rmtree(home.home / "bridges")
    with pytest.raises(decisions.Refused, match=f"`cities311 diff {new} 2014-12-30-r3` does it"):
        take(home, "submit", "FY2014Q3")


def test_a_report_sent_again_still_says_what_it_restates(home):
    old, new = "2014-12-30-r1", "2014-12-30-r2"
    take(home, "submit")
    write(home.releases, new)
    assert take(home, "submit", "FY2014Q4").since == old
    take(home, "return", "FY2014Q4")
    assert take(home, "submit", "FY2014Q4").since == old


def test_a_reason_of_another_hand_opens_no_gate(home):
    take(home, "submit")
    write(home.releases, "2014-12-30-r2")
    bridged(home.home, "2014-12-30-r1", "2014-12-30-r2", [LATE])
    log = home.decisions / "restatements.jsonl"
    pair = '"old_release": "2014-12-30-r1", "new_release": "2014-12-30-r2"'
    for line in (f'{{"cause": "late", "why": "x", "who": "y", {pair}, "chain": "0"}}\n', '{"foo": 1}\n', '{"cut'):
        log.write_text(line)
        with pytest.raises(decisions.Refused, match=r"restatements\.jsonl"):
            take(home, "submit", "FY2014Q4")
        told = CliRunner().invoke(app, ["diff", "2014-12-30-r1", "2014-12-30-r2", "--home", str(home.home)])
        assert told.exit_code == 1 and "restatements.jsonl" in told.output and "Traceback" not in told.output


def test_brackets_in_a_reason_are_text(home):
    take(home, "submit")
    args = [
        "review",
        "return",
        "sf425",
        "FY2014Q3",
        "--who",
        "desk",
        "--why",
        "see [/x] and [red]12[/red]",
        "--home",
        str(home.home),
    ]
    assert "see [/x] and [red]12[/red]" in CliRunner().invoke(app, args).output
    assert "[red]12[/red]" in CliRunner().invoke(app, ["review", "--log", "--home", str(home.home)]).output


def test_the_command_shows_the_table_and_submits_once_reasons_are_there(home):
    def asked(*arguments):
        return CliRunner().invoke(app, [*arguments, "--home", str(home.home)])

    submit = ("review", "submit", "sf425", "FY2014Q4", "--who", "Program lead", "--why", "ready")
    assert "nothing that was told before" in asked("review", "restated", "sf425", "FY2014Q4").output
    take(home, "submit")
    write(home.releases, "2014-12-30-r2")
    assert (
        "no final figure of 2014-12-30-r1 is restated materially"
        in asked("review", "restated", "sf425", "FY2014Q4").output
    )
    bridged(home.home, "2014-12-30-r1", "2014-12-30-r2", [LATE])
    refused = asked(*submit)
    assert refused.exit_code == 1 and "without a reason: late (1 figures)" in refused.output
    (row,) = [
        json.loads(line) for line in asked("review", "restated", "sf425", "FY2014Q4", "--json").output.splitlines()
    ]
    assert (row["since"], row["cause"], row["figures"], row["why"]) == ("2014-12-30-r1", "late", 1, None)
    given = ("--because", "late", "--who", "program desk", "--why", "a batch of invoices")
    assert asked("diff", "2014-12-30-r1", "2014-12-30-r2", *given).exit_code == 0
    assert "a batch of invoices" in asked("review", "restated", "sf425", "FY2014Q4").output
    assert asked(*submit).exit_code == 0
    assert asked("review", "restated", "budget", "FY2014Q4").exit_code == 1

"""The command `alerts`: grouped and counted for people, line by line for programs, and what it refuses."""

import json

import pytest
import typer
from bench import Bench
from typer.testing import CliRunner

from assets import catalog
from pipelines import alerts

MEMPHIS = "4748000"


@pytest.fixture
def release(tmp_path):
    """A HOME with a release of twelve overdue requests, a feed that stopped and two that never came, in no order."""
    overdue = {"kind": "overdue_request", "severity": "high", "city_id": MEMPHIS, "topic": "budget", "measure": 117}
    feed = {"kind": "feed_missing", "severity": "low"}
    rows = [
        {**feed, "about": "surveys", "severity": "high", "since_on": "2014-04-03", "sentence": "Feed surveys"},
        {**feed, "about": "award", "sentence": "Feed award"},
        {**feed, "about": "ledger", "sentence": "Feed ledger"},
    ]
    rows = [
        overdue | {"about": f"R{n:02}", "since_on": "2014-06-05", "sentence": f"Request R{n:02}"} for n in range(12)
    ] + rows
    folder = tmp_path / "releases" / "2014-09-30-r1"
    folder.mkdir(parents=True)
    bench = Bench()
    bench.given("published.alerts", reversed([row | {"sort_order": n} for n, row in enumerate(rows, 1)]))
    bench.connection.execute(f"copy published.alerts to '{folder / 'alerts.parquet'}'")
    bench.connection.close()
    (folder / "manifest.json").write_text("{}")
    (tmp_path / "releases" / "CURRENT").write_text("2014-09-30-r1\n")
    return tmp_path


def call(*arguments):
    app = typer.Typer()
    app.command()(alerts.command)
    return CliRunner().invoke(app, list(map(str, arguments)))


def test_the_command_groups_counts_and_leaves_out(release):
    answer = call("--home", release)
    assert answer.exit_code == 0
    lines = answer.stdout.splitlines()
    assert lines[0] == "HIGH  12 overdue requests"
    assert lines[1] == "  Request R00." and lines[11] == "  … and 2 more (--limit 0 for all)"
    assert lines[12:] == [
        *("", "HIGH  1 feed that did not arrive", "  Feed surveys."),
        *("", "LOW  2 feeds that did not arrive", "  Feed award.", "  Feed ledger."),
    ]
    assert len(call("--home", release, "--limit", "0").stdout.splitlines()) == 1 + 12 + 7


def test_the_command_answers_programs(release):
    answer = call("--home", release, "--json", "--kind", "overdue_request")
    rows = [json.loads(line) for line in answer.stdout.splitlines()]
    assert answer.exit_code == 0 and [row["about"] for row in rows] == [f"R{n:02}" for n in range(12)]
    assert rows[0] == {
        **{"release": "2014-09-30-r1", "kind": "overdue_request", "severity": "high", "city_id": MEMPHIS},
        **{"topic": "budget", "engagement_id": None, "about": "R00", "since_on": "2014-06-05", "measure": 117.0},
        "sentence": "Request R00",
    }


def test_the_command_says_when_there_is_nothing(release):
    answer = call("--home", release, "--kind", "late_milestone")
    assert (answer.exit_code, answer.stdout) == (0, "nothing needs a person now\n")


def test_the_command_refuses_with_a_reason(release, tmp_path):
    nothing = call("--home", tmp_path / "nowhere")
    assert nothing.exit_code == 1 and "run `cities311 run`" in nothing.stderr
    unknown = call("--home", release, "--release", "2001-01-01-r1")
    assert unknown.exit_code == 1 and "there are: 2014-09-30-r1" in unknown.stderr
    (release / "releases" / "2014-09-30-r1" / "alerts.parquet").unlink()
    before = call("--home", release)
    assert before.exit_code == 1 and "before there were alerts" in before.stderr
    assert call("--home", release, "--kind", "weather").exit_code == 2


def test_kinds_are_those_of_the_catalog():
    accepted = catalog.load().tables["published.alerts"].columns["kind"].accepted
    assert sorted(accepted) == sorted(alerts.Kind) == sorted(alerts.TITLES)

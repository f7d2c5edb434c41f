"""The commands others script against: names, exit codes, and answers as JSON."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from pipelines.commands import app

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = (
    "sample",
    "run",
    "status",
    "sources",
    "quarantine",
    "releases",
    "review",
    "show",
    "diff",
    "explain",
    "ahead",
    "due",
    "report",
    "alerts",
    "duplicates",
    "dashboard",
    "doctor",
    "fetch",
    "map",
)


def call(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def lines(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture(scope="module")
def home(release_home: Path) -> list[str]:
    return ["--home", str(release_home)]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command):
    told = call(command, "--help")
    assert told.exit_code == 0 and "Usage" in told.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["publish"],
        ["run", "--no-such-option"],
        ["run", "--as-of", "yesterday"],
        ["run", "--as-of", "2014-02-30"],
        ["run", "--known-on", "soon"],
        ["show"],
        ["explain"],
        ["explain", "on_time_pct", "--rows", "rows.txt"],
        ["sample", "--scale", "1"],
        ["sample", "x", "--scale", "0"],
        ["dashboard", "--port", "many"],
    ],
)
def test_wrong_use_is_2_and_says_how(arguments, tmp_path):
    told = call(*arguments)
    assert told.exit_code == 2
    assert told.output.strip()


def test_a_wrong_day_says_how_to_write_one(tmp_path):
    told = call("run", "--landing", str(tmp_path), "--as-of", "2014-02-30")
    assert "write --as-of as 2015-03-31" in told.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "--landing", "{}/nowhere"], ["nowhere is not a folder", "--landing"]),
        (["status"], ["no release yet", "cities311 run"]),
        (["show", "on_time_pct"], ["no release"]),
        (["explain", "on_time_pct"], ["no release"]),
        (["doctor", "--landing", "{}"], []),  # on stdout, as a table
    ],
)
def test_refused_is_1_with_the_reason_on_stderr(arguments, words, tmp_path):
    told = call(*[a.format(tmp_path) for a in arguments], "--home", str(tmp_path / "home"))
    assert told.exit_code == 1
    for word in words:
        assert word in told.stderr


def test_a_program_that_cannot_be_read_is_refused(tmp_path):
    (tmp_path / "program.yml").write_text("asof: 2014-08-31\n")
    told = call("run", "--landing", str(tmp_path), "--home", str(tmp_path / "home"))
    assert told.exit_code == 1 and "program.yml" in told.stderr and "asof" in told.stderr
    assert "Traceback" not in told.output


def test_an_as_of_before_the_launch_is_refused(tmp_path):
    (tmp_path / "program.yml").write_text("launched_on: 2014-05-22\n")
    home = str(tmp_path / "home")
    told = call("run", "--landing", str(tmp_path), "--home", home, "--as-of", "2013-12-31")
    assert told.exit_code == 1
    assert "as-of 2013-12-31 is before the launch on 2014-05-22" in told.stderr and "Traceback" not in told.stderr


def test_status(home, release_home):
    (told,) = lines(call("status", *home, "--json"))
    assert told["release"] == (release_home / "releases" / "CURRENT").read_text().strip()
    assert told["synthetic"] is True and told["as_of"] in told["release"]
    text = call("status", *home).stdout
    assert told["release"] in text and "SYNTHETIC DATA" in text


def test_sources_and_quarantine_account_for_every_row(home):
    files = lines(call("sources", *home, "--json"))
    assert len(files) > 20
    for f in files:
        assert f["received"] == f["accepted"] + f["quarantined"] + f["repeats"]
    aside = lines(call("quarantine", *home, "--json"))
    for source in ("requests", "ledger"):
        rows = {(a["file"], a["row"]) for a in aside if a["file"].startswith(f"{source}/")}
        assert rows and len(rows) == sum(f["quarantined"] for f in files if f["file"].startswith(f"{source}/"))
        only = lines(call("quarantine", source, *home, "--json"))
        assert {(a["file"], a["row"]) for a in only} == rows
    assert all(a.keys() == {"file", "row", "column", "found", "expected"} for a in aside)
    assert all(a["expected"] for a in aside)


def test_quarantine_of_a_source_that_nobody_knows(home):
    told = call("quarantine", "request", *home)
    assert told.exit_code == 1 and "requests" in told.stderr


def test_releases(home, release_home):
    rows = lines(call("releases", *home, "--json"))
    assert [r["release"] for r in rows if r["current"]] == [(release_home / "releases" / "CURRENT").read_text().strip()]


def test_show(home):
    assert call("show", "on_time_pct", *home).stdout.startswith("SYNTHETIC DATA")
    (network,) = lines(call("show", "on_time_pct", *home, "--json"))
    assert network["grain"] == "network" and network["period"] == "to_date" and network["unit"] == "percent"
    # told to one decimal, as the catalog has it
    assert network["value"] == round(100 * network["numerator"] / network["denominator"], 1)
    assert network["ci_low"] <= network["value"] <= network["ci_high"]
    month = lines(call("show", "created", "--period", "2015-06", *home, "--json"))
    assert [m["period"] for m in month] == ["2015-06"]
    quartiles = lines(call("show", "on_time_pct", "--by", "size_quartile", *home, "--json"))
    assert [q["dimension_value"] for q in quartiles] == ["1", "2", "3", "4"]
    topic = lines(call("show", "created", "--topic", "budget", *home, "--json"))
    assert all(m["topic"] == "budget" for m in topic)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["no_such_pct"], ["no metric 'no_such_pct'", "on_time_pct"]),
        (["on_time_pct", "--period", "1999-01"], ["1999-01"]),
        (["on_time_pct", "--release", "1999-01-01-r1"], ["no release 1999-01-01-r1", "-r1"]),
        (["on_time_pct", "--city", "9999999"], ["9999999"]),
    ],
)
def test_show_refuses_what_is_not_there_and_says_what_is(home, arguments, words):
    told = call("show", *arguments, *home)
    assert told.exit_code == 1
    for word in words:
        assert word in told.stderr


def test_explain(home, tmp_path):
    assert call("explain", "on_time_pct", *home).stdout.startswith("SYNTHETIC DATA")
    (told,) = lines(call("explain", "on_time_pct", *home, "--rows", str(tmp_path / "rows.parquet"), "--json"))
    (shown,) = lines(call("show", "on_time_pct", *home, "--json"))
    assert {key: told[key] for key in shown} == shown
    assert told["same"] is True and told["records"] == shown["denominator"] and (tmp_path / "rows.parquet").exists()
    assert told["command"].startswith("python -c ") and {f["source"] for f in told["files"]} == {
        "requests",
        "request_events",
    }


def test_due(home):
    """The sample's award began in December 2013 and reports by quarter; what is made up is looked at on its as-of day."""
    assert call("due", *home).stdout.startswith("SYNTHETIC DATA")
    rows = [r for r in lines(call("due", *home, "--json")) if r["report"] == "sf425"]
    assert (rows[0]["period"], rows[0]["due_on"], rows[0]["state"]) == ("FY2014Q1", "2014-01-30", "late")
    assert all(r["today"] in r["release"] for r in rows)
    early = [r for r in lines(call("due", *home, "--today", "2014-01-20", "--json")) if r["report"] == "sf425"]
    assert [(r["state"], r["days_left"]) for r in early[:2]] == [("due soon", 10), ("not over yet", 100)]


def test_doctor_on_a_healthy_home(home, sample_landing):
    rows = lines(call("doctor", *home, "--landing", str(sample_landing), "--json"))
    assert all(r["state"] == "ok" for r in rows)
    assert {"Python", "duckdb", "disk", "landing", "models", "release"} <= {r["check"] for r in rows}


def test_doctor_names_what_is_wrong_and_what_to_do(home, tmp_path):
    (tmp_path / "reqests").mkdir()
    told = call("doctor", *home, "--landing", str(tmp_path), "--json")
    assert told.exit_code == 1
    wrong = [json.loads(line) for line in told.stdout.splitlines() if '"wrong"' in line]
    assert (
        [w["check"] for w in wrong] == ["landing"] and "reqests" in wrong[0]["found"] and "requests" in wrong[0]["do"]
    )


def test_the_same_seed_writes_the_same_bytes(tmp_path):
    told = call("sample", str(tmp_path / "a"), "--scale", "0.01", "--json")
    assert told.exit_code == 0 and json.loads(told.stdout)
    assert call("sample", str(tmp_path / "b"), "--scale", "0.01").exit_code == 0
    assert call("sample", str(tmp_path / "c"), "--scale", "0.01", "--seed", "7").exit_code == 0
    a, b, c = (
        {p.relative_to(tmp_path / x).as_posix(): p.read_bytes() for p in (tmp_path / x).rglob("*") if p.is_file()}
        for x in "abc"
    )
    assert a == b and a.keys() == c.keys() and a["requests/requests.csv"] != c["requests/requests.csv"]


def test_the_console_script_is_installed_and_quick_to_refuse(tmp_path):
    script = Path(sys.executable).parent / "cities311"
    done = subprocess.run(
        [str(script), "status", "--home", str(tmp_path)], capture_output=True, text=True, env=os.environ, cwd=ROOT
    )
    assert (done.returncode, done.stdout) == (1, "") and "no release yet" in done.stderr

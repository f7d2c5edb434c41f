"""Whether a run has anything to do, from names, sizes and times alone."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines import unchanged


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    """A landing folder, a code tree, and a home whose run has just made release 2014-09-30-r1."""
    monkeypatch.setattr(unchanged, "ROOT", str(tmp_path / "code"))
    for name in ("code/assets/a.py", "code/sql/core/b.sql", "code/pipelines/c.py"):
        put(tmp_path / name, "1")
    put(tmp_path / "landing/requests/a.csv", "request_id\n1\n")
    put(tmp_path / "landing/program.yml", "")
    put(tmp_path / "home/releases/2014-09-30-r1/manifest.json", "{}")
    put(tmp_path / "home/releases/CURRENT", "2014-09-30-r1\n")
    (tmp_path / "home/warehouse").mkdir()
    keep(tmp_path)
    return tmp_path


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def keep(place: Path, as_of: str = "", known_on: str = "", zone: str = "") -> None:
    seen = unchanged.look(str(place / "landing"))
    unchanged.remember(str(place / "home"), seen, as_of, known_on, zone, "2014-09-30-r1")


def asked(place: Path, as_of: str = "", known_on: str = "") -> str | None:
    return unchanged.release(str(place / "home"), str(place / "landing"), as_of, known_on)


def test_the_same_again_is_the_same_release(place):
    assert asked(place) == "2014-09-30-r1"


def test_a_home_without_a_run_has_everything_to_do(tmp_path):
    (tmp_path / "landing").mkdir()
    assert asked(tmp_path) is None


CHANGES = {
    "a new file": lambda p: put(p / "landing/requests/b.csv", ""),
    "a new folder with a file": lambda p: put(p / "landing/surveys/s.csv", ""),
    "a touched file": lambda p: os.utime(p / "landing/requests/a.csv", ns=(1, 1)),
    "a file grown": lambda p: put(p / "landing/requests/a.csv", "request_id\n1\n2\n"),
    "a file gone": lambda p: (p / "landing/requests/a.csv").unlink(),
    "a file renamed": lambda p: (p / "landing/requests/a.csv").rename(p / "landing/requests/z.csv"),
    "a mapping": lambda p: put(p / "landing/requests/mapping.yml", ""),
    "the program": lambda p: put(p / "landing/program.yml", "synthetic: true"),
    "code": lambda p: put(p / "code/assets/a.py", "22"),
    "a new SQL file": lambda p: put(p / "code/sql/core/new.sql", ""),
    "CURRENT set back": lambda p: put(p / "home/releases/CURRENT", "2014-06-30-r1\n"),
    "CURRENT gone": lambda p: (p / "home/releases/CURRENT").unlink(),
    "the release gone": lambda p: (p / "home/releases/2014-09-30-r1/manifest.json").unlink(),
    "the state torn": lambda p: put(p / "home/warehouse/state.json", '{"landing": '),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_is_seen(place, change):
    CHANGES[change](place)
    assert asked(place) is None


@pytest.mark.parametrize("name", ["landing/requests/.a.csv.swp", "code/assets/__pycache__/a.pyc"])
def test_what_is_no_input_is_not_looked_at(place, name):
    put(place / name, "x")
    assert asked(place) == "2014-09-30-r1"


def test_other_clocks_are_another_question(place):
    assert asked(place, as_of="2014-08-31") is None
    assert asked(place, known_on="2014-10-01T00:00:00Z") is None
    keep(place, as_of="2014-08-31", known_on="2014-10-01T00:00:00Z")
    assert asked(place, "2014-08-31", "2014-10-01T00:00:00Z") == "2014-09-30-r1"
    assert asked(place) is None


def test_another_landing_folder_is_another_question(place):
    (place / "landing").rename(place / "elsewhere")
    assert unchanged.release(str(place / "home"), str(place / "elsewhere"), "", "") is None


def test_yesterday_is_another_day_tomorrow(place):
    keep(place, zone="America/New_York")
    assert asked(place) == "2014-09-30-r1"
    state = place / "home" / unchanged.STATE
    told = json.loads(state.read_text())
    state.write_text(json.dumps(told | {"today": "2014-09-29"}))
    assert asked(place) is None


def test_the_day_is_that_of_the_programs_zone(place):
    """At 01:00 UTC on the 2nd it is still the 1st in New York, where the figures look at yesterday, the 31st."""
    night = datetime(2014, 10, 2, 1, tzinfo=UTC)
    assert unchanged.day("America/New_York", night) == "2014-10-01"
    assert unchanged.day("Pacific/Auckland", night) == "2014-10-02"
    assert unchanged.day("") == ""


def arguments(place: Path, *more: str) -> list[str]:
    return ["run", "--landing", str(place / "landing"), "--home", str(place / "home"), *more]


def test_the_shortcut_answers_a_run_with_nothing_new(place, capsys):
    assert unchanged.shortcut(arguments(place)) == 0
    assert capsys.readouterr().out == "Nothing new: release 2014-09-30-r1 is current.\n"
    assert unchanged.shortcut(arguments(place, "--json")) == 0
    assert json.loads(capsys.readouterr().out) == {"release": "2014-09-30-r1", "new": False}
    with_equals = [f"--landing={place / 'landing'}", f"--home={place / 'home'}"]
    assert unchanged.shortcut(["run", *with_equals]) == 0


@pytest.mark.parametrize(
    "more", [("--help",), ("--as-of", "2014-08-31"), ("--as-of=2014-08-31",), ("--no-such-option",), ("extra",)]
)
def test_the_shortcut_leaves_everything_else_to_the_command(place, more, capsys):
    assert unchanged.shortcut(arguments(place, *more)) is None
    assert capsys.readouterr().out == ""


def test_the_shortcut_is_for_run_alone(place):
    assert unchanged.shortcut([]) is None
    assert unchanged.shortcut(["status", "--home", str(place / "home")]) is None


def test_no_file_of_landing_is_opened(place):
    """A named pipe that nobody writes to blocks whoever opens it; a look at names, sizes and times does not."""
    os.mkfifo(place / "landing/requests/pipe.csv")
    keep(place)
    assert asked(place) == "2014-09-30-r1"


def test_home_and_landing_as_given_else_from_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("CITIES311_HOME", str(tmp_path / "h"))
    monkeypatch.delenv("CITIES311_LANDING", raising=False)
    assert unchanged.where("", "") == (str(tmp_path / "h"), str(tmp_path / "h" / "landing"))
    assert unchanged.where(str(tmp_path), "") == (str(tmp_path), str(tmp_path / "landing"))
    monkeypatch.setenv("CITIES311_LANDING", str(tmp_path / "l"))
    assert unchanged.where("", "") == (str(tmp_path / "h"), str(tmp_path / "l"))


def test_nothing_heavy_is_imported():
    """Only the standard library stands between a run with nothing new and its answer."""
    code = (
        "import sys; before = set(sys.modules); import pipelines.cli, pipelines.unchanged;"
        "print(*sorted({m.partition('.')[0] for m in set(sys.modules) - before}))"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert set(done.stdout.split()) - {"pipelines"} <= set(sys.stdlib_module_names)

"""Where a report is not written, what stands of a draft, and that figures are published whether or not the form is complete."""

import os
import subprocess
from pathlib import Path

import pdfplumber
import pytest
from doctored import copied, current, doctor, report, step, told
from network import COMMAND, ROOT
from python_calamine import CalamineWorkbook

QUARTER, OPEN = "FY2017Q4", "FY2014Q3"  # nobody wrote the texts of the second
LACKS = (
    "SF-425 of award NRN-2013, FY2014Q3: it does not hold that a remark explains the cash on hand (10c) ($478.14 against $0.00);"
    " send a text for report sf425, section cash_on_hand, with the narratives."
)


@pytest.fixture
def home(release_home: Path, tmp_path: Path) -> Path:
    """A copy of the sample's releases to change."""
    return copied(release_home, tmp_path / "home")


def test_a_folder_that_cannot_be_written(home: Path, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file")
    for out in (taken, taken / "below", Path("/proc/none")):
        done = report(home, out, "sf425", QUARTER)
        assert done.exit_code == 1 and done.stderr.startswith(f"{out} cannot be written: "), done.output
    assert taken.read_text() == "a file"


def test_what_the_program_keeps_and_what_it_takes_in_is_no_folder_to_write_to(home: Path, tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    landing.mkdir()
    (home / "raw").mkdir()
    (home / "raw" / "LANDING").write_text(f"{landing}\n")
    (tmp_path / "link").symlink_to(home / "releases")
    inside = [home / name for name in ("raw", "quarantine", "warehouse", "decisions", "bridges", "dagster")]
    inside += [
        home / "releases",
        current(home),
        current(home) / "new",
        tmp_path / "link" / "x",
        home / "decisions" / ".." / "raw",
    ]
    for out in (*inside, landing, landing / "ledger"):
        before = sorted(home.rglob("*"))
        done = report(home, out, "sf425", QUARTER)
        assert (done.exit_code, done.stderr) == (1, f"{out} lies among what the program keeps; name another folder\n")
        assert sorted(home.rglob("*")) == before and not list(landing.iterdir())
    assert report(home, home / "reports", "budget", QUARTER).exit_code == 0, (
        "beside them there is room, as the job has it"
    )


def test_a_release_that_is_damaged_gives_no_report(home: Path, tmp_path: Path) -> None:
    release = current(home)
    path = release / "sf425.parquet"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + b"?")
    for done in (report(home, tmp_path / "out", "sf425", QUARTER), step(home, "submit", "sf425", QUARTER)):
        assert done.exit_code == 1
        assert done.stderr.startswith("release 2017-09-30-r1 is not as it was published: sf425.parquet has SHA-256 ")
    path.unlink()
    done = report(home, tmp_path / "out", "program", QUARTER)
    assert done.stderr == (
        "release 2017-09-30-r1 is not as it was published: sf425.parquet is missing; restore it from a copy, or read another:"
        " there is none\n"
    )
    path.write_bytes(whole)
    (release / "manifest.json").write_text(
        (release / "manifest.json").read_text().replace("2017-09-30", "2017-09-29", 1)
    )
    done = report(home, tmp_path / "out", "sf425", QUARTER)
    assert done.exit_code == 1 and "manifest.json does not hold to its seal" in done.stderr
    assert not (tmp_path / "out").exists() and not (home / "decisions").exists()


def test_a_draft_is_marked_and_says_what_is_missing(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert report(home, out, "sf425", OPEN).exit_code == 1 and not out.exists()
    assert report(home, out, "sf425", OPEN, "--draft").exit_code == 0
    names = {f"sf425-{OPEN}.{ending}" for ending in ("pdf", "xlsx", "csv", "dictionary.csv")}
    assert {path.name for path in out.iterdir()} == names
    with pdfplumber.open(out / f"sf425-{OPEN}.pdf") as paper:
        said = " ".join(" ".join(page.extract_text() for page in paper.pages).split())
    assert "Draft" in said and LACKS in said and "What is missing before this report is complete" in said
    book = CalamineWorkbook.from_path(out / f"sf425-{OPEN}.xlsx")
    cells = {str(cell) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row}
    assert LACKS in cells and any("Draft" in cell for cell in cells)
    rows = (out / f"sf425-{OPEN}.csv").read_text("utf-8-sig").splitlines()
    assert rows[0].endswith(",state") and all(row.endswith(",Draft") for row in rows[1:])
    # a report that lacks nothing is no draft, asked for as one or not
    assert report(home, out, "sf425", QUARTER, "--draft").exit_code == 0
    drafted = {path.name: path.read_bytes() for path in out.glob(f"*{QUARTER}*")}
    assert report(home, out, "sf425", QUARTER).exit_code == 0
    assert {path.name: path.read_bytes() for path in out.glob(f"*{QUARTER}*")} == drafted
    assert b"Draft" not in drafted[f"sf425-{QUARTER}.csv"]


def test_a_draft_is_not_submitted_and_not_in_a_bundle(home: Path, tmp_path: Path) -> None:
    assert step(home, "submit", "sf425", OPEN).stderr == f"sf425 {OPEN} is not complete: {LACKS}\n"
    done = report(home, tmp_path / "out", "bundle", OPEN)
    assert done.exit_code == 1 and f"sf425 {OPEN} is draft" in done.stderr and not (tmp_path / "out").exists()


def test_figures_are_published_though_the_form_is_refused(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert report(home, tmp_path / "out", "sf425", OPEN).exit_code == 1
    line = told(home, "show", "sf425_10c", "--period", OPEN, "--json")
    assert line.exit_code == 0 and "478.14" in line.stdout
    monkeypatch.setenv("CITIES311_HOME", str(home))
    from assets.documents.facts import Incomplete
    from dashboards import queries, reporting

    release = queries.open_release(queries.current_id())
    rows = [row for row in queries.rows(release, "sf425", "line") if row["period"] == OPEN]
    assert [row["line"] for row in rows] == [f"10{letter}" for letter in "abcdefghijklmno"]
    assert all(row["amount_usd"] is not None for row in rows)
    assert reporting.missing(release.id, "sf425", OPEN) == [LACKS]
    assert set(reporting.names("sf425", OPEN, None)) == {
        f"sf425-{OPEN}.{e}" for e in ("pdf", "xlsx", "csv", "dictionary.csv")
    }
    with pytest.raises(Incomplete):
        reporting.file(release.id, "sf425", OPEN, None, f"sf425-{OPEN}.pdf", draft=False)()


def test_a_refusal_from_a_process_of_its_own(home: Path, tmp_path: Path) -> None:
    doctor(home, {"narratives": "from t limit 0"})
    arguments = [
        *COMMAND,
        "report",
        "performance",
        "--period",
        QUARTER,
        "--out",
        str(tmp_path / "out"),
        "--home",
        str(home),
    ]
    done = subprocess.run(
        arguments, capture_output=True, text=True, check=False, cwd=ROOT, env=os.environ | {"COLUMNS": "40"}
    )
    assert (done.returncode, done.stdout) == (1, "") and done.stderr.count("\n  - ") == 4
    assert "Traceback" not in done.stderr and not (tmp_path / "out").exists()

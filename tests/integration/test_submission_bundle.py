"""The bundle that is submitted: only what stands submitted, whole, the same bytes whoever makes it and whenever."""

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest
from doctored import copied, current, doctor, later, report, step, told
from network import COMMAND, ROOT
from python_calamine import CalamineWorkbook

QUARTER, BEFORE = "FY2017Q4", "FY2017Q3"
FIRST, SECOND, THIRD = (f"2017-09-30-r{n}" for n in (1, 2, 3))
ENDINGS = ("csv", "dictionary.csv", "pdf", "xlsx")
REPORTS = [f"{name}-{QUARTER}.{ending}" for name in ("budget", "performance", "sf425") for ending in ENDINGS]
ZIP = f"submission-{QUARTER}.zip"
XLSX_EPOCH = (1980, 1, 31)  # what the writer of workbooks dates the parts of one; it is no day


def bundled(home: Path, out: Path, *more: str) -> bytes:
    done = report(home, out, "bundle", QUARTER, *more)
    assert done.exit_code == 0, done.output
    assert [path.name for path in out.iterdir()] == [ZIP]
    return (out / ZIP).read_bytes()


def opened(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def other_process(home: Path, out: Path, **changes: str) -> bytes:
    arguments = [
        *COMMAND,
        "report",
        "bundle",
        "--period",
        QUARTER,
        "--out",
        str(out),
        "--home",
        str(home),
        "--release",
        SECOND,
    ]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False, cwd=ROOT, env=os.environ | changes)
    assert done.returncode == 0, done.stderr
    return (out / ZIP).read_bytes()


@pytest.fixture(scope="module")
def home(release_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two releases, of which the second restates the first: BEFORE submitted on the first, QUARTER on the second."""
    home = copied(release_home, tmp_path_factory.mktemp("bundle") / "home")
    for name in ("sf425", "performance"):
        done = step(home, "submit", name, BEFORE)
        assert done.exit_code == 0, done.output
    more = "case when metric = 'sf425_10e' and period = 'FY2017Q3' then amount_usd + 5000000 else amount_usd end as amount_usd"
    row = f"""select * from t union all by name select metric, grain, period_type, period, period_start, period_end,
        'late' as cause, '{FIRST}' as old_release, '{SECOND}' as new_release, 'value' as old_state,
        'value' as new_state, 'final' as old_status,
        'final' as new_status, unit, amount_usd as old_value, amount_usd + 5000000 as new_value, 5000000 as delta,
        true as is_material, 1 as records
        from '{current(home)}/metric_values.parquet' where metric = 'sf425_10e' and period = '{BEFORE}'"""
    later(home, SECOND, {"metric_values": f"select * replace ({more}) from t", "restatements": row})
    return home


def test_only_what_is_submitted_is_bundled(home: Path, tmp_path: Path) -> None:
    said = "{0} FY2017Q4 is draft: the bundle holds what is submitted; `cities311 review submit {0} FY2017Q4`\n"
    reasons = ("--because", "late", "--who", "desk", "--why", "an invoice of May that came in October")
    for name in ("sf425", "performance"):
        done = report(home, tmp_path / "out", "bundle", QUARTER)
        assert (done.exit_code, done.stderr) == (1, said.format(name)) and not (tmp_path / "out").exists()
        if name == "sf425":
            refused = step(home, "submit", name, QUARTER)
            assert refused.exit_code == 1 and "without a reason: late (1 figures)" in refused.stderr
            assert told(home, "diff", FIRST, SECOND, *reasons).exit_code == 0
        assert step(home, "submit", name, QUARTER).exit_code == 0
    packed = opened(bundled(home, tmp_path / "out"))
    assert sorted(packed) == sorted([*REPORTS, "SHA256SUMS", "manifest.json", "restatements.csv", "restatements.xlsx"])
    done = report(home, tmp_path / "other", "bundle", QUARTER, "--release", FIRST)
    assert (done.exit_code, done.stderr) == (
        1,
        f"sf425 {QUARTER} was submitted on release {SECOND}, and not on {FIRST}: name that one\n",
    )
    assert not (tmp_path / "other").exists()


def test_each_file_is_what_its_hash_says(home: Path, tmp_path: Path) -> None:
    packed = opened(bundled(home, tmp_path / "out"))
    lines = packed["SHA256SUMS"].decode().splitlines()
    assert lines == [
        f"{hashlib.sha256(packed[name]).hexdigest()}  {name}" for name in sorted(packed) if name != "SHA256SUMS"
    ]
    assert packed["manifest.json"] == (current(home) / "manifest.json").read_bytes()
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(tmp_path / "out" / ZIP) as zipped:
        zipped.extractall(folder)
    checked = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], capture_output=True, text=True, check=False, cwd=folder)
    assert checked.returncode == 0 and checked.stdout.count(": OK") == len(packed) - 1
    (folder / "manifest.json").write_bytes(packed["manifest.json"] + b" ")
    assert (
        subprocess.run(["sha256sum", "-c", "SHA256SUMS"], capture_output=True, check=False, cwd=folder).returncode == 1
    )
    # each report of it is the one that the command writes alone
    for name in ("sf425", "performance", "budget"):
        assert report(home, tmp_path / "alone", name, QUARTER).exit_code == 0
    assert {path.name: path.read_bytes() for path in (tmp_path / "alone").iterdir()} == {n: packed[n] for n in REPORTS}


def test_what_was_restated_is_told_with_its_reason(home: Path, tmp_path: Path) -> None:
    packed = opened(bundled(home, tmp_path / "out"))
    cells = {}
    for name in ("restatements.xlsx", f"sf425-{QUARTER}.xlsx"):
        book = CalamineWorkbook.from_filelike(io.BytesIO(packed[name]))
        rows = [row for sheet in book.sheet_names for row in book.get_sheet_by_name(sheet).to_python()]
        cells[name] = {str(cell) for row in rows for cell in row}
    for found in cells.values():
        assert any("an invoice of May that came in October" in cell for cell in found)


def test_every_date_within_is_the_releases(home: Path, tmp_path: Path) -> None:
    manifest = json.loads((current(home) / "manifest.json").read_text())
    at, made = (datetime.fromisoformat(manifest[key]).astimezone(UTC) for key in ("known_on", "created_at"))
    content = bundled(home, tmp_path / "out")
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert {entry.date_time for entry in packed.infolist()} == {at.timetuple()[:6]}
    stamp, pdf = f"{at:%Y-%m-%dT%H:%M:%SZ}", f"D:{at:%Y%m%d%H%M%S}Z"
    for name, held in opened(content).items():
        if name.endswith(".pdf"):
            with pikepdf.open(io.BytesIO(held)) as paper:
                assert {str(paper.docinfo[key]) for key in ("/ModDate", "/CreationDate")} == {pdf}
                xmp = paper.Root.Metadata.read_bytes().decode()
            assert set(re.findall(r"\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|[+-]\d\d:\d\d)", xmp)) == {stamp}
        if name.endswith(".xlsx"):
            with zipfile.ZipFile(io.BytesIO(held)) as book:
                assert {entry.date_time[:3] for entry in book.infolist()} == {XLSX_EPOCH}
                core = book.read("docProps/core.xml").decode()
            assert set(re.findall(r"\d{4}-\d\d-\d\dT[0-9:]+Z", core)) == {
                f"{made:%Y-%m-%dT%H:%M:%SZ}" if name == "restatements.xlsx" else stamp
            }
    today = f"{datetime.now(UTC):%Y-%m-%d}".encode()
    dated = {name for name, held in opened(content).items() if today in held and name != "manifest.json"}
    assert not dated, "no file holds the day on which it was made"


def test_the_same_bytes_on_another_day_and_by_another_process(home: Path, tmp_path: Path) -> None:
    content = bundled(home, tmp_path / "out")
    assert (
        other_process(home, tmp_path / "tokyo", TZ="Asia/Tokyo", PYTHONHASHSEED="7", LC_ALL="C", COLUMNS="30")
        == content
    )
    moved = tmp_path / "moved é" / "home"
    moved.mkdir(parents=True)
    copied(home, moved)
    (moved / "decisions").mkdir()
    for log in (home / "decisions").iterdir():
        (moved / "decisions" / log.name).write_bytes(log.read_bytes())
    # a reason given after the submission, files that somebody keeps beside the logs, a later release, further steps
    assert (
        told(moved, "diff", FIRST, SECOND, "--because", "late", "--who", "desk", "--why", "said later").exit_code == 0
    )
    (moved / "decisions" / "notes.txt").write_text("not a log")
    (moved / "decisions" / "places.jsonl").write_text('{"at": "2026-01-01T00:00:00+00:00"}\n')
    later(moved, THIRD, {"sf425": "from t limit 0", "metric_values": "from t where metric not like 'sf425%'"})
    assert current(moved).name == THIRD
    assert bundled(moved, tmp_path / "again", "--release", SECOND) == content
    log = moved / "decisions" / "review.jsonl"
    assert step(moved, "return", "sf425", QUARTER).exit_code == 0
    done = report(moved, tmp_path / "returned", "bundle", QUARTER, "--release", SECOND)
    assert done.exit_code == 1 and f"sf425 {QUARTER} is returned" in done.stderr
    log.write_bytes((home / "decisions" / "review.jsonl").read_bytes())
    chain(moved, "sf425", QUARTER)
    states = told(moved, "review", "--json").stdout
    assert '"state": "locked"' in states
    assert other_process(moved, tmp_path / "locked", TZ="America/Los_Angeles") == content


def chain(home: Path, name: str, period: str) -> None:
    """Approves and locks a report, the one before it first."""
    # the sample's first quarters lack their texts, so that what comes before is written to the log as the program writes it
    from assets import decisions
    from assets.releases import reports

    for taken in ("approve", "lock"):
        decisions.record(home / "decisions", reports.LOG, "lead", "ready", step=taken, report=name, period=period)


def test_a_release_that_is_not_as_published_is_not_bundled(home: Path, tmp_path: Path) -> None:
    other = copied(home, tmp_path / "home")
    (other / "decisions").mkdir()
    for log in (home / "decisions").iterdir():
        (other / "decisions" / log.name).write_bytes(log.read_bytes())
    path = other / "releases" / SECOND / "metric_values.parquet"
    whole = path.read_bytes()
    path.write_bytes(whole + b" ")
    done = report(other, tmp_path / "out", "bundle", QUARTER)
    assert done.exit_code == 1 and f"release {SECOND} is not as it was published: metric_values.parquet" in done.stderr
    path.write_bytes(whole)
    (other / "releases" / SECOND / "more.parquet").write_bytes(whole)
    done = report(other, tmp_path / "out", "bundle", QUARTER)
    assert done.exit_code == 1 and "more.parquet was not published with it" in done.stderr
    (other / "releases" / SECOND / "more.parquet").unlink()
    review = other / "decisions" / "review.jsonl"
    review.write_text(review.read_text().replace("Program lead", "Somebody else", 1))
    done = report(other, tmp_path / "out", "bundle", QUARTER)
    assert done.exit_code == 1 and "review.jsonl" in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
    review.write_bytes((home / "decisions" / "review.jsonl").read_bytes())
    doctor(other, {"narratives": "from t limit 0"})  # sealed anew: it is whole, and the report is not
    done = report(other, tmp_path / "out", "bundle", QUARTER)
    assert done.exit_code == 1 and "is not complete, and nothing was written" in done.stderr
    assert not (tmp_path / "out").exists()


def test_reports_on_two_releases_are_not_bundled(home: Path, tmp_path: Path) -> None:
    """Whichever is named, the other stands on another: that is said, with the way out."""
    folder = tmp_path / "home"
    shutil.copytree(home, folder)
    assert step(folder, "return", "sf425", QUARTER).exit_code == 0
    later(folder, "2017-09-30-r9", {"restatements": "from t limit 0"})
    done = step(folder, "submit", "sf425", QUARTER)
    assert done.exit_code == 0, done.stderr
    for release in (SECOND, "2017-09-30-r9"):
        done = report(folder, tmp_path / "out", "bundle", QUARTER, "--release", release)
        assert done.exit_code == 1 and not (tmp_path / "out").exists()
        assert (
            f"the reports of {QUARTER} stand on different releases ({SECOND}, 2017-09-30-r9): return one" in done.stderr
        )

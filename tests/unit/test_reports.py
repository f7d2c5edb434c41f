"""The review of reports: which step may follow which, in the order of the periods, on which release, logged for ever."""

import json
from datetime import UTC, datetime

import duckdb
import pytest
from reported import take, write
from typer.testing import CliRunner

from assets import decisions
from assets.decisions import Refused
from assets.releases import prune, publish, reports, seal
from pipelines import health
from pipelines.commands import app
from pipelines.settings import Layout


@pytest.fixture
def home(tmp_path):
    write(tmp_path / "releases", "2014-12-30-r1")
    return Layout(tmp_path)


def test_from_draft_to_locked(home):
    assert reports.stands(home.decisions) == {}
    assert take(home, "submit").state == "submitted"
    assert take(home, "return").state == "returned"
    write(home.releases, "2014-12-30-r2")
    again = take(home, "submit")
    assert (again.state, again.release) == ("submitted", "2014-12-30-r2")
    assert take(home, "approve").state == "approved"
    locked = take(home, "lock")
    assert [s["step"] for s in locked.steps] == ["submit", "return", "submit", "approve", "lock"]
    assert {(s["who"], s["who_is"]) for s in locked.steps} == {("Program lead", "declared, not signed in")}
    assert reports.needed(home.decisions) == {
        "2014-12-30-r1": ["sf425 FY2014Q3 (submitted before)"],
        "2014-12-30-r2": ["sf425 FY2014Q3 (locked)"],
    }


@pytest.mark.parametrize(
    ("taken", "step", "told"),
    [
        ([], "return", "is draft; the next step is to submit it"),
        ([], "approve", "is draft"),
        ([], "lock", "is draft"),
        (["submit"], "submit", "is submitted; the next step is to return or approve it"),
        (["submit"], "lock", "is submitted"),
        (["submit", "return"], "approve", "is returned; the next step is to submit it"),
        (["submit", "approve"], "return", "is approved; the next step is to lock it"),
        (["submit", "approve"], "submit", "is approved"),
        (["submit", "approve", "lock"], "submit", "is locked; no step follows"),
        (["submit", "approve", "lock"], "return", "is locked"),
    ],
)
def test_a_step_out_of_turn_is_refused_and_leaves_no_line(home, taken, step, told):
    for each in taken:
        take(home, each)
    with pytest.raises(Refused, match=told):
        take(home, step)
    assert len(decisions.history(home.decisions, reports.LOG)) == len(taken)


def test_no_period_is_approved_before_the_one_before_it(home):
    take(home, "submit", "FY2014Q4")
    with pytest.raises(Refused, match="cannot be approved before FY2014Q3, the period before it, which is draft"):
        take(home, "approve", "FY2014Q4")
    take(home, "submit")
    with pytest.raises(Refused, match="which is submitted"):
        take(home, "approve", "FY2014Q4")
    take(home, "submit", report="performance")
    take(home, "approve", report="performance")  # of another report, it does not count
    with pytest.raises(Refused, match="which is submitted"):
        take(home, "approve", "FY2014Q4")
    take(home, "approve")
    assert take(home, "approve", "FY2014Q4").state == "approved"
    take(home, "submit", "2014-09")
    assert take(home, "approve", "2014-09").state == "approved"  # the first month: months and quarters apart


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"period": "FY2015Q1"}, "FY2015Q1 is not over by 2014-12-30"),
        ({"period": "to_date"}, "to_date is not over"),
        ({"period": "FY2019Q1"}, "knows no period 'FY2019Q1'; the last are: FY2014Q3"),
        ({"report": "quarterly"}, "no report is called 'quarterly'; there are: sf425, performance"),
        ({"release": "2014-12-30-r7"}, "no release 2014-12-30-r7; there are: 2014-12-30-r1"),
    ],
)
def test_what_cannot_be_submitted(home, facts, told):
    with pytest.raises(Refused, match=told):
        take(home, "submit", **facts)
    assert not (home.decisions / "review.jsonl").exists()


def test_a_miss_without_a_reason_blocks_the_report_of_its_period(home):
    write(home.releases, "2014-12-30-r2", blocks=True)
    with pytest.raises(Refused, match="FY2014Q4: targets were missed without a reason: on_time_pct"):
        take(home, "submit", "FY2014Q4")
    assert take(home, "submit", "FY2014Q4", release="2014-12-30-r1").state == "submitted"
    assert take(home, "submit", "FY2014Q3").release == "2014-12-30-r2"
    with pytest.raises(Refused, match="which comes after 2014-12-30-r1; submit on it or a later one"):
        take(home, "submit", "2014-09", release="2014-12-30-r1")


def test_a_period_with_too_much_unclassified_is_not_reported(home):
    path = home.releases / "2014-12-30-r1"
    reason = "50 of 100 requests are unclassified"
    gates = (
        f"select 'FY2014Q3' as period, true as blocks, '{reason}' as reason union all select 'FY2014Q4', false, null"
    )
    duckdb.sql(f"copy ({gates}) to '{path / 'topic_gates.parquet'}' (format parquet)")
    told = json.loads((path / seal.MANIFEST).read_text())
    sha256 = publish.hashlib.sha256((path / "topic_gates.parquet").read_bytes()).hexdigest()
    del told[seal.SEAL]
    told["tables"].append({"name": "topic_gates", "sha256": sha256})
    (path / seal.MANIFEST).write_text(seal.sealed(told))
    with pytest.raises(Refused, match=f"FY2014Q3: {reason}"):
        take(home, "submit")
    assert take(home, "submit", "FY2014Q4").state == "submitted"


def test_a_report_is_not_approved_on_a_release_that_was_damaged_since(home):
    take(home, "submit")
    path = home.releases / "2014-12-30-r1" / "target_results.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(Refused, match=r"target_results\.parquet has SHA-256"):
        take(home, "approve")


@pytest.mark.parametrize("release", ["../releases/2014-12-30-r1", "2014-12-30-r1.bak", "CURRENT", ""])
def test_only_a_release_of_the_list_is_submitted_on(home, release):
    (home.releases / "2014-12-30-r1.bak").mkdir()
    (home.releases / "2014-12-30-r1.bak" / seal.MANIFEST).write_text("{}")
    if release:
        with pytest.raises(Refused, match=r"no release .*there are: 2014-12-30-r1$"):
            take(home, "submit", release=release)
    assert publish.listing(home.releases) == ["2014-12-30-r1"]


def test_a_damaged_release_is_not_submitted_on(home):
    path = home.releases / "2014-12-30-r1" / "target_results.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(Refused, match=r"target_results\.parquet has SHA-256 .*restore it from a copy"):
        take(home, "submit")


def test_an_embargo_holds_until_its_instant(home):
    now = take(home, "submit", embargo_until=datetime.fromisoformat("2015-02-01T10:00:00-05:00"))
    assert now.embargo_until == "2015-02-01T15:00:00+00:00"
    assert now.embargoed(datetime(2015, 2, 1, 14, 59, 59, tzinfo=UTC))
    assert not now.embargoed(datetime(2015, 2, 1, 15, tzinfo=UTC))
    assert take(home, "approve").embargo_until == now.embargo_until
    with pytest.raises(Refused, match="stated when a report is submitted"):
        take(home, "lock", embargo_until=datetime(2015, 3, 1, tzinfo=UTC))


def test_one_edited_line_stops_the_review_and_doctor_says_so(home):
    take(home, "submit")
    take(home, "approve")
    log = home.decisions / "review.jsonl"
    log.write_text(log.read_text().replace("Program lead", "Somebody else", 1))
    for step in ("lock", "submit"):
        with pytest.raises(Refused, match="line 1, or one above it, is not as it was written"):
            take(home, step)
    with pytest.raises(Refused, match="line 1"):
        reports.needed(home.decisions)  # so that nothing is pruned by a log that was changed
    told = next(f for f in health.examine(home, home.home) if f.name == "decisions")
    assert not told.good and "review.jsonl: line 1" in told.found


def test_a_line_of_another_hand_and_a_release_that_is_gone_are_refused(home):
    log = home.decisions / "review.jsonl"
    home.decisions.mkdir()
    for content, told in (
        (b'{"step": "submit"}\n', "did not write"),
        (b"\xff{\n", "line 1 cannot be read"),
        (b"[]\n", "line 1"),
    ):
        log.write_bytes(content)
        with pytest.raises(Refused, match=told):
            reports.stands(home.decisions)
        with pytest.raises(Refused, match=told):
            take(home, "submit")
    log.unlink()
    take(home, "submit", "FY2014Q4")
    (home.releases / "2014-12-30-r1" / "metric_values.parquet").unlink()
    with pytest.raises(Refused, match=r"2014-12-30-r1 is not as it was published: metric_values\.parquet is missing"):
        take(home, "approve", "FY2014Q4")


def test_prune_keeps_current_newest_and_whatever_was_submitted(home):
    for number in range(2, 8):
        write(home.releases, f"2014-12-30-r{number}")
    take(home, "submit", release="2014-12-30-r2")
    take(home, "return")
    take(home, "submit", release="2014-12-30-r3")
    (home.releases / publish.CURRENT).write_text("2014-12-30-r4\n")
    with publish.submissions(home.releases) as submitted:
        assert submitted == {"2014-12-30-r2", "2014-12-30-r3"}  # though the log of the review were lost
    going = prune.prunable(home.releases, reports.needed(home.decisions), keep=1)
    assert going == ["2014-12-30-r1", "2014-12-30-r5", "2014-12-30-r6"]
    assert prune.prunable(home.releases, reports.needed(home.decisions), keep=100) == []
    prune.prune(home.releases, going)
    assert publish.listing(home.releases) == [f"2014-12-30-r{n}" for n in (2, 3, 4, 7)]
    assert publish.pruned(home.releases) == going
    assert not list(home.releases.glob(".*"))


def test_the_commands(home):
    def call(*words, code=0):
        done = CliRunner().invoke(app, [*words, "--home", str(home.home)])
        assert done.exit_code == code, done.output
        return done

    who = ("--who", "Program lead", "--why", "ready")
    assert "no report was submitted yet" in call("review").output
    submitted = ("review", "submit", "sf425", "FY2014Q3", *who, "--embargo-until", "2055-02-01T10:00", "--json")
    told = json.loads(call(*submitted).stdout)
    assert (told["state"], told["release"], told["embargo"]) == (
        "submitted",
        "2014-12-30-r1",
        "until 2055-02-01 10:00 Eastern",
    )
    assert "is submitted; the next step" in call(*submitted, code=1).stderr
    assert call("review", "approve", "sf425", "FY2014Q3", *who, "--json").exit_code == 0
    rows = [json.loads(line) for line in call("review", "--log", "--json").stdout.splitlines()]
    assert [(r["step"], r["who"]) for r in rows] == [("submit", "Program lead"), ("approve", "Program lead")]
    assert "Usage" in call("review", "lock", "sf425", "FY2014Q3", code=2).stderr  # who and why are required
    call("review", "submit", "sf425", "FY2014Q4", *who, "--embargo-until", "soon", code=2)

    write(home.releases, "2014-12-30-r2")
    rows = [json.loads(line) for line in call("releases", "--json").stdout.splitlines()]
    assert [(r["release"], r["current"], r["for"]) for r in rows] == [
        ("2014-12-30-r1", "", "sf425 FY2014Q3 (approved)"), ("2014-12-30-r2", "current", "")
    ]  # fmt: skip
    write(home.releases, "2014-12-30-r3")
    listed = call("releases", "prune", "--keep", "1", "--json")
    assert json.loads(listed.stdout) == {"release": "2014-12-30-r2", "state": "would be removed"}
    assert (home.releases / "2014-12-30-r2").is_dir() and "add --yes" in listed.stderr
    call("releases", "prune", "--keep", "1", "--yes")
    assert publish.listing(home.releases) == ["2014-12-30-r1", "2014-12-30-r3"]


def test_a_report_on_made_up_data_says_so(home):
    listed = ["review", "--home", str(home.home)]
    take(home, "submit")
    assert "SYNTHETIC" not in CliRunner().invoke(app, listed).stdout
    write(home.releases, "2014-12-30-r2", synthetic=True)
    take(home, "submit", "FY2014Q4")
    assert CliRunner().invoke(app, listed).stdout.startswith("SYNTHETIC DATA")

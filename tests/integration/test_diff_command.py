"""`cities311 diff` and `show --known-on`, typed as their users do."""

import json
import shutil

import pytest
from network import Network, copy, late
from python_calamine import CalamineWorkbook
from restated import run

LATE = 3  # requests of July 14 to 16, delivered in October


@pytest.fixture(scope="module")
def net(base: Network, tmp_path_factory: pytest.TempPathFactory) -> Network:
    """A network with three releases: of itself, of three late requests more, and of one more."""
    net = copy(base, tmp_path_factory.mktemp("diff"))
    run(net)
    net.drop("requests/late.csv", late(30, 31, 32))
    run(net)
    net.drop("requests/late2.csv", late(33))
    run(net)
    return net


def test_since_a_release_the_causes_add_up_to_what_the_releases_say(net: Network) -> None:
    first, second, third = [f"2014-08-31-r{n}" for n in (1, 2, 3)]
    if not (
        net.home / "releases" / third
    ).exists():  # where the code of the base moved, its release was published again
        first, second, third = [f"2014-08-31-r{n}" for n in (2, 3, 4)]
    done = net.tell("diff", second, third, "--json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    (created,) = [r for r in rows if r["metric"] == "created" and r["grain"] == "network" and r["period"] == "2014-07"]
    assert (created["cause"], float(created["delta"]), created["records"]) == ("late", 1, 1)
    # a pair that no release carries is worked out, once
    done = net.tell("diff", first, "--metric", "created")
    assert done.returncode == 0, done.stderr
    assert "SYNTHETIC" in done.stdout and f"From {first} to {third}:" in done.stdout
    assert any(
        line.split()[:7] == ["created", "network", "2014-07", "9", "13", "late", "+4"]
        for line in done.stdout.splitlines()
    )
    assert (net.home / "bridges" / f"{first}..{third}" / "restatements.parquet").exists()
    records = net.tell("diff", first, third, "--records", "--json").stdout.splitlines()
    assert [json.loads(line)["record_id"] for line in records] == ["R030", "R031", "R032", "R033"]


def test_a_reason_is_kept_and_shown(net: Network) -> None:
    releases = sorted(p.name for p in (net.home / "releases").iterdir() if p.is_dir())[-2:]
    assert net.tell("diff", *releases, "--because", "late", "--who", "", "--why", "x").returncode == 1
    assert net.tell("diff", *releases, "--because", "whim", "--who", "a", "--why", "b").returncode == 1
    assert net.tell("diff", *releases, "--who", "a").returncode == 2
    given = ("--because", "late", "--who", "program desk", "--why", "a batch of the community desk")
    assert net.tell("diff", *releases, *given).returncode == 0
    rows = [json.loads(line) for line in net.tell("diff", *releases, "--json").stdout.splitlines()]
    assert {row["reason"] for row in rows if row["cause"] == "late"} == {"a batch of the community desk"}


def test_the_workbook_of_corrections_ties_out(net: Network, tmp_path) -> None:
    book = tmp_path / "corrections.xlsx"
    releases = sorted(p.name for p in (net.home / "releases").iterdir() if p.is_dir())[-2:]
    done = net.tell("diff", *releases, "--workbook", str(book))
    assert done.returncode == 0 and done.stdout.startswith("Wrote the corrections from"), done.stderr
    _, head, *rows = CalamineWorkbook.from_path(book).get_sheet_by_name("Cumulative").to_python()
    (asked,) = [row for row in rows if row[1] == "Requests asked" and row[2] == ""]
    assert (asked[4], asked[5], asked[-1]) == (33, 1, 34)
    assert all(row[head.index("Corrected total")] + row[-2] == pytest.approx(row[-1]) for row in rows)
    assert net.tell("diff", *releases, "--workbook", str(tmp_path / "corrections.txt")).returncode == 1
    assert net.tell("diff", *releases, "--workbook", str(tmp_path / "no" / "c.xlsx")).returncode == 1
    inside = net.home / "releases" / releases[-1] / "c.xlsx"
    assert net.tell("diff", *releases, "--workbook", str(inside)).returncode == 1 and not inside.exists()


def test_without_a_release_it_tells_what_changed_since_ones_last_visit(net: Network, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    releases = sorted(p.name for p in (net.home / "releases").iterdir() if p.is_dir())
    assert "first visit" in net.tell("diff").stdout
    assert f"release {releases[-1]} is still the current one" in net.tell("diff").stdout
    kept = tmp_path / "cities311" / "visits.json"
    kept.write_text(kept.read_text().replace(releases[-1], releases[-2]))
    since = net.tell("diff").stdout
    assert f"From {releases[-2]} to {releases[-1]}:" in since and "late" in since
    assert "is still the current one" in net.tell("diff").stdout
    kept.write_text(kept.read_text().replace(releases[-1], "2010-01-01-r1"))
    assert "2010-01-01-r1, current at your last visit, is no longer there" in net.tell("diff").stdout
    kept.write_text("not JSON")
    assert "first visit" in net.tell("diff").stdout
    kept.unlink()
    kept.parent.rmdir()
    (tmp_path / "cities311").write_text("a file where the folder should be")
    done = net.tell("diff")
    assert done.returncode == 0 and "not remembered" in done.stderr


def test_what_is_asked_for_is_done_or_refused(net: Network, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    releases = sorted(p.name for p in (net.home / "releases").iterdir() if p.is_dir())[-2:]
    book, given = tmp_path / "c.xlsx", ("--because", "late", "--who", "desk", "--why", "a batch")
    for command in (
        ("diff", *given),
        ("diff", "--workbook", str(book)),
        ("diff", *releases, *given, "--workbook", str(book)),
    ):
        assert net.tell(*command).returncode == 2, command
    assert not book.exists()
    for command in (("--metric", "nosuch"), ("--city", "nosuch"), ("--because", "vintage", "--who", "a", "--why", "b")):
        refused = net.tell("diff", *releases, *command)
        assert refused.returncode == 1 and "Traceback" not in refused.stderr, command
    kept = net.home / "raw" / "c.xlsx"
    assert net.tell("diff", *releases, "--workbook", str(kept)).returncode == 1 and not kept.exists()
    assert net.tell("show", "created", "--as-of", "9999-12-31").returncode == 2
    assert net.tell("show", "created", "--known-on", "9999-12-31T23:59:59-12:00").returncode == 2
    net.tell("diff")
    assert net.tell("diff", "--json").stdout == ""


def test_a_bridge_is_not_made_of_what_is_gone_nor_believed_in_part(net: Network, tmp_path) -> None:
    other = copy(net, tmp_path)
    old, *_, new = sorted(p.name for p in (other.home / "releases").iterdir() if p.is_dir())
    kept = other.home / "bridges" / f"{old}..{new}"
    shutil.rmtree(other.home / "bridges", ignore_errors=True)
    assert other.tell("diff", old, new, "--metric", "created").returncode == 0
    (kept / "restatements.parquet").unlink()
    assert (
        "created" in other.tell("diff", old, new, "--metric", "created").stdout
        and (kept / "restatements.parquet").exists()
    )
    shutil.rmtree(other.home / "bridges")
    (receipt,) = [p for p in (other.home / "raw" / "receipts").iterdir() if "late2.csv" in p.read_text()]
    receipt.unlink()
    done = other.tell("diff", old, new)
    assert done.returncode == 1 and "no longer on record: requests/late2.csv" in done.stderr and not kept.exists()


def test_what_cannot_be_compared_is_refused(net: Network) -> None:
    current = net.current or ""
    assert net.tell("diff", current, current).returncode == 1
    earlier = sorted(p.name for p in (net.home / "releases").iterdir() if p.is_dir())[0]
    swapped = net.tell("diff", current, earlier)
    assert swapped.returncode == 1 and f"`cities311 diff {earlier} {current}`" in swapped.stderr
    gone = net.tell("diff", "2010-01-01-r1", current)
    assert gone.returncode == 1 and "there are: 2014-08-31-r1" in gone.stderr


def test_a_figure_as_it_was_known(net: Network) -> None:
    now = json.loads(net.tell("show", "created", "--json").stdout)
    before = json.loads(net.tell("show", "created", "--known-on", "2014-09-30", "--json").stdout)
    assert (now["value"], before["value"]) == (34, 30)
    assert before["release"] == "as of 2014-08-31, known on 2014-09-30T00:00:00+00:00"
    assert net.tell("show", "created", "--known-on", "soon").returncode == 2
    assert net.tell("show", "created", "--known-on", "2014-09-30", "--release", "x").returncode == 2

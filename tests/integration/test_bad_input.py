"""One drop with everything that can be wrong with a file: each is told so that its sender can act, and the rest counts."""

import gzip
import json
from typing import Any

import pytest
from network import HEADER, Network, network, request, requests

GOOD = requests(*range(40, 400))


@pytest.fixture(scope="module")
def dropped(tmp_path_factory: pytest.TempPathFactory) -> Network:
    made = network(tmp_path_factory.mktemp("bad"))
    made.drop("requests/copy of first.csv", (made.landing / "requests/first.csv").read_bytes())
    made.drop("requests/empty.csv", b"")
    made.drop("requests/header.csv", HEADER)
    made.drop("requests/ticket.csv", GOOD.replace("request_id", "ticket", 1))
    made.drop("requests/latin.csv", (HEADER + request(50, topic="Caf\xe9") + request(51)).encode("latin-1"))
    made.drop("requests/half.csv.gz", gzip.compress(GOOD.encode())[:900])
    bad_cells = [
        request(52, city="48000"),
        request(53, submitted_at="2014-13-01"),
        request(54, resolved_at="2014-05-30T10:00:00"),
        request(55, city='"Kansas Cty, KS"'),
        request(56, caller_type="ann.lee@memphis.example"),
        request(57),
    ]
    made.drop("requests/cells.csv", HEADER + "".join(bad_cells))
    made.drop("requests/one.csv", HEADER + request(60, topic="budget"))
    made.drop("requests/two.csv", HEADER + request(60, topic="housing"))
    made.drop("request/lost.csv", GOOD)
    made.run()
    return made


@pytest.fixture(scope="module")
def files(dropped: Network) -> dict[str, dict[str, Any]]:
    told = [json.loads(line) for line in dropped.tell("sources", "--json").stdout.splitlines()]
    return {f["file"]: f for f in told}


@pytest.fixture(scope="module")
def aside(dropped: Network) -> list[dict[str, Any]]:
    return [json.loads(line) for line in dropped.tell("quarantine", "--json").stdout.splitlines()]


def test_the_good_rows_of_the_same_drop_are_published(dropped):
    good = [f"R{n:03d}" for n in [*range(30), 51, 57, 60]]
    assert dropped.table("requests", "select request_id from t") == [(r,) for r in good]


def test_every_row_of_every_file_is_accounted_for(dropped, files):
    for told in files.values():
        assert told["received"] == told["accepted"] + told["quarantined"] + told["repeats"], told
    counts = {name: (f["received"], f["accepted"], f["quarantined"], f["repeats"]) for name, f in files.items()}
    assert counts["requests/latin.csv"] == (2, 1, 1, 0)
    assert counts["requests/cells.csv"] == (6, 1, 5, 0)
    assert counts["requests/ticket.csv"] == (360, 0, 360, 0)  # none fits, and none is forgotten
    published = dropped.table("sources", "select name, received, accepted, quarantined, repeats from t order by name")
    assert published == [(name, *counts[name]) for name in sorted(counts)]


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("requests/empty.csv", "refused", ["the file is empty", "expected a table with a header", "ask the sender"]),
        ("requests/header.csv", "accepted", ["header", "no rows"]),
        ("requests/ticket.csv", "refused", ["required column request_id is missing", "found ticket, city", "mapping.yml"]),
        ("requests/half.csv.gz", "refused", ["gzip", "ends early", "expected a whole .gz"]),
        ("request/lost.csv", "refused", ["no source is called 'request'", "nearest: requests", "rename the folder"]),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_says_what_was_found_and_expected(files, name, status, words):
    assert files[name]["status"] == status
    for word in words:
        assert word in files[name]["message"]


def test_the_same_file_under_two_names_counts_once_and_names_the_other(files):
    pair = [files[f"requests/{n}.csv"] for n in ("first", "copy of first")]
    assert sorted((f["status"], f["accepted"], f["repeats"]) for f in pair) == [("accepted", 30, 0), ("repeat", 0, 30)]
    repeat = next(f for f in pair if f["status"] == "repeat")
    other = next(f for f in pair if f["status"] == "accepted")
    assert repeat["message"] == f"the same bytes as {other['file']}"


@pytest.mark.parametrize(
    ("name", "row", "column", "found", "words"),
    [
        ("latin", 2, "topic", "bytes that are not UTF-8", ["send it as UTF-8", "`encoding: latin-1` in mapping.yml"]),
        ("cells", 2, "city", "48000", ["7-digit place GEOID", "5 digits found", "perhaps Memphis city, TN = 4748000"]),
        ("cells", 3, "submitted_at", "2014-13-01", ["a time as ISO 8601", "`dates:` in mapping.yml"]),
        ("cells", 4, "resolved_at", "2014-05-30T10:00:00", ["an instant not before submitted_at"]),
        ("cells", 5, "city", "Kansas Cty, KS", ["nearest: Kansas City city, KS = 2036000"]),
        ("cells", 6, "caller_type", "(personal, not shown)", ["one of city, county, region, other"]),
    ],
)
def test_a_row_set_aside_says_which_cell_and_why(aside, name, row, column, found, words):
    (told,) = [a for a in aside if (a["file"], a["row"]) == (f"requests/{name}.csv", row)]
    assert (told["column"], told["found"]) == (column, found)
    for word in words:
        assert word in told["expected"]


def test_refused_files_stand_in_the_quarantine_listing_too(aside):
    refused = {a["file"] for a in aside if a["row"] == "all"}
    assert {"requests/empty.csv", "requests/half.csv.gz", "requests/ticket.csv", "request/lost.csv"} <= refused


def test_two_files_that_disagree_are_both_named(dropped):
    """Same request, same updated_at, two topics: one is taken, and the warning names both files."""
    rule = "\"table\" = 'staging.requests' and name = 'no_conflict'"
    found = dropped.table("checks", f"select passed, severity, failed_rows, detail from t where {rule}")
    ((passed, severity, rows, detail),) = found
    assert (passed, severity, rows) == (False, "warn", 1)
    for word in ("R060", "requests/one.csv", "requests/two.csv"):
        assert word in detail
    assert "staging.requests no_conflict" in dropped.tell("status").stdout


def test_nothing_personal_is_told(dropped, aside):
    said = dropped.tell("quarantine").stdout + dropped.tell("sources").stdout + json.dumps(aside)
    assert "@" not in said and "ann.lee" not in said

"""The sample's desk: bad rows stand where truth.json says, all others keep the rules, planted hazards can be found."""

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import numpy as np
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from assets import sample
from assets.sample.clock import Clock

EASTERN = ZoneInfo("America/New_York")
STAGES = ("first_response_at", "resolved_at", "withdrawn_at", "merged_at", "updated_at")
Row = dict[str, Any]


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    directory = tmp_path_factory.mktemp("sample")
    return directory, sample.write(directory, scale=0.3)


@pytest.fixture(scope="module")
def lines(network: tuple[Path, dict[str, Any]]) -> dict[int, list[str]]:
    """Cells of requests.csv by row number; the header is row 1."""
    with (network[0] / "requests" / "requests.csv").open(encoding="utf-8", newline="") as file:
        return dict(enumerate(csv.reader(file), start=1))


def at(cell: str | None) -> datetime | None:
    """An instant; a time without offset is Eastern."""
    if not cell:
        return None
    time = datetime.fromisoformat(cell)
    return time if time.tzinfo else time.replace(tzinfo=EASTERN)


def faults(row: Row, codes: set[str], names: Counter[str]) -> set[str]:
    """The columns of a request that break a rule of the contract, worked out independently of the generator."""
    wrong = set()
    try:
        times = {name: at(row[name]) for name in ("submitted_at", "reopened_at", *STAGES)}
    except ValueError:
        return {"submitted_at"}
    submitted, reopened, resolved = times["submitted_at"], times["reopened_at"], times["resolved_at"]
    wrong |= {name for name in STAGES if submitted is None or (times[name] and times[name] < submitted)}  # type: ignore
    if reopened and (resolved is None or reopened < resolved):
        wrong.add("reopened_at")
    known = row["city"] in codes or names[row["city"]] == 1
    if not known and (row["city"] or row["caller_type"] == "city"):
        wrong.add("city")
    if row["status"] not in ("open", "closed"):
        wrong.add("status")
    if row["replies"] and int(row["replies"]) < 0:
        wrong.add("replies")
    if not row["request_id"]:
        wrong.add("request_id")
    return wrong


@pytest.fixture(scope="module")
def places(network: tuple[Path, dict[str, Any]]) -> tuple[set[str], Counter[str]]:
    """GEOIDs, and how many places each "Name, ST" means."""
    text = (network[0] / "census_gazetteer" / "2014_Gaz_place_national.txt").read_text(encoding="utf-8")
    cells = [line.split("\t") for line in text.splitlines()[1:]]
    return {c[1] for c in cells}, Counter(f"{c[3].rsplit(' ', 1)[0]}, {c[0]}" for c in cells)


def test_bad_rows_are_where_truth_says_and_no_others_are_bad(
    network: tuple[Path, dict[str, Any]], lines: dict[int, list[str]], places: tuple[set[str], Counter[str]]
) -> None:
    header = lines[1]
    stated = {row["row"]: row for row in network[1]["bad_rows"] if row["file"] == "requests/requests.csv"}
    assert len({row["kind"] for row in stated.values()}) >= 8
    for number, cells in lines.items():
        if number == 1:
            continue
        row = dict(zip(header, cells, strict=False))
        found = faults(row, *places)
        if number not in stated:
            assert not found and len(cells) == len(header), f"row {number}: {found}"
        else:
            assert stated[number]["column"] in found, stated[number]
            assert len(cells) == len(header)


def test_each_kind_of_bad_row_is_what_it_is_called(
    network: tuple[Path, dict[str, Any]], lines: dict[int, list[str]]
) -> None:
    kinds: dict[str, Callable[[Row], bool]] = {
        "unknown_city": lambda row: row["city"] == "Nowhere, KS",
        "name_without_state": lambda row: row["city"] == "Kansas City",
        "name_of_two_places": lambda row: row["city"] == "Wilmington, IL",
        "five_digit_city": lambda row: row["city"].isdigit() and len(row["city"]) == 5,
        "missing_id": lambda row: row["request_id"] == "",
        "missing_city": lambda row: row["city"] == "" and row["caller_type"] == "city",
        "wrong_enum": lambda row: row["status"] == "pending",
        "negative_count": lambda row: row["replies"] == "-1",
        "resolved_before_submitted": lambda row: row["resolved_at"] < row["submitted_at"],
        "reopened_unresolved": lambda row: bool(row["reopened_at"]) and not row["resolved_at"],
    }
    seen = set()
    for stated in network[1]["bad_rows"]:
        if stated["kind"] in kinds and stated["file"] == "requests/requests.csv":
            assert kinds[stated["kind"]](dict(zip(lines[1], lines[stated["row"]], strict=True)))
            seen.add(stated["kind"])
    assert seen == set(kinds)


def test_forms_typed_in_again_hold_the_rows_that_stop_a_plain_reader(network: tuple[Path, dict[str, Any]]) -> None:
    folder, truth = network
    lines = (folder / "requests" / "requests-rekeyed.csv").read_text(encoding="utf-8").splitlines()
    columns = lines[0].split(",")
    stated = [row for row in truth["bad_rows"] if row["file"] == "requests/requests-rekeyed.csv"]
    assert [row["row"] for row in stated] == list(range(2, len(lines) + 1))
    for row in stated:
        cells = next(csv.reader([lines[row["row"] - 1]]))
        if row["kind"] == "too_many_columns":
            assert len(cells) == len(columns) + 1
        else:
            assert dict(zip(columns, cells, strict=True))["submitted_at"] == "2014-13-01"
    assert {row["kind"] for row in stated} == {"bad_date", "too_many_columns"}


def test_repeats_equal_an_earlier_row_and_ids_are_otherwise_unique(
    network: tuple[Path, dict[str, Any]], lines: dict[int, list[str]]
) -> None:
    truth = network[1]
    for repeat in truth["requests"]["repeats"]:
        assert lines[repeat["row"]] == lines[repeat["row"] - 1]
    skipped = {row["row"] for row in truth["requests"]["repeats"]} | {
        row["row"] for row in truth["bad_rows"] if row["file"] == "requests/requests.csv"
    }
    ids = [cells[0] for number, cells in lines.items() if number > 1 and number not in skipped]
    assert len(set(ids)) == len(ids) == truth["requests"]["files"]["requests.csv"]


def test_files_hold_every_record_once_and_the_late_one_changes_some(
    network: tuple[Path, dict[str, Any]], lines: dict[int, list[str]], places: tuple[set[str], Counter[str]]
) -> None:
    folder, truth = network[0] / "requests", network[1]["requests"]
    late = [json.loads(line) for line in (folder / "requests-late.jsonl").read_text(encoding="utf-8").splitlines()]
    sheet = CalamineWorkbook.from_path(folder / "community-desk.xlsx").get_sheet_by_index(0).to_python()
    table = pq.read_table(folder / "university-desk.parquet")
    assert sheet[0] == table.column_names == lines[1]
    assert {len(late), len(sheet) - 1, len(table)} == {
        truth["files"][name] for name in ("requests-late.jsonl", "community-desk.xlsx", "university-desk.parquet")
    }
    main = {cells[0]: dict(zip(lines[1], cells, strict=False)) for cells in lines.values() if cells[0].startswith("R")}
    others = {row[0] for row in sheet[1:]} | set(table["request_id"].to_pylist())
    late_ids = {row["request_id"] for row in late}
    assert len(set(main) | others | late_ids) == truth["records"]
    assert not others & set(main) and not late_ids & others
    assert late_ids - set(main) == set(truth["late_ids"])
    by_id = {row["request_id"]: row for row in late}
    for request_id in truth["corrected_ids"]:
        old, new = main[request_id], by_id[request_id]
        assert at(new["updated_at"]) > at(old["updated_at"])  # type: ignore[operator]
        assert (new["topic"], at(new["first_response_at"])) != (old["topic"], at(old["first_response_at"]))
    columns = dict.fromkeys(lines[1], "")
    assert not any(faults(columns | row, *places) for row in late)


def test_it_has_what_reality_has(network: tuple[Path, dict[str, Any]], lines: dict[int, list[str]]) -> None:
    stated = {row["row"] for row in network[1]["bad_rows"] if row["file"] == "requests/requests.csv"}
    good = [dict(zip(lines[1], cells, strict=False)) for n, cells in lines.items() if n > 1 and n not in stated]
    assert {row["caller_type"] for row in good} == {"city", "county", "region", "other"}
    assert any(row["status"] == "open" for row in good) and any(row["duplicate_of"] for row in good)
    assert any(row["reopened_at"] and row["status"] == "open" for row in good)
    assert any(row["status"] == "closed" and row["disposition"] == "no_answer" for row in good)
    assert any(row["disposition"] == "spam" for row in good) and any(row["is_test"] == "true" for row in good)
    assert any(at(row["submitted_at"]) > datetime(2017, 10, 1, tzinfo=EASTERN) for row in good)  # type: ignore
    offsets = Counter(row["submitted_at"][19:] for row in good)
    assert set(offsets) == {"", "-04:00", "-05:00"}
    # About half of the cities by name; 0.5 +- 4 standard errors of some 5,000 rows.
    named = np.mean([not row["city"].isdigit() for row in good if row["city"]])
    assert abs(named - 0.5) < 0.03
    # Half past one came twice on 6 November 2016; both are told apart by their offsets.
    twice = {row["submitted_at"] for row in good if row["submitted_at"].startswith("2016-11-06T01:30:00")}
    assert {"2016-11-06T01:30:00-04:00", "2016-11-06T01:30:00-05:00"} <= twice
    # Every time with an offset has the one that Eastern had then.
    for row in good:
        time = datetime.fromisoformat(row["submitted_at"])
        assert time.tzinfo is None or time.utcoffset() == time.astimezone(EASTERN).utcoffset()


def business_hours(start: datetime, end: datetime, closed: holidays.HolidayBase) -> float:
    """Mon-Fri 9-17 Eastern less federal holidays, day by day: the independent way."""
    start, end = start.astimezone(EASTERN), end.astimezone(EASTERN)
    total, day = 0.0, start.date()
    while day <= end.date():
        if day.weekday() < 5 and day not in closed:
            opens = datetime(day.year, day.month, day.day, 9, tzinfo=EASTERN)
            closes = datetime(day.year, day.month, day.day, 17, tzinfo=EASTERN)
            total += max(0.0, (min(end, closes) - max(start, opens)).total_seconds() / 3600)
        day += timedelta(days=1)
    return total


def test_the_planted_hazards_can_be_found(network: tuple[Path, dict[str, Any]], lines: dict[int, list[str]]) -> None:
    """Kaplan-Meier over all topics at 24 business hours against the mixture that truth.json states."""
    truth = network[1]
    closed = holidays.country_holidays("US", years=range(2014, 2019))
    stated = {row["row"] for row in truth["bad_rows"] if row["file"] == "requests/requests.csv"}
    spells: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for number, cells in lines.items():
        row = dict(zip(lines[1], cells, strict=False))
        if number == 1 or number in stated or row["disposition"] == "spam":
            continue
        start, reply = at(row["submitted_at"]), at(row["first_response_at"])
        leaves = [at(row[name]) for name in ("resolved_at", "withdrawn_at", "merged_at")]
        if row["status"] == "closed" and not any(leaves):
            leaves = [at(row["updated_at"])]
        end = reply or min((leave for leave in leaves if leave), default=datetime(2017, 10, 6, tzinfo=EASTERN))
        assert start is not None
        far = end - start > timedelta(days=60)
        hours = 999.0 if far else business_hours(start, end, closed)
        spells["unclassified" if row["topic"] == "misc" else row["topic"]].append((hours, reply is not None))
    for topic in truth["response_by_topic"]:
        known = spells[topic["topic"]]
        survival, variance = 1.0, 0.0
        for hours in sorted({hours for hours, replied in known if replied and hours <= 24}):
            at_risk = sum(other >= hours for other, _ in known)
            replies = sum(replied and other == hours for other, replied in known)
            survival *= 1 - replies / at_risk
            variance += replies / (at_risk * max(at_risk - replies, 1))
        planted = (1 - topic["never"]) * (1 - np.exp(-((24 / topic["scale_business_hours"]) ** topic["shape"])))
        assert planted == pytest.approx(topic["within_24_business_hours"], abs=1e-6)
        assert 0.6 <= planted <= 0.85
        assert abs((1 - survival) - planted) < 4 * survival * np.sqrt(variance) + 0.01, topic["topic"]


def test_surveys_are_answered_by_two_in_five(network: tuple[Path, dict[str, Any]]) -> None:
    with (network[0] / "surveys" / "surveys.csv").open(encoding="utf-8", newline="") as file:
        surveys = list(csv.DictReader(file))
    (bad,) = [row for row in network[1]["bad_rows"] if row["file"] == "surveys/surveys.csv"]
    assert surveys[bad["row"] - 2]["rating"] == "7"
    good = surveys[:-1]
    answered = [row for row in good if row["answered_at"]]
    assert 0.35 < len(answered) / len(good) < 0.47
    assert all(bool(row["rating"]) == bool(row["answered_at"]) for row in good)
    assert all(at(row["answered_at"]) >= at(row["delivered_at"]) for row in answered)  # type: ignore[operator]
    assert len({row["request_id"] for row in good}) == len(good)


def test_the_clock_against_hand_worked_hours() -> None:
    clock = Clock()

    def seconds(text: str) -> int:
        return int(datetime.fromisoformat(text).timestamp())

    # Friday 16:00 EST, clocks change on Sunday: 1 h on Friday + 8 h on Monday + 15 h on Tue-Wed = 24 h -> Wed 16:00 EDT.
    friday = np.array([seconds("2015-03-06T16:00:00-05:00")])
    assert clock.after(friday, np.array([24 * 3600])).tolist() == [seconds("2015-03-11T16:00:00-04:00")]
    # Exactly a day's eight hours from opening end at closing, not at the next opening.
    opening = np.array([seconds("2015-03-09T09:00:00-04:00")])
    assert clock.after(opening, np.array([8 * 3600])).tolist() == [seconds("2015-03-09T17:00:00-04:00")]
    # Friday 3 July 2015 is a holiday (the Fourth is a Saturday): Thursday 16:00 to Monday 10:00 is 1 h + 1 h.
    span = np.array([seconds("2015-07-02T16:00:00-04:00"), seconds("2015-07-06T10:00:00-04:00")])
    assert np.diff(clock.business_seconds(span)).tolist() == [7200]
    assert date(2015, 7, 3) in holidays.country_holidays("US", years=2015)

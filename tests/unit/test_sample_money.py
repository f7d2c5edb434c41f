"""The sample's ledger keeps the identities of the federal financial report at the end of every quarter, to the cent."""

import csv
import json
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from assets import sample
from assets.sample.ledger import dollars

Row = dict[str, str]
QUARTER_ENDS = [date(y, m, 1) - timedelta(days=1) for y in range(2014, 2018) for m in (1, 4, 7, 10)]


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    directory = tmp_path_factory.mktemp("sample")
    return directory, sample.write(directory, scale=0.02)


@pytest.fixture(scope="module")
def entries(network: tuple[Path, dict[str, Any]]) -> list[Row]:
    """The good rows of the ledger."""
    with (network[0] / "ledger" / "ledger.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    (bad,) = [row for row in network[1]["bad_rows"] if row["file"] == "ledger/ledger.csv"]
    assert rows.pop(bad["row"] - 2)["amount_usd"] == "1250.005"
    return rows


def total(entries: list[Row], by: date, *kinds: str) -> Decimal:
    return sum(
        (Decimal(e["amount_usd"]) for e in entries if e["kind"] in kinds and e["posted_on"] <= str(by)), Decimal(0)
    )


def test_quarter_by_quarter(network: tuple[Path, dict[str, Any]], entries: list[Row]) -> None:
    with (network[0] / "award" / "award.csv").open(encoding="utf-8", newline="") as file:
        (award,) = csv.DictReader(file)
    required = Decimal(award["match_required_usd"])
    before = dict.fromkeys("abej", Decimal(0))
    for quarter in QUARTER_ENDS:
        a, b = total(entries, quarter, "receipt"), total(entries, quarter, "disbursement")
        d, e = total(entries, quarter, "authorized"), total(entries, quarter, "expenditure")
        f = total(entries, quarter, "obligation")
        j = total(entries, quarter, "match_cash", "match_in_kind")
        assert a - b >= 0, "cash on hand"
        assert f >= 0, "unliquidated obligations"
        assert e + f <= d, "no more than authorized"
        assert j <= required, "share still to be provided"
        for line, value in zip("abej", (a, b, e, j), strict=True):
            assert value >= before[line], f"10{line} is cumulative"
            before[line] = value
    assert d == Decimal("10000000.00") and e > 8_000_000 and f > 0
    earned = total(entries, QUARTER_ENDS[-1], "program_income")
    assert earned > total(entries, QUARTER_ENDS[-1], "program_income_spent") > 0


def test_award_is_the_one_described(network: tuple[Path, dict[str, Any]]) -> None:
    with (network[0] / "award" / "award.csv").open(encoding="utf-8", newline="") as file:
        (award,) = csv.DictReader(file)
    expected = {"start": "2013-12-01", "end": "2018-03-31", "regime": "24cfr84", "basis": "accrual"}
    assert expected.items() <= award.items() and award["frequency"] == "quarterly"


def test_every_engagement_is_liquidated_or_still_open(network: tuple[Path, dict[str, Any]], entries: list[Row]) -> None:
    with (network[0] / "engagements" / "engagements.csv").open(encoding="utf-8", newline="") as file:
        teams = {row["engagement_id"]: row for row in csv.DictReader(file)}
    for number, team in teams.items():
        own = [entry for entry in entries if entry["engagement_id"] == number]
        left = total(own, date(2018, 1, 1), "obligation")
        # Released 60 days after completion; before that, and while work goes on, something is still owed.
        done = team["completed_on"] and date.fromisoformat(team["completed_on"]) + timedelta(days=60) <= date(
            2017, 10, 5
        )
        assert left == 0 if done or not team["approved_on"] else left > 0, number


def test_entries_are_unique_in_order_and_reversals_cancel_what_they_name(
    network: tuple[Path, dict[str, Any]], entries: list[Row]
) -> None:
    by_id = {entry["entry_id"]: entry for entry in entries}
    assert len(by_id) == len(entries) == network[1]["ledger"]["entries"] > 2000
    assert [entry["posted_on"] for entry in entries] == sorted(entry["posted_on"] for entry in entries)
    reversals = [entry for entry in entries if entry["reverses"]]
    assert [entry["entry_id"] for entry in reversals] == network[1]["ledger"]["reversals"] and len(reversals) == 25
    for entry in reversals:
        first = by_id[entry["reverses"]]
        assert Decimal(entry["amount_usd"]) == -Decimal(first["amount_usd"]) < 0
        assert entry["posted_on"] > first["posted_on"] and entry["kind"] == first["kind"] == "expenditure"
    assert len({entry["reverses"] for entry in reversals}) == 25


def test_stated_totals_are_those_of_the_file(network: tuple[Path, dict[str, Any]], entries: list[Row]) -> None:
    stated = network[1]["ledger"]["totals_usd"]
    assert {kind: str(total(entries, date(2018, 1, 1), kind)) for kind in {e["kind"] for e in entries}} == stated


def test_engagement_dates_are_in_order_and_milestones_include_the_late(network: tuple[Path, dict[str, Any]]) -> None:
    truth = network[1]["engagements"]
    with (network[0] / "engagements" / "engagements.csv").open(encoding="utf-8", newline="") as file:
        teams = list(csv.DictReader(file))
    for team in teams:
        steps = [team[name] for name in ("applied_on", "approved_on", "starts_on") if team[name]]
        assert steps == sorted(steps) and team["starts_on"] < team["ends_on"]
        assert not team["completed_on"] or team["starts_on"] < team["completed_on"] <= "2017-09-30"
    late = [team for team in teams if team["completed_on"] > team["ends_on"]]
    assert len(late) == truth["completed_late"] > 0 and len(teams) == truth["engagements"] == 45
    with (network[0] / "milestones" / "milestones.csv").open(encoding="utf-8", newline="") as file:
        *milestones, bad = csv.DictReader(file)
    assert bad["baseline_due"] == "2015-02-30"
    moved = [row for row in milestones if row["due"] != row["baseline_due"]]
    assert len(moved) == truth["milestones_rebaselined"] > 0
    assert any(row["done_on"] > row["baseline_due"] for row in milestones)
    assert any(not row["done_on"] and row["baseline_due"] <= "2017-09-30" for row in milestones)


@pytest.mark.parametrize(("cents", "text"), [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (-123456, "-1234.56")])
def test_dollars(cents: int, text: str) -> None:
    assert dollars(cents) == text


def test_what_is_charged_by_a_rate_is_the_rate_on_its_base(
    network: tuple[Path, dict[str, Any]], entries: list[Row]
) -> None:
    """Line 11e is 11b times 11d to the cent, half a cent up, at the end of every quarter."""
    rates = {
        r["rate_id"]: Decimal(str(r["rate"]))
        for r in json.loads((network[0] / "indirect_rates/indirect-rates.json").read_text())
    }
    assert len({e["rate_id"] for e in entries if e["rate_id"]}) == 4
    for end in QUARTER_ENDS:
        for rate_id in {e["rate_id"] for e in entries if e["rate_id"] and e["posted_on"] <= str(end)}:
            named = [e for e in entries if e["rate_id"] == rate_id]
            base, charged = total(named, end, "indirect_base"), total(named, end, "indirect_charged")
            assert charged == (base * rates[rate_id]).quantize(Decimal("0.01"), ROUND_HALF_UP) > 0

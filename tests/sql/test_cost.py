"""What a thing cost: federal cost shared out to the cent, and cost per outcome with its interval."""

import random
from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from engaged import engage

from assets import catalog
from assets.checks import check_table

Row = dict[str, Any]
A, B, C = "9900001", "9900002", "9900003"


def entry(posted_on: date, amount: str, award: str = "A1", kind: str = "expenditure", **columns: Any) -> Row:
    return {
        "posted_on": posted_on,
        "counted_on": posted_on,
        "amount_usd": Decimal(amount),
        "award_id": award,
        "kind": kind,
        **columns,
    }


def engagement(name: str, **columns: Any) -> Row:
    return {"engagement_id": name, "topic": "budget", "starts_on": date(2014, 6, 1), "cities": 1, **columns}


def ledger(bench: Any, entries: list[Row]) -> None:
    bench.reference(as_of="2014-09-30")
    award = {"award_id": "A1", "start": date(2014, 1, 1), "end": date(2016, 12, 31), "regime": "24cfr84"}
    bench.given("core.award", [award | {"basis": "cash", "frequency": "quarterly"}])
    bench.given("core.ledger", [{"entry_id": f"e{n}", "quarter": "-", **row} for n, row in enumerate(entries)])
    bench.run("core.award_quarters", "metrics.sf425", "metrics.funding", "metrics.allocations", "metrics.cost_identity")


def shares(bench: Any, period: str, award: str = "A1") -> dict[tuple[str, str | None], tuple[Decimal, Decimal]]:
    """(direct, allocated) by service and engagement."""
    rows = bench.rows(f"from metrics.allocations where period = '{period}' and award_id = '{award}'")
    return {(r["service"], r["engagement_id"]): (r["direct_usd"], r["allocated_usd"]) for r in rows}


def usd(*amounts: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(a) for a in amounts)


def test_shared_costs_by_hand(bench: Any) -> None:
    ledger(
        bench,
        [
            entry(date(2014, 2, 1), "50.00", service="program"),  # before any service began
            entry(date(2014, 4, 1), "100.00", service="desk"),
            entry(date(2014, 4, 1), "100.00", engagement_id="E1"),
            entry(date(2014, 4, 1), "100.00", service=" Peer "),  # however it is written
            entry(date(2014, 4, 1), "50.00"),  # names nothing
            entry(date(2014, 7, 1), "900.00", service="engagement", engagement_id="E2"),
            entry(date(2014, 7, 1), "20.00", service="evaluation"),  # no service of the program
            entry(date(2014, 7, 2), "-100.00", service="peer"),
            entry(date(2014, 7, 3), "7.00", kind="match_cash", service="desk"),  # not federal
        ],
    )
    assert shares(bench, "FY2014Q2") == {("unassigned", None): usd("0.00", "50.00")}
    # 100.00 over three equal parts: 33.33 each, and the cent that is left to the first of the largest
    assert shares(bench, "FY2014Q3") == {
        ("desk", None): usd("100.00", "33.34"),
        ("engagement", "E1"): usd("100.00", "33.33"),
        ("peer", None): usd("100.00", "33.33"),
    }
    # 120.00 over 100 : 100 : 900 : 0: 120 / 11 = 10.909, 98.182; 10.91 x 2 + 98.18 = 120.00
    assert shares(bench, "FY2014Q4") == {
        ("desk", None): usd("100.00", "10.91"),
        ("engagement", "E1"): usd("100.00", "10.91"),
        ("engagement", "E2"): usd("900.00", "98.18"),
        ("peer", None): usd("0.00", "0.00"),
    }
    ties = bench.rows("select line_10e_usd, difference_usd, total_usd from metrics.cost_identity order by period_end")
    assert [tuple(r.values()) for r in ties] == [
        usd("50.00", "0.00", "50.00"), usd("400.00", "0.00", "400.00"), usd("1220.00", "0.00", "1227.00")
    ]  # fmt: skip


def test_an_award_shares_only_its_own_and_a_service_in_the_red_takes_no_part(bench: Any) -> None:
    ledger(
        bench,
        [
            entry(date(2014, 4, 1), "10.00", service="desk"),
            entry(date(2014, 4, 1), "-4.00", service="library"),
            entry(date(2014, 4, 1), "3.00"),
            entry(date(2014, 4, 1), "5.00", award="A2"),
            entry(date(2014, 4, 1), "-1.00", award="A2", service="desk"),
        ],
    )
    assert shares(bench, "FY2014Q3") == {("desk", None): usd("10.00", "3.00"), ("library", None): usd("-4.00", "0.00")}
    assert shares(bench, "FY2014Q3", "A2") == {
        ("unassigned", None): usd("0.00", "5.00"),
        ("desk", None): usd("-1.00", "0.00"),
    }
    assert bench.value("select count(*) from metrics.cost_identity where difference_usd <> 0") == 0


@pytest.mark.parametrize("seed", range(5))
def test_random_ledgers_tie_to_line_10e_to_the_cent(bench: Any, seed: int) -> None:
    rng = random.Random(seed)
    services = ("desk", "engagement", "peer", "library", "program", None)
    entries = [
        entry(
            date(2014, rng.randint(1, 9), rng.randint(1, 28)), f"{rng.randint(-20_000, 90_000)}.{rng.randint(0, 99):02}",
            rng.choice(("A1", "A1", "A2")), service=rng.choice(services), engagement_id=rng.choice((None, "E1", "E2", "E3")),
        )
        for _ in range(60)
    ]  # fmt: skip
    ledger(bench, entries)
    got: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in bench.rows("from metrics.allocations"):
        got[row["award_id"], row["period"]] += row["amount_usd"]
        assert row["amount_usd"] == row["direct_usd"] + row["allocated_usd"]
    for number, period in ((3, "FY2014Q2"), (6, "FY2014Q3"), (9, "FY2014Q4")):
        for award in ("A1", "A2"):
            spent = sum(e["amount_usd"] for e in entries if e["award_id"] == award and e["posted_on"].month <= number)
            assert got[award, period] == spent, (award, period)
    assert bench.value("select count(*) from metrics.cost_identity where difference_usd <> 0") == 0


def test_a_cost_that_does_not_tie_blocks_the_release(bench: Any) -> None:
    ledger(bench, [entry(date(2014, 4, 1), "10.00", service="desk")])
    table = catalog.load().tables["metrics.cost_identity"]
    assert all(one.passed for one in check_table(bench.connection, table))
    bench.connection.execute("update metrics.allocations set amount_usd = amount_usd + 0.01")
    bench.run("metrics.cost_identity")
    (broken,) = [one for one in check_table(bench.connection, table) if not one.passed]
    assert (broken.name, broken.severity) == ("cost_is_line_10e", "fail")


def costs(
    bench: Any,
    entries: list[Row],
    requests: list[Row],
    engagements: list[Row],
    adopted: list[Row],
    eligible: tuple[str, ...],
) -> dict[tuple[str, str], Row]:
    ledger(bench, entries)
    bench.given("core.eligibility", [{"city_id": c, "eligible_from": date(2014, 5, 22)} for c in eligible])
    engage(bench, engagements)
    bench.given(
        "core.engagement_cities",
        [{"engagement_id": e["engagement_id"], "city_id": c} for e in engagements for c in (A, B, C)[: e["cities"]]],
    )
    bench.given("core.recommendations", adopted)
    bench.desk(requests, "metrics.cost_services", "metrics.cost_outcomes", "metrics.cost")
    return {(r["metric"], r["period"]): r for r in bench.rows("from metrics.cost")}


def answered(name: str, city: str | None, at: str, **columns: Any) -> Row:
    caller = {} if city else {"caller_type": "county"}
    row = {"request_id": name, "city": city, "topic": "budget", "submitted_at": "2014-06-02 14:00", "status": "closed"}
    return {**row, **caller, "resolved_at": at, **columns}


def test_cost_per_outcome_by_hand(bench: Any) -> None:
    june, july = "2014-06-10 14:00", "2014-07-10 14:00"
    requests = [
        *(answered(f"a{n}", A, june) for n in range(3)),
        *(answered(f"b{n}", B, july) for n in range(3)),
        answered("county", None, july),
        answered("referred", A, june, disposition="referred"),
        answered("merged", A, june, merged_at="2014-06-10 14:00"),
        answered("test", A, june, is_test=True),
        answered("later", A, "2014-10-01 14:00"),  # after as_of
        answered("again", A, june, reopened_at="2014-07-02 14:00", status="open"),  # answered once, in June
    ]
    done = date(2014, 8, 1)
    engagements = [engagement(f"E{n}", completed_on=done, cities=1 + n % 3) for n in range(5)]
    engagements.append(engagement("open"))
    adopted = [
        {
            "recommendation_id": f"c{n}",
            "engagement_id": "E2",
            "made_on": date(2014, 6, 20),
            "adopted_on": date(2014, 9, 30),
        }
        for n in range(4)
    ]
    spent = [
        entry(date(2014, 6, 15), "400.00", service="desk"),
        entry(date(2014, 7, 15), "300.00", service="desk"),
        entry(date(2014, 7, 15), "1000.00", service="engagement"),
    ]
    found = costs(bench, spent, requests, engagements, adopted, (A, B, C))

    def of(metric: str, period: str) -> tuple[Any, ...]:
        row = found[f"cost_per_{metric}_usd", period]
        return row["value"], row["numerator"], row["denominator"], row["state"]

    # June: a0 a1 a2 and again: fewer than five. July to September: b0 b1 b2 and the county
    assert of("answer", "FY2014Q3") == (None, 400, 4, "withheld")
    assert found["cost_per_answer_usd", "FY2014Q3"]["reason"] == "fewer than 5 substantive answers"
    assert of("answer", "FY2014Q4") == (None, 300, 4, "withheld")
    assert of("answer", "FY2014") == of("answer", "to_date") == (87.5, 700, 8, "value")  # 700 / 8
    # an engagement of three cities is one engagement
    assert of("engagement", "FY2014Q4") == (200, 1000, 5, "value")
    assert of("adopted", "to_date") == (None, 1000, 4, "withheld")
    # a service's cost is a difference of cumulatives: quarters add up to the whole
    rows = bench.rows("select period_type, sum(cost_usd) as cost from metrics.cost_services group by all order by 1")
    assert {r["period_type"]: r["cost"] for r in rows} == dict.fromkeys(("quarter", "fiscal_year", "to_date"), 1700)


def test_interval_is_the_bootstrap_over_cities(bench: Any) -> None:
    cities = [f"{n:07}" for n in range(1, 41)]
    counts = [1 + n % 4 for n in range(40)]
    at = "2014-06-10 14:00"
    requests = [answered(f"{c} {k}", c, at) for c, n in zip(cities, counts, strict=True) for k in range(n)]
    requests += [answered(f"county {k}", None, at) for k in range(10)]
    spent = [entry(date(2014, 6, 15), "1100.00", service="desk")]
    found = costs(bench, spent, requests, [], [], tuple(cities))
    weights = bench.connection.execute("select replicate, slot, weight from reference.bootstrap_weights").fetchnumpy()
    table = np.zeros((400, 1200))
    table[weights["replicate"] - 1, weights["slot"] - 1] = weights["weight"]
    drawn = 40 * (table[:, :40] @ np.array(counts)) / table[:, :40].sum(axis=1) + 10
    few, many = np.quantile(drawn, [0.025, 0.975])
    row = found["cost_per_answer_usd", "to_date"]
    assert row["value"] == 1100 / 110
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((1100 / many, 1100 / few), abs=1e-9)
    # counts 1 to 4: s.d. 1.12; 100 +- 1.96 x 1.12 x sqrt(40) = 100 +- 13.9, and the ten of counties
    assert row["ci_low"] == pytest.approx(1100 / 123.9, abs=0.4)


def test_feeds_that_never_came_are_named(bench: Any) -> None:
    spent = [entry(date(2014, 6, 15), "400.00", service="desk")]
    found = costs(bench, [], [answered("a", A, "2014-06-10 14:00")], [], [], (A,))
    assert {(r["state"], r["reason"], r["numerator"]) for r in found.values()} == {
        ("not_reported", "no ledger received", None)
    }
    found = costs(bench, spent, [], [], [], (A,))
    assert {r["metric"]: (r["reason"], r["denominator"]) for r in found.values()} == {
        "cost_per_answer_usd": ("no requests received", None),
        "cost_per_engagement_usd": ("no engagements received", None),
        "cost_per_adopted_usd": ("no recommendations received", None),
    }

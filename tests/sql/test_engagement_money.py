"""Money of engagements: cost against plan, match against the 25 percent rule, leverage."""

from datetime import date
from decimal import Decimal
from typing import Any

from engaged import engage

Row = dict[str, Any]
CITY = "9900001"


def entry(posted_on: date, amount: str, kind: str = "expenditure", **columns: Any) -> Row:
    return {
        "posted_on": posted_on,
        "counted_on": posted_on,
        "amount_usd": Decimal(amount),
        "award_id": "A1",
        "kind": kind,
        **columns,
    }


def engagement(name: str, **columns: Any) -> Row:
    return {"engagement_id": name, "topic": "budget", "starts_on": date(2014, 6, 1), "cities": 1, **columns}


def money(bench: Any, engagements: list[Row], entries: list[Row]) -> dict[tuple[str, str | None, str], Row]:
    """Rows of engagement_money and match by (metric, engagement or grain, period)."""
    bench.reference(as_of="2014-09-30")
    award = {"award_id": "A1", "start": date(2014, 1, 1), "end": date(2016, 12, 31), "regime": "24cfr84"}
    bench.given("core.award", [award | {"basis": "cash", "frequency": "quarterly", "match_required_usd": Decimal(400)}])
    bench.given("core.ledger", [{"entry_id": f"e{n}", "quarter": "-", **row} for n, row in enumerate(entries)])
    bench.run("core.award_quarters", "metrics.sf425", "metrics.funding")
    engage(bench, engagements)
    bench.given("core.milestones")
    bench.given("core.recommendations")
    bench.given("core.engagement_cities", [{"engagement_id": e["engagement_id"], "city_id": CITY} for e in engagements])
    keys = [{"grain": "network"}, {"grain": "topic", "topic": "budget"}, {"grain": "city", "city_id": CITY}]
    bench.given("core.figure_keys", keys, {"grain": "varchar", "city_id": "varchar", "topic": "varchar"})
    bench.run("metrics.engagement_scopes", "metrics.engagement_costs", "metrics.engagement_money", "metrics.match")
    rows = bench.rows("from metrics.engagement_money union all from metrics.match")
    return {(r["metric"], r["engagement_id"] or r["grain"], r["period"]): r for r in rows}


def spent(engagement_id: str, amount: str, kind: str = "expenditure") -> Row:
    return entry(date(2014, 7, 1), amount, kind=kind, engagement_id=engagement_id)


def test_cost_against_plan(bench: Any) -> None:
    end = date(2014, 7, 31)
    plan = {"completed_on": end, "planned_cost_usd": Decimal(100)}
    engagements = [
        engagement("over", **plan),
        engagement("under", **plan),
        engagement("free", completed_on=end, planned_cost_usd=Decimal(0)),
        engagement("unplanned", completed_on=end),
        engagement("silent", **plan),  # no entry names it: not a cost of nothing
        engagement("open", planned_cost_usd=Decimal(100), ends_on=date(2014, 8, 30)),
        engagement("endless", planned_cost_usd=Decimal(50)),
        engagement("declined", status="declined", planned_cost_usd=Decimal(100), ends_on=date(2014, 8, 30)),
        engagement("to come", starts_on=date(2014, 10, 1), planned_cost_usd=Decimal(50)),
    ]
    entries = [spent("over", "120.00"), spent("over", "40.00", "match_in_kind"), spent("under", "70.00")]
    entries += [spent("free", "1.00"), spent("unplanned", "1.00"), spent("open", "150.00"), spent("endless", "5.00")]
    entries.append(spent("over", "99.00", "obligation"))  # not yet spent
    found = money(bench, engagements, entries)

    def of(metric: str, key: str, period: str = "to_date") -> tuple[Any, ...]:
        row = found[metric, key, period]
        return row["value"], row["numerator"], row["denominator"]

    variance = "engagement_budget_variance_pct"
    # 160 and 70 of 100 each
    assert (of(variance, "over"), of(variance, "under")) == ((60, 160, 100), (-30, 70, 100))
    for key in ("network", "topic", "city"):
        assert of(variance, key) == of(variance, key, "2014-07") == (15, 230, 200)
    assert found[variance, "network", "2014-06"]["state"] == "not_computable"
    reasons = {key: found[variance, key, "to_date"]["reason"] for key in ("free", "unplanned", "silent")}
    assert list(reasons.values()) == ["the planned cost is zero", "no planned cost", "no entry in the ledger names it"]
    # 1 June to 30 September: 122 days, of 91 planned to 30 August; the endless one is in neither sum
    assert of("budget_spent_pct", "open") == of("budget_spent_pct", "network") == (150, 150, 100)
    assert of("budget_spent_pct", "endless") == (10, 5, 50)
    assert of("time_elapsed_pct", "open") == of("time_elapsed_pct", "network") == (12200 / 91, 122, 91)
    assert found["time_elapsed_pct", "endless", "to_date"]["reason"] == "no planned last day"
    assert not {key for key in found if key[1] in ("to come", "declined") and key[0] != "match_pct"}


def test_match_and_leverage(bench: Any) -> None:
    entries = [spent("E1", "300.00"), spent("E1", "50.00", "match_cash"), spent("E2", "30.00", "match_in_kind")]
    found = money(bench, [engagement("E1"), engagement("E2")], entries)

    def of(metric: str, key: str = "network", period: str = "to_date") -> tuple[Any, ...]:
        row = found[metric, key, period]
        return row["value"], row["numerator"], row["denominator"], row["state"]

    assert of("match_pct", "E1") == (50, 50, 100, "value")
    assert of("match_pct", "E2") == (None, None, None, "not_computable")
    assert found["match_pct", "E2", "to_date"]["reason"] == "no federal expenditure"
    assert of("match_pct") == (20, 80, 400, "value")
    # nobody recorded leverage: that is not none
    assert of("leverage_ratio") == (None, None, None, "not_reported")
    others = [entry(date(2014, 8, 1), "75.00", kind="leverage_received")]
    found = money(bench, [engagement("E1")], [*entries, *others])
    assert of("leverage_ratio") == (0.25, 75, 300, "value")  # the match is in neither
    assert of("leverage_ratio", period="FY2014Q3") == (None, None, None, "not_computable")
    assert found["leverage_committed_usd", "network", "to_date"]["amount_usd"] == 0


def test_money_of_engagements_without_a_ledger(bench: Any) -> None:
    found = money(bench, [engagement("E1", ends_on=date(2014, 8, 30), planned_cost_usd=Decimal(9))], [])
    assert found["budget_spent_pct", "E1", "to_date"]["reason"] == "no ledger received"
    assert found["time_elapsed_pct", "E1", "to_date"]["state"] == "value"
    assert {r["state"] for k, r in found.items() if k[0] not in ("time_elapsed_pct",)} == {"not_reported"}

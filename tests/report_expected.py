"""What each figure of a report has to be, by SQL on the Parquet of the release: (table, row, column) -> value."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml

MODEL = yaml.safe_load((Path(__file__).parents[1] / "assets" / "catalog" / "logic_model.yml").read_text())
STATES = {
    **{"not_due": "Not yet due", "not_computable": "Not computable", "not_reported": "Not reported"},
    **{"not_reached": "Not reached", "not_published": "Not published", "suppressed": "Suppressed by the publisher"},
}
NONE = "None recorded"
COSTS = ("cost_per_answer_usd", "cost_per_engagement_usd", "cost_per_adopted_usd")
Cells = Iterator[tuple[str, int, str, Any]]


class Lookup:
    """A release open to read; the report looked at: its period and city."""

    def __init__(self, folder: Path, period: str, city: str | None) -> None:
        self.db = duckdb.connect()
        for path in sorted(folder.glob("*.parquet")):
            self.db.execute(f"create view {path.stem} as from '{path}'")
        self.period, self.city = period, city
        ((self.start, self.end, self.kind),) = self.all(
            "select distinct period_start, period_end, period_type from metric_values where period = $1", period
        )

    def all(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.db.execute(sql, values).fetchall()

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        found = self.db.execute(sql, values)
        names = [d[0] for d in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def figure(
        self, metric: str, period: str, city: str | None = None, of: str = "any", topic: str | None = None
    ) -> dict[str, Any]:
        """The one published row of a metric; where it is told by service, that of service `of`, of cities eligible then."""
        found = [
            row
            for row in self._figures().get((metric, period, city, topic), [])
            if row["dimension_value"] in (None, of)
        ]
        told = [row for row in found if row["dimension"] == "service"] or found
        assert len(told) <= 1, (metric, period, city, told)
        return told[0] if told else {"state": "absent"}

    @cache  # noqa: B019 - read once for each report
    def _figures(self) -> dict[tuple[Any, ...], list[dict[str, Any]]]:
        found: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
        for row in self.rows(
            "select metric, period, city_id, topic, dimension, dimension_value, state, status, reason, unit, value, amount_usd,"
            " numerator, denominator, ci_low, ci_high from metric_values where engagement_id is null"
            " and (basis is null or basis = 'then') and (dimension is null or dimension = 'service')"
            " and (city_id is null or city_id = $1 or (period = $2 and topic is null and $3))",
            *(self.city, self.period, self.city is None),
        ):
            found.setdefault((row["metric"], row["period"], row["city_id"], row["topic"]), []).append(row)
        return found

    def before(self) -> str:
        (found,) = self.all(
            "select max_by(period, period_end) from metric_values where period_type = $1 and period_end < $2",
            *(self.kind, self.start),
        )
        return str(found[0])

    def last(self, most: int) -> list[str]:
        """The last periods of this kind up to this one, in order."""
        sql = "select distinct period, period_end from metric_values where period_type = $1 and period_end <= $2 order by 2"
        return [name for name, _ in self.all(sql, self.kind, self.end)][-most:]


def value(row: dict[str, Any]) -> Any:
    """The figure of a row, or the words for its state."""
    if row["state"] == "value":
        return row["amount_usd"] if row["amount_usd"] is not None else row["value"]
    if row["state"] == "withheld" and row["reason"]:
        return f"Withheld: {row['reason']}"
    return STATES.get(row["state"], NONE)


def whole(table: str, number: int, row: dict[str, Any]) -> Cells:
    """The cells of a line with value, interval and status."""
    has = row["state"] == "value"
    yield table, number, "value", value(row)
    yield table, number, "ci_low", row["ci_low"] if has else None
    yield table, number, "ci_high", row["ci_high"] if has else None
    yield table, number, "status", str(row["status"]).capitalize() if has else None


def listed(table: str, rows: list[dict[str, Any]], *columns: str) -> Cells:
    for number, row in enumerate(rows, start=1):
        for column in columns:
            yield table, number, column, row[column]


def sf425(at: Lookup, _: Any) -> Cells:
    lines = at.rows(
        # the period before: of a year the year before, four quarters back
        f"with told as (select *, lag(amount_usd, {1 if 'Q' in at.period else 4}) over (partition by line order by period_end)"
        " as before_usd from sf425)"
        " select *, coalesce(amount_usd - coalesce(before_usd, 0), null) as moved_usd,"
        " coalesce(amount_usd::varchar, 'Not reported: ' || reason) as said from told where period_end = $1 order by line",
        at.end,
    )
    assert [line["line"] for line in lines] == [f"10{letter}" for letter in "abcdefghijklmno"]
    for number, line in enumerate(lines, start=1):
        said = line["amount_usd"] if line["amount_usd"] is not None else line["said"]
        yield "Line 10", number, "amount_usd", said
        yield "Line 10", number, "before_usd", line["before_usd"]
        yield "Line 10", number, "moved_usd", line["moved_usd"] if line["before_usd"] is not None else None
        yield "Line 10", number, "line", line["line"]
    kept = ("rate", "base", "amount_charged", "federal_share", "difference_usd", "period_from", "period_to", "rate_id")
    rates = at.rows("select * from sf425_indirect where period_end = $1 order by rate_id", at.end)
    yield from listed("Line 11", rates, *kept)
    sums = at.rows(
        "select sum(base) as base, sum(amount_charged) as amount_charged, sum(federal_share) as federal_share"
        " from sf425_indirect where period_end = $1",
        at.end,
    )
    for column, total in sums[0].items():
        yield "Line 11", len(rates) + 1, column, total
    checks = at.rows(
        "select * from sf425_checks where period_end = $1", at.end
    )  # in the order of the rules, which the sheet names: matched by what it finds
    yield "Rules", 0, "found_usd", sorted(str((c["found_usd"], c["expected_usd"])) for c in checks)
    costs = at.rows(
        "select * from allocations where period_end = $1 order by service, engagement_id nulls first", at.end
    )
    yield from listed("Allocations", costs, "service", "engagement_id", "direct_usd", "allocated_usd", "amount_usd")
    entries = at.rows("select * from ledger where counted_on <= $1 order by counted_on, entry_id", at.end)
    assert len(entries) > 50
    yield from listed(
        "Ledger", entries, "entry_id", "amount_usd", "posted_on", "counted_on", "engagement_id", "reverses"
    )
    assert not at.all("select 1 from ledger where is_prior_period and quarter = $1", at.period)


def budget(at: Lookup, _: Any) -> Cells:
    classes = at.rows(
        "select *, budget_usd - spent_usd as left_again from budget_status where period_end = $1 order by category",
        at.end,
    )
    assert all(row["left_usd"] == row["left_again"] for row in classes)
    (spent,) = at.all("select sum(spent_usd) from budget_status where period_end = $1", at.end)
    assert at.all("select amount_usd from sf425 where line = '10e' and period_end = $1", at.end) == [spent]
    yield from listed("Budget", classes, "budget_usd", "spent_quarter_usd", "spent_usd", "left_usd", "spent_pct")
    now, *_ = at.rows("select * from award_outlook where period_end = $1", at.end)
    for number, (burn, left) in enumerate(
        (
            ("burn_month_usd", "projected_balance_usd"),
            ("burn_high_usd", "projected_low_usd"),
            ("burn_low_usd", "projected_high_usd"),
        ),
        start=1,
    ):
        yield "Pace", number, "burn_usd", now[burn]
        yield "Pace", number, "balance_usd", now[left]
    cash = ("authorized_usd", "received_usd", "disbursed_usd", "spent_usd", "drawn_less_spent_usd", "spent_quarter_usd")
    quarters = at.rows("select * from award_outlook where period_end <= $1 order by period_end", at.end)
    yield from listed("Quarters", quarters, "period", *cash)
    yield from listed("Cash", quarters[::-1][:8], "period", *cash)
    for table in ("partner", "service"):
        rows = at.rows(
            "select dimension_value as name, any_value(amount_usd) filter (period = 'to_date') as whole_usd,"
            " any_value(amount_usd) filter (period = $2) as quarter_usd from metric_values where metric = 'federal_spent_usd'"
            " and grain = 'network' and dimension = $1 group by 1 having whole_usd is not null order by whole_usd desc, 1",
            *(table, now["period"]),
        )
        assert rows
        yield from listed(table.capitalize(), rows, "whole_usd", "quarter_usd")


def targets(at: Lookup, metric: str) -> dict[str, Any]:
    """The target of the network for the period, else for the federal year that it lies in, else to date."""
    found = at.rows(
        "select t.*, period = 'to_date' or period_end = $3 as is_due from target_results t where metric = $1 and city_id is null"
        " and topic is null and (period in ($4, 'to_date') or (period_type = 'fiscal_year' and period_start <= $2"
        " and period_end >= $3)) order by period = 'to_date', period_end - period_start limit 1",
        *(metric, at.start, at.end, at.period),
    )
    return found[0] if found else {}


def performance(at: Lookup, _: Any) -> Cells:
    for number, measure in enumerate(MODEL["measures"], start=1):
        metric, of = measure["metric"], measure.get("of", "any")
        now, target = at.figure(metric, at.period, of=of), targets(at, metric)
        for _, _, column, said in whole("", number, now):
            yield "A Measures", number, {"value": "actual"}.get(column, column), said
        yield "A Measures", number, "cumulative", value(at.figure(metric, "to_date", of=of))
        first = [(p, row) for p in at.last(99) if (row := at.figure(metric, p, of=of))["state"] == "value"]
        later = [p for p in _every(at) if p not in at.last(99)]  # of a first report the baseline may come after it
        first += [(p, row) for p in later if (row := at.figure(metric, p, of=of))["state"] == "value"]
        yield "A Measures", number, "baseline", value(first[0][1]) if first else "None yet"
        yield "A Measures", number, "baseline_of", first[0][0] if first else ""
        yield "A Measures", number, "target", target.get("target", "None set")
        yield "A Measures", number, "target_of", target.get("period", "")
        met = "Judged with the year" if target else ""
        if target.get("is_due"):
            met = {True: "Yes", False: "No", None: "Cannot be said"}[target["met"]]
            if target["period"] != at.period and target["met"] is not None:
                assert target["unit"] == "percent"  # as all measures of the sample that have a target
                met += f": {target['value']:.1f}% in {target['period']}"
        yield "A Measures", number, "met", met
        reason = target.get("reason_missed") or "" if met.startswith("No") else ""
        yield "A Measures", number, "reason", reason
    for number, one in enumerate(MODEL["indicators"], start=1):
        for column, period in (("actual", at.period), ("before", at.before()), ("cumulative", "to_date")):
            yield "B Indicators", number, column, value(at.figure(one["metric"], period, of=one.get("of", "any")))
    for number, one in enumerate(MODEL["benchmarks"], start=1):
        for side in ("output", "outcome"):
            for column, period in (("post", at.period), ("ytd", "to_date")):
                said = value(at.figure(one[side], period, of=one.get("of", "any")))
                yield "C Benchmarks", number, f"{side}_{column}", said
        yield "C Benchmarks", number, "outcome_pre", targets(at, one["outcome"]).get("target", "None set")
    for number, (metric, period) in enumerate(((m, p) for m in COSTS for p in (at.period, "to_date")), start=1):
        yield from whole("Unit costs", number, at.figure(metric, period))
    over = at.rows(
        "select budget_usd as planned, spent_usd as actual, spent_usd - coalesce(budget_usd, 0) as above from budget_status"
        " where period_end = $1 and spent_usd > coalesce(budget_usd, 0) order by award_id, category",
        at.end,
    )
    over += at.rows(
        "select planned_cost_usd as planned, actual_usd as actual, actual_usd - planned_cost_usd as above from engagement_costs"
        " where completed_on <= $2 and actual_usd > planned_cost_usd and (completed_on >= $1 or exists (select 1 from ledger as l"
        " where l.engagement_id = engagement_costs.engagement_id and l.kind in ('expenditure', 'match_cash', 'match_in_kind')"
        " and l.counted_on between $1 and $2)) order by engagement_id",
        *(at.start, at.end),
    )
    yield from listed("Overruns", over, "planned", "actual", "above")
    aims = at.rows(
        "select *, case met when true then 'Yes' when false then 'No' else '' end as said, case when met = false then"
        " coalesce(reason_missed, '') else '' end as why, case period when 'to_date' then 'To date' else period end as of_period"
        " from target_results where period in ($1, 'to_date') or (period_type = 'fiscal_year' and period_end = $2)"
        " order by period = 'to_date', period <> $1, metric, topic nulls first, city_id nulls first",
        *(at.period, at.end),
    )
    for number, aim in enumerate(aims, start=1):
        told = {
            "target_of": aim["of_period"],
            "target": aim["target"],
            "actual": value(aim),
            "met": aim["said"],
            "reason": aim["why"],
        }
        for column, said in told.items():
            yield "Targets", number, column, said


def _every(at: Lookup) -> list[str]:
    sql = "select distinct period, period_end from metric_values where period_type = $1 order by 2"
    return [name for name, _ in at.all(sql, at.kind)]


def by_metric(at: Lookup, files: Any, table: str) -> Cells:
    """The lines of a table that names its metrics, in the period of each."""
    for number in range(1, files.rows(table) + 1):
        has_period = "period" in files.columns[table]
        period = files.said(table, number, "period") if has_period else at.period
        yield from whole(table, number, at.figure(files.said(table, number, "metric"), period, at.city))
    if table == "By period":
        assert [files.said(table, n, "period") for n in range(1, files.rows(table) + 1)] == at.last(8)


def part(row: dict[str, Any]) -> str:
    """How many of how many."""
    if row["state"] == "absent":
        return ""
    return f"{row['numerator']:,.0f} of {row['denominator']:,.0f}" if row["denominator"] else "None due"


def number_of(row: dict[str, Any]) -> Any:
    return int(row["value"]) if row["state"] == "value" else None

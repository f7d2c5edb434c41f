"""The logic model in figures: SF-PPR-A measures, B indicators, C benchmarks, and every target of the period."""

from collections.abc import Iterator
from decimal import Decimal

from assets import format as fmt
from assets.catalog import logic_model
from assets.documents import common
from assets.documents.document import Block, Chart, Column, Heading, Point, Table
from assets.documents.facts import Facts, Row

MEASURES = (
    Column("label", "No.", "number of the measure", width=8),
    Column("objective", "Objective", "what the program sets out to reach", kind="long", width=34),
    Column("measure", "Measure", "the metric that tells it", kind="long", width=26),
    Column("unit", "Unit", "unit of baseline, target and actual", width=12, paper=False),
    Column("baseline", "Baseline", "the figure of the first period of this kind that has one", "figure", 12),
    Column("baseline_of", "Baseline of", "the period of the baseline", "period", 10),
    Column("target", "Target", "the least to be reached, or the most where less is better", "figure", 12),
    Column("target_of", "Target for", "the period that the target is set for", "period", 10),
    Column("actual", "Actual, period", "the figure of the period, or why there is none", "figure", 16),
    Column("counted", "Made of", "how many of how many, where it is a share of records", width=14),
    Column("ci_low", "95% low", "lower end of its 95% interval", "figure", 10, paper=False),
    Column("ci_high", "95% high", "upper end of its 95% interval", "figure", 10, paper=False),
    Column("status", "Status", "provisional: it may still change; final", width=11),
    Column(
        "cumulative", "Actual, cumulative", "the figure from the launch to the as-of day of the release", "figure", 16
    ),
    Column(
        "met",
        "Met",
        "whether the target is met; one of another period than that of the report is judged by the figure of its own, given here",
        width=16,
    ),
    Column("reason", "Reason for a miss", "why the target was not met, as reported", kind="long", width=30),
    Column("metric", "Metric", "its id in the release", width=24, paper=False),
)
INDICATORS = (
    Column("label", "No.", "number of the indicator", width=8),
    Column("activity", "Activity", "service and what is counted", kind="long", width=46),
    Column("unit", "Unit", "unit of the figures", width=14, paper=False),
    Column("actual", "Period", "the figure of the period, or why there is none", "figure", 18),
    Column("before", "Period before", "the figure of the period before", "figure", 18),
    Column("cumulative", "To date", "from the launch to the as-of day of the release", "figure", 18),
    Column("metric", "Metric", "its id in the release", width=24, paper=False),
)
BENCHMARKS = (
    Column("goal", "1a Goal", "HUD's strategic goal", kind="long", width=20),
    Column("priority", "1b Policy priority", "policy priority", kind="long", width=20),
    Column("need", "2 Need", "problem, need or situation", kind="long", width=30),
    Column("service", "3 Service", "service or activity", kind="long", width=20),
    Column("output", "4 Output", "what is counted of the service", kind="long", width=20),
    Column("output_post", "Post", "output of the period", "figure", 14),
    Column("output_ytd", "To date", "output from the launch to the as-of day", "figure", 14),
    Column("outcome", "5 Outcome", "what is to be reached", kind="long", width=20),
    Column("outcome_pre", "Pre", "the target of the outcome", "figure", 12),
    Column("outcome_post", "Post", "outcome of the period", "figure", 14),
    Column("outcome_ytd", "To date", "outcome from the launch to the as-of day", "figure", 14),
    Column("tools", "7 Tools", "evaluation tools A to E", kind="long", width=30),
)
TARGETS = (
    Column("title", "Measure", "the metric aimed at", kind="long", width=34),
    Column("target_of", "Target for", "the period that the target is set for", "period", 10),
    Column("scope", "Of", "city or topic; empty: the whole network", kind="long", width=26),
    Column("unit", "Unit", "unit of target and actual", width=12, paper=False),
    Column("target", "Target", "the least to be reached, or the most where less is better", "figure", 14),
    Column("actual", "Actual", "what was reached, or why that cannot be said", "figure", 18),
    Column("met", "Met", "whether it was met", width=8),
    Column("reason", "Reason for a miss", "why it was not met, as reported", kind="long", width=44),
    Column("metric", "Metric", "its id in the release", width=24, paper=False),
)
TO_DATE = "to_date"


def measures(facts: Facts, span: Row, of: str = "", is_last: bool = True) -> Iterator[Block]:
    """Objective, baseline, target and actual of each measure, with the reason for a miss; every target that is due by then.

    of: which of several periods, where the report is of more than one; is_last: whether it is the last of them.
    """
    yield Heading(f"A. Performance measures{of}")
    rows = [_measure(facts, span, measure) for measure in logic_model.load().measures]
    note = f"Cumulative: from the launch to {fmt.day(facts.as_of)}. To the end of a past period: a release as of its last day."
    title = f"Objectives, targets and what was reached{of}"
    yield Table(f"A Measures{of}", title, MEASURES, rows, note=note, row_header="label")
    points = [
        Point(row["label"] + " " + row["measure"], row["actual"] if not isinstance(row["actual"], str) else None,
              fmt.percent(row["actual"], 1) if not isinstance(row["actual"], str) else row["actual"],
              row["ci_low"], row["ci_high"], row["status"] == "Provisional")
        for row in rows
        if row["unit"] == "percent"
    ]  # fmt: skip
    if points:
        told = "; ".join(f"{point.label}: {point.text}" for point in points)
        yield Chart(
            "Where the measures stand", f"Percent, {fmt.period_long(span)}; lines: 95% interval",
            f"Bars of the measures in percent. {told}.", points, f"Source: release {facts.release}",
        )  # fmt: skip
    yield from _targets(facts, span, of, is_last)


def aims(facts: Facts, span: Row) -> list[str]:
    """The periods whose targets a report of a period judges: its own, the federal year that ends with it, which may have no report
    of its own, and the program to date."""
    ends = [p for p, row in facts.periods.items() if row["period_end"] == span["period_end"]]
    years = [p for p in ends if facts.periods[p]["period_type"] == "fiscal_year"]
    return list(dict.fromkeys((span["period"], *years, TO_DATE)))


def _measure(facts: Facts, span: Row, measure: logic_model.Measure) -> Row:
    period = span["period"]
    now = facts.figures(period, [measure.metric], of=measure.of).get(measure.metric)
    whole = facts.figures("to_date", [measure.metric], of=measure.of).get(measure.metric)
    told = facts.metrics.get(measure.metric, {})
    base, of = _baseline(facts, span, measure)
    target = _target(facts, measure.metric, span)
    shown = common.figure(now, "", measure.metric)
    judged = target is not None and target["period"] in aims(facts, span)
    verdict = "Judged with the year" if target and not judged else ""
    if target and judged:
        verdict = "Cannot be said" if target["met"] is None else "Yes" if target["met"] else "No"
        if target["period"] != period and target["met"] is not None:  # beside it stands the figure of another period
            when = "to date" if target["period"] == TO_DATE else f"in {target['period']}"
            verdict += f": {written(_reached(target), facts, measure.metric)} {when}"
    return {
        "label": measure.label,
        "objective": measure.objective,
        "measure": told.get("title", measure.metric),
        "unit": told.get("unit"),
        "baseline": base,
        "baseline_of": of,
        "target": target["target"] if target else "None set",
        "target_of": _named(target["period"]) if target else "",
        "actual": shown["value"],
        "counted": shown["counted"],
        "ci_low": shown.get("ci_low"),
        "ci_high": shown.get("ci_high"),
        "status": shown["status"],
        "cumulative": common.figure(whole, "", measure.metric)["value"],
        "met": verdict,
        "reason": (target["reason_missed"] or "") if target and judged and target["met"] is False else "",
        "metric": measure.metric,
    }


def _baseline(facts: Facts, span: Row, measure: logic_model.Measure) -> tuple[object, str]:
    """The figure of the first period of the same kind that has one, and that period."""
    same = [p for p, row in facts.periods.items() if row["period_type"] == span["period_type"]]
    for period in same:
        row = facts.figures(period, [measure.metric], of=measure.of).get(measure.metric)
        if row is not None and row["state"] == "value":
            return (row["amount_usd"] if row["amount_usd"] is not None else row["value"]), period
    return "None yet", ""


def _target(facts: Facts, metric: str, span: Row) -> Row | None:
    """The target of the network for the period, else for the federal year that it lies in, else to date."""
    rows = facts.rows("target_results", metric=metric, city_id=None, topic=None)
    year = next(
        (p for p, row in facts.periods.items() if row["period_type"] == "fiscal_year"
         and row["period_start"] <= span["period_start"] and span["period_end"] <= row["period_end"]), None,
    )  # fmt: skip
    by_period = {row["period"]: row for row in rows}
    return by_period.get(span["period"]) or by_period.get(year) or by_period.get(TO_DATE)


def _reached(target: Row) -> Row:
    """The figure that a target is judged by, or why there is none."""
    return common.figure(target | {"ci_low": None, "ci_high": None}, "", target["metric"])


def _named(period: str) -> str:
    return "To date" if period == TO_DATE else period


def _targets(facts: Facts, span: Row, of: str, is_last: bool) -> Iterator[Block]:
    periods, order = aims(facts, span)[: None if is_last else -1], "metric, topic nulls first, city_id nulls first"
    rows = [row for period in periods for row in facts.rows("target_results", order, period=period)]
    names = {row["city_id"]: fmt.city(row) for row in facts.rows("cities")}
    lines = [
        {
            "title": facts.metrics.get(row["metric"], {}).get("title", row["metric"]),
            "target_of": _named(row["period"]),
            "scope": ", ".join(filter(None, (
                names.get(row["city_id"], row["city_id"]), fmt.words(row["topic"]) if row["topic"] else None
            ))),
            "unit": row["unit"],
            "target": row["target"],
            "actual": _reached(row)["value"],
            "met": {True: "Yes", False: "No", None: ""}[row["met"]],
            "reason": (row["reason_missed"] or "") if row["met"] is False else "",
            "metric": row["metric"],
        }
        for row in rows
    ]  # fmt: skip
    told = ", ".join(periods).replace(TO_DATE, "to date")
    yield Table(
        f"Targets{of}",
        f"Every target: {told}",
        TARGETS,
        lines,
        empty=f"No target was set: {told}.",
        row_header="title",
    )


def indicators(facts: Facts, span: Row, of: str = "") -> Iterator[Block]:
    """What was done, beside the period before."""
    yield Heading(f"B. Program indicators{of}")
    before = facts.before(span)
    rows = []
    for one in logic_model.load().indicators:
        spans = {"actual": span["period"], "cumulative": "to_date"} | ({"before": before} if before else {})
        told = {
            key: common.figure(facts.figures(p, [one.metric], of=one.of).get(one.metric), "", one.metric)
            for key, p in spans.items()
        }
        unit = facts.metrics.get(one.metric, {}).get("unit")
        rows.append(
            {"label": one.label, "activity": one.activity, "unit": unit, "metric": one.metric}
            | {k: v["value"] for k, v in told.items()}
        )
    yield Table(f"B Indicators{of}", f"What was done{of}", INDICATORS, rows, row_header="label")


def benchmarks(facts: Facts, span: Row, of: str = "") -> Iterator[Block]:
    """The columns of HUD's logic model: Pre is the target, Post the period, and what stands to date."""
    yield Heading(f"C. Benchmark evaluations (logic model){of}")
    rows = []
    for one in logic_model.load().benchmarks:
        told = {}
        for side, metric in (("output", one.output), ("outcome", one.outcome)):
            for key, period in (("post", span["period"]), ("ytd", "to_date")):
                row = facts.figures(period, [metric], of=one.of).get(metric)
                told[f"{side}_{key}"] = written(common.figure(row, "", metric), facts, metric)
            told[side] = facts.metrics.get(metric, {}).get("title", metric)
        target = _target(facts, one.outcome, span)
        told["outcome_pre"] = written({"value": target["target"]}, facts, one.outcome) if target else "None set"
        rows.append({key: getattr(one, key) for key in ("goal", "priority", "need", "service", "tools")} | told)
    title = f"Services, outputs and outcomes{of}"
    yield Table(f"C Benchmarks{of}", title, BENCHMARKS, rows, row_header="service")


def written(shown: Row, facts: Facts, metric: str) -> object:
    """A figure with its unit in the text, for a row that holds figures of several units."""
    value = shown["value"]
    return (
        value
        if isinstance(value, str) or value is None
        else fmt.exact(Decimal(str(value)), facts.metrics.get(metric, {}).get("unit", ""))
    )

"""The performance report: SF-PPR cover, A, B and C (the columns of HUD's logic model), and the content of 2 CFR 200.329."""

from collections.abc import Iterator

from assets import format as fmt
from assets.catalog import logic_model
from assets.documents import budget, common, forms, measures, sf425, sf425_gate
from assets.documents.document import Block, Boxes, Column, Document, Heading, Paragraph, Table
from assets.documents.facts import Facts, Row
from assets.raw.casts import quote
from assets.releases import reportable

NAME = "performance"
REQUIRED = {"accomplishments": "what was accomplished", "developments": "which developments were significant"}
COSTS = (common.FIGURES[0], Column("of", "Of", "the period, or to date", width=22), *common.FIGURES[1:])
OVER = (
    Column("name", "Of", "object class or engagement", kind="long", width=40),
    Column("planned", "Budget or plan", "what was budgeted or planned", "cents", 18),
    Column(
        "actual",
        "Spent",
        "what was spent: of an object class to the end of the period, of an engagement to the as-of day of the release",
        "cents",
        18,
    ),
    Column("above", "Above it", "spent less budget or plan", "cents", 18),
)
HALF = (
    "An award reports by halves of the federal year: the report has the figures of both quarters, each of its own, for a rate or a"
    " median of a half is not the mean of those of its quarters. Costs above budget or plan are those of the whole half."
)
SPENDING = "kind in ('expenditure', 'match_cash', 'match_in_kind')"  # what the cost of an engagement is made of
UNIT_COSTS = ("cost_per_answer_usd", "cost_per_engagement_usd", "cost_per_adopted_usd")


def missing(facts: Facts, period: str) -> list[str]:
    """What keeps the report of a period from being complete: a sentence for each, with what to do."""
    spans, told = spans_of(facts, period), list[str]()
    cities = {row["city_id"]: fmt.city(row) for row in facts.rows("cities")}
    of_report = f"period in ({', '.join(quote(span['period']) for span in spans)})"
    aims = ", ".join(quote(period) for span in spans for period in measures.aims(facts, span))
    missed = f"blocks_report and period in ({aims})"
    for row in facts.rows("target_results", "period_end, period_start desc, metric, city_id, topic", missed):
        title = facts.metrics.get(row["metric"], {}).get("title", row["metric"])
        scope = [cities.get(row["city_id"], row["city_id"]), fmt.words(row["topic"]) if row["topic"] else None]
        of = "".join(f", {part}" for part in scope if part)
        told.append(
            f"The target of {title} ({row['metric']}){of}, for {row['period']} was missed without a reason: send reason_missed with"
            " the targets."
        )
    told += [
        f"{row['reason']}."
        for row in facts.rows("topic_gates", "period, reason", f"blocks and {of_report}")
        if row["reason"]
    ]
    end, awards = spans[-1]["period_end"], sf425_gate.awards(facts, NAME, period, spans[-1]["period_end"])
    for row in facts.rows("sf425_checks", "award_id", "rule = 'boxes_stated' and not holds", period_end=end):
        if row["award_id"] not in awards:
            continue
        told.append(f"Award {row['award_id']}: the cover lacks what it asks for; {forms.RULES['boxes_stated'][1]}.")
    for row in facts.rows("cost_identity", "award_id", "difference_usd <> 0", period_end=end):
        told.append(
            f"Award {row['award_id']}: what services and engagements cost differs from line 10e"
            f" ({fmt.cents(row['line_10e_usd'])}) by {fmt.cents(row['difference_usd'])}."
        )
    needed = dict(REQUIRED)
    if overruns(facts, spans):
        needed["overruns"] = "what cost more than planned, and why"
    if any(common.is_provisional(facts.figures(span["period"], shown()).values()) for span in spans):
        needed["provisional"] = "that figures of it are provisional"
    return told + _unsaid(facts, period, needed, awards) + common.unexplained(facts, NAME, period)


def _unsaid(facts: Facts, period: str, needed: dict[str, str], awards: list[str]) -> list[str]:
    """The sections without a text of all awards or one of each, a sentence each; of several awards it names those without."""
    words, told = common.words(facts, NAME, period, awards), list[str]()
    for section, what in needed.items():
        texts = words.get(section, {})
        silent = [award for award in awards or [""] if award not in texts]
        if "" not in texts and silent:
            of = f" ({'award' if len(silent) == 1 else 'awards'} {', '.join(silent)})" if len(awards) > 1 else ""
            told.append(
                f"The report does not say {what}{of}: send a text for report performance, {period}, section {section}, with the"
                " narratives."
            )
    return told


def spans_of(facts: Facts, period: str) -> list[Row]:
    """The periods that the report tells of, the one that names it last: with an award that reports by halves both quarters."""
    facts.period(period)
    return [facts.periods[name] for name in reportable.told_of(facts.folder, NAME, period)]


def shown() -> set[str]:
    """The metrics that the report tells of a period."""
    model = logic_model.load()
    return {m.metric for m in model.measures} | {i.metric for i in model.indicators} | set(UNIT_COSTS)


def build(facts: Facts, period: str, lacks: list[str]) -> Document:
    """The report of a period. lacks: what `missing` found, which makes it a draft."""
    spans = spans_of(facts, period)
    span = spans[-1]
    awards, blocks = sf425_gate.awards(facts, NAME, period, span["period_end"]), list[Block]()
    on_record = {row["award_id"]: row for row in facts.rows("award")}
    for award, label in common.labels(awards).items():
        blocks.append(Boxes(f"Cover{label}", "SF-PPR cover page", cover(on_record.get(award, {}), facts, span)))
    if not awards:
        why = f"No award had begun by {fmt.day(span['period_end'])}" if on_record else "No award was received"
        blocks.append(Paragraph(f"{why}: the cover cannot be filled in."))
    if len(spans) > 1:
        blocks.append(Paragraph(HALF))
    blocks += common.texts(common.words(facts, NAME, period, awards), awards)
    for one in spans:
        of = "" if len(spans) == 1 else f", {one['period']}"
        blocks += measures.measures(facts, one, of, one is span)
        blocks += measures.indicators(facts, one, of)
        blocks += _costs(facts, one, of)
        if one is span:
            blocks.append(_over(facts, spans))
        blocks += measures.benchmarks(facts, one, of)
    blocks += common.restated(facts, NAME, period)
    last = ("12a", "Typed or printed name and title of authorized certifying official", None)
    boxes = [
        last,
        ("12b", "Signature", None),
        ("12c", "Telephone", None),
        ("12d", "Email address", None),
        ("12e", "Date", None),
    ]
    blocks += [Heading("12. Certification"), Paragraph(forms.CERTIFIED_PERFORMANCE)]
    blocks.append(Boxes("Certification", "12. Certification, to be completed by the recipient", boxes))
    title, subtitle = "Performance Progress Report (SF-PPR)", " and ".join(map(fmt.period_long, spans))
    return common.document(facts, NAME, period, f"performance-{period}", title, subtitle, blocks, lacks)


def cover(award: Row, facts: Facts, span: Row) -> list[tuple[str, str, str | None]]:
    """Boxes 1 to 11 of the SF-PPR. award: a row of table award; empty where only the ledger names it."""
    told = {number: value for number, _, value in sf425.boxes(award, span["period_end"])}
    return [
        ("1", "Federal agency and organizational element", told["1"]),
        ("2", "Federal grant or other identifying number", told["2"]),
        ("3a", "Unique entity identifier", told["4a"]),
        ("3b", "EIN", told["4b"]),
        ("4", "Recipient organization", told["3"]),
        ("5", "Recipient identifying or account number", told["5"]),
        ("6", "Project/grant period", told["8"]),
        ("7", "Reporting period end date", told["9"]),
        ("8", "Final report?", "Yes" if told["6"] == "Final" else "No"),
        ("9", "Report frequency", forms.FREQUENCIES.get(str(award.get("frequency")), "")),
        ("10", "Performance narrative", "In this report"),
        ("11", "Other attachments", f"Workbook and data of release {facts.release}"),
    ]


def overruns(facts: Facts, spans: list[Row]) -> list[Row]:
    """Object classes above the budget at the end of the periods, and engagements above their plan that were completed in them, or
    earlier and had spending in them: a bill may come when the team has left."""
    first, last = spans[0]["period_start"], spans[-1]["period_end"]
    rows = [
        {
            "name": f"Object class {fmt.words(r['category']).lower()}",
            "planned": r["budget_usd"] or sf425.ZERO,
            "actual": r["spent_usd"],
            "above": r["spent_usd"] - (r["budget_usd"] or sf425.ZERO),
        }
        for r in budget.over(facts, last)
    ]
    inside = f"between date '{first}' and date '{last}'"
    spent = {row["engagement_id"] for row in facts.rows("ledger", where=f"counted_on {inside} and {SPENDING}")}
    above_plan = (
        f"completed_on <= date '{last}' and actual_usd > planned_cost_usd"  # without a plan there is none to pass
    )
    for row in facts.rows("engagement_costs", "engagement_id", above_plan):
        if row["completed_on"] < first and row["engagement_id"] not in spent:
            continue
        above = row["actual_usd"] - row["planned_cost_usd"]
        name = f"Engagement {row['engagement_id']}, federal share and match"
        rows.append({"name": name, "planned": row["planned_cost_usd"], "actual": row["actual_usd"], "above": above})
    return rows


def _over(facts: Facts, spans: list[Row]) -> Table:
    none = "None: no object class is above its budget, and no engagement that was completed cost more than planned."
    title = "What cost more than was budgeted or planned"
    return Table("Overruns", title, OVER, overruns(facts, spans), empty=none, row_header="name")


def _costs(facts: Facts, span: Row, of_period: str) -> Iterator[Block]:
    yield Heading(f"Cost per accomplishment{of_period}")
    rows = []
    for metric in UNIT_COSTS:
        title = facts.metrics.get(metric, {}).get("title", metric)
        for period, of in (
            (span["period"], fmt.period_short(span["period_type"], span["period"])),
            ("to_date", "Program to date"),
        ):
            rows.append(common.figure(facts.figures(period, [metric]).get(metric), title, metric) | {"of": of})
    note = "Federal share, direct and shared, over outcomes; the interval comes from resampling cities. Below five outcomes: none."
    yield Table(
        f"Unit costs{of_period}",
        f"Federal cost of an answer, an engagement, a recommendation{of_period}",
        COSTS,
        rows,
        note=note,
        row_header="title",
    )

"""Which cities come next: those that are eligible and not yet served, in order of need, with the figures that decide it."""

from assets import format as fmt
from assets import sentences
from assets.decisions import Refused
from assets.documents import common
from assets.documents.document import Block, Column, Document, Heading, Paragraph, Table
from assets.documents.facts import Facts, Row

NAME = "expansion"
SHOWN = 40  # on paper; the workbook has every city
CANDIDATES = (
    Column("rank", "Order", "place in the order of need", "count", 8),
    Column("city", "City", "city and state", width=28),
    Column("city_id", "GEOID", "its place code", width=12),
    Column("criteria_met", "Criteria met", "criteria of the rule that hold", "count", 10),
    Column("criteria_known", "Known", "criteria of which the figure is known", "count", 10),
    Column("unemployment_rate", "Unemployment", "annual rate, percent; empty: cannot say", "percent", 14),
    Column("noncollege_poverty", "Noncollege poverty", "percent; empty: cannot say", "percent", 14),
    Column("population_change", "Population change", "2000 to 2010, percent; empty: cannot say", "percent", 14),
    Column("population", "Population", "latest estimate", "count", 12),
    Column("by_rule", "By the rule", "whether the rule makes it eligible", width=12),
)
RULES = (
    Column("title", "Criterion", "criterion of the rule", kind="long", width=60),
    Column("operator", "Test", "how the figure is compared", width=10),
    Column("threshold", "Threshold", "with what", "figure", 12),
)
TESTS = {">": "more than", ">=": "at least", "<": "less than", "<=": "at most"}
ORDER = (
    "Order of need: most criteria met, then the highest unemployment rate, then GEOID. A criterion without its figure cannot be"
    " said, and is never a no. The order is a starting point for the people who decide; it does not say what help would do."
)


def build(facts: Facts, period: str) -> Document:
    """The list as of the release; the period names the report. Raises Refused where the release has no candidates."""
    span = facts.period(period)
    rows = [
        row
        | {
            "city": fmt.city(row) if row["name"] else row["city_id"],
            "by_rule": fmt.words(row["rule_eligible"] or row["eligible"]),
        }
        for row in facts.rows("candidates", "rank, city_id", "not served", eligible="yes")
    ]
    if not facts.has("candidates") or not facts.rows("candidates"):
        raise Refused(
            f"release {facts.release} has no candidates: send the list of eligible cities and the public indicators"
        )
    unsure = sum(row["by_rule"] == "Cannot say" for row in rows)
    served = len(facts.rows("candidates", served=True))
    edge = sum(bool(row["on_threshold"]) for row in rows)
    blocks: list[Block] = [
        Paragraph(sentences.where_next(len(rows), unsure, rows[0] if rows else None)),
        Paragraph(
            f"Already served: {fmt.quantity(served, 'cities')}. Exactly on a threshold, where published wording differs between"
            f" over and at least: {fmt.quantity(edge, 'cities')}. Data as of {fmt.day(facts.as_of)}."
        ),
        Heading("The rule"),
        Table("Rule", "Population, and at least one of the others", RULES, _rule(facts), row_header="title",
              empty="The thresholds of the rule are not in this release."),
        Heading("Eligible and not yet served"),
        Paragraph(ORDER),
        Table("First", f"The first {SHOWN} in order of need" if len(rows) > SHOWN else "In order of need", CANDIDATES, rows[:SHOWN],
              row_header="city", empty="Every eligible city has been served."),
        Table("Candidates", "Every eligible city not yet served, in order of need", CANDIDATES, rows, paper=False,
              row_header="city"),
    ]  # fmt: skip
    title, subtitle = "Which cities next", fmt.period_long(span)
    return common.document(facts, NAME, period, f"expansion-{period}", title, subtitle, blocks, [])


def _rule(facts: Facts) -> list[Row]:
    rows = facts.rows("eligibility_rule", "city_id, criterion")
    return [
        row | {"operator": TESTS.get(row["operator"], row["operator"])}
        for row in rows
        if row["city_id"] == rows[0]["city_id"]
    ]

"""The program's report to the public: who was served, on time, on what, and what it cost."""

from collections.abc import Iterator

from assets import format as fmt
from assets import sentences
from assets.documents import common
from assets.documents.document import Block, Chart, Column, Document, Heading, Paragraph, Point, Table
from assets.documents.facts import Facts, Row

NAME = "program"
SHOWN = {"reach_pct": "Eligible cities that used a service"} | common.SERVED
SHOWN |= {"adopted_12m_pct": "Recommendations adopted within a year", "peer_pairs": "Pairs of cities that met"}
MONEY = {
    "sf425_10d": "Federal funds authorized",
    "sf425_10e": "Federal share spent",
    "sf425_10j": "Share of the cities and others spent",
    "cost_per_answer_usd": "Federal cost per answer",
    "cost_per_engagement_usd": "Federal cost per completed engagement",
    "cost_per_adopted_usd": "Federal cost per recommendation adopted",
}
TOPICS = (
    Column("topic", "Topic", "topic of the taxonomy", width=28),
    Column("created", "Questions", "questions received in the period", "count", 12),
    Column(
        "on_time",
        "Answered on time",
        "percent of those due that had it in time, or why there is none",
        "figure",
        18,
    ),
    Column("unit", "Unit", "unit of the share", width=10, paper=False),
    Column("counted", "Made of", "how many of how many", width=16),
)
CITIES = (
    Column("city", "City", "city and state", width=30),
    Column("city_id", "GEOID", "its place code", width=12),
    Column("created", "Questions", "questions received in the period", "count", 12),
    Column("on_time", "Answered on time", "how many of those due", width=18),
    Column("teams", "Teams at work", "engagements under way in the period", "count", 14),
)
PERIODS, MOST = 8, 25


def build(facts: Facts, period: str) -> Document:
    """The report of a period."""
    span = facts.period(period)
    found, before = facts.figures(period, SHOWN), facts.before(span)
    absent: Row = {"state": "absent"}
    reach = facts.figures(period, ["reach_pct"], of="desk").get("reach_pct", absent)
    was = facts.figures(before, ["reach_pct"], of="desk").get("reach_pct") if before else None
    blocks: list[Block] = [
        Paragraph(
            sentences.join(
                sentences.reach(reach, was, fmt.period_long(span)), sentences.on_time(found.get("on_time_pct", absent))
            )
        )
    ]
    money = facts.figures(period, MONEY)
    if common.is_provisional([*found.values(), *money.values()]):
        blocks.append(Paragraph(common.PROVISIONAL_TEXT))
    blocks += [
        Heading("The period in figures"),
        Table("Figures", fmt.period_long(span), common.FIGURES, [common.figure(found.get(m), t, m) for m, t in SHOWN.items()],
              row_header="title"),
        *_chart(facts, span),
        *_topics(facts, span),
        Heading("What it cost"),
        Table("Money", "Federal funds to the end of the period, and what an outcome cost in it", common.FIGURES,
              [common.figure(money.get(m), t, m) for m, t in MONEY.items()], row_header="title",
              note="Lines of the SF-425 are cumulative, from the start of the award."),
        *_cities(facts, span),
        Heading("How to read it"),
        *(Paragraph(text) for text in common.READING),
    ]  # fmt: skip
    title = "Impact report"
    return common.document(facts, NAME, period, f"program-{period}", title, fmt.period_long(span), blocks, [])


def _chart(facts: Facts, span: Row) -> Iterator[Block]:
    kind = span["period_type"]
    points, drawn = [], list[tuple[str, Row | None]]()
    for period in facts.until(span)[-PERIODS:]:
        row = facts.figures(period, ["on_time_pct"]).get("on_time_pct")
        drawn.append((period, row))
        if row is None or row["state"] != "value":
            points.append(Point(fmt.period_short(kind, period), None, fmt.state(row) if row else "None recorded"))
        else:
            told = f"{fmt.percent(row['value'], 1)} ({fmt.k_of_n(row)})"
            provisional = row["status"] == common.PROVISIONAL
            points.append(
                Point(fmt.period_short(kind, period), row["value"], told, row["ci_low"], row["ci_high"], provisional)
            )
    told = "; ".join(f"{point.label}: {point.text}" for point in points)
    yield Chart(
        f"Answered on time in {points[-1].label}: {points[-1].text}",
        "Percent of first answers due in the period that came within three business days; lines: 95% interval",
        f"Bars of the percent answered on time. {told}.", points, f"Source: release {facts.release}",
    )  # fmt: skip
    yield common.history(drawn, f"Answered on time by {fmt.words(kind).lower()}", "on_time_pct")


def _topics(facts: Facts, span: Row) -> Iterator[Block]:
    wanted = (
        "metric in ('created', 'on_time_pct') and topic is not null and engagement_id is null and dimension is null"
    )
    found = facts.rows("metric_values", "topic", wanted, city_id=None, period=span["period"], grain="topic")
    cell: dict[tuple[str, str], Row] = {(row["topic"], row["metric"]): row for row in found}
    rows = []
    for topic in dict.fromkeys(row["topic"] for row in found):
        asked = cell.get((topic, "created"))
        rate = common.figure(cell.get((topic, "on_time_pct")), "", "on_time_pct")
        rows.append(
            {"topic": fmt.words(topic), "created": common.whole(asked), "on_time": rate["value"], "unit": rate.get("unit"),
             "counted": rate["counted"]}
        )  # fmt: skip
    rows.sort(key=lambda row: (-(row["created"] or 0), row["topic"]))
    yield Heading("What cities asked about")
    yield Table("Topics", "Questions by topic", TOPICS, rows, empty="No question was received.", row_header="topic")


def _cities(facts: Facts, span: Row) -> Iterator[Block]:
    wanted, rows = ("created", "on_time_pct", "engagements_active"), []
    for city in facts.rows("cities", "name, state, city_id"):
        found = facts.figures(span["period"], wanted, city["city_id"])
        asked, teams = (common.whole(found.get(metric)) for metric in ("created", "engagements_active"))
        if asked or teams:
            rate = found.get("on_time_pct")
            told = {"created": asked, "on_time": common.of(rate), "teams": teams}
            rows.append({"city": fmt.city(city), "city_id": city["city_id"]} | told)
    yield Heading("Cities that were served")
    note = "Cities that asked the desk something, or had a team at work, in the period."
    title, few = f"{fmt.quantity(len(rows), 'cities')} served", len(rows) <= MOST
    yield Table("Cities", title, CITIES, rows, note=note, empty="None.", row_header="city", paper=few)
    if not few:
        first = sorted(rows, key=lambda row: (-(row["created"] or 0), row["city"]))[:MOST]
        note = f"{note} The workbook has them all."
        yield Table(
            "Cities first", f"{title}; the {MOST} that asked the most", CITIES, first, note=note, row_header="city"
        )

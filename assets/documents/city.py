"""The report of a city: two pages that its mayor's office would read."""

from collections.abc import Iterator

from assets import format as fmt
from assets import sentences
from assets.decisions import Refused
from assets.documents import common
from assets.documents.document import Block, Chart, Column, Document, Heading, Paragraph, Point, Table
from assets.documents.facts import Facts, Row

NAME = "city"
SHOWN = common.SERVED | {"peer_pairs": "Cities met at peer events"}
TOPICS = (
    Column("topic", "Topic", "topic of the taxonomy", width=28),
    Column("created", "Questions", "questions received in the period", "count", 12),
    Column(
        "on_time", "Answered on time", "how many of those due had a first answer within three business days", width=20
    ),
    Column("to_date", "Questions to date", "from the launch to the as-of day of the release", "count", 16),
)
TEAMS = (
    Column("engagement_id", "No.", "number of the engagement", width=12),
    Column("title", "Engagement", "its title", kind="long", width=36),
    Column("topic", "Topic", "topic of the taxonomy", width=22, paper=False),
    Column("status", "Status", "where it stands", width=14),
    Column("starts_on", "Started", "first day, as planned", "day", 18, paper=False),
    Column("ends_on", "Planned end", "last day, as planned", "day", 18),
    Column("completed_on", "Completed", "day on which it was completed", "day", 18, paper=False),
    Column("federal_usd", "Federal share", "spent to the as-of day of the release", "cents", 16),
    Column("match_usd", "Local match", "match to the as-of day of the release", "cents", 16),
)
ASKED = (
    Column("request_id", "Question", "number of the request", width=14),
    Column("submitted_on", "Received", "day it was received, Eastern", "day", 18),
    Column("topic", "Topic", "topic of the taxonomy", width=24),
    Column("status", "Status", "open or closed, as of the as-of day", width=12),
)
PERIODS = 8  # in the chart
# on paper, so that two pages hold beside every topic; the workbook has every engagement with its whole title
MOST, LONGEST = 5, 100


def chosen(facts: Facts, period: str, cities: list[str] | None) -> list[str]:
    """The cities to report on, by GEOID: those named, else those that used a service in the period. Raises Refused."""
    facts.period(period)
    known = {row["city_id"] for row in facts.rows("cities")}
    if unknown := sorted(set(cities or []) - known):
        raise Refused(f"release {facts.release} has no city {', '.join(unknown)}: name the 7-digit GEOID of one it has")
    if cities:
        return list(dict.fromkeys(cities))
    return sorted(city for city in known if _used(facts, period, city))


def _used(facts: Facts, period: str, city: str) -> bool:
    row = facts.figures(period, ["use_rate"], city).get("use_rate")
    active = facts.figures(period, ["engagements_active"], city).get("engagements_active")
    return any(r is not None and r["state"] == "value" and bool(r["value"]) for r in (row, active))


def build(facts: Facts, period: str, city_id: str) -> Document:
    """The report of a city in a period."""
    span, city = facts.period(period), facts.rows("cities", city_id=city_id)[0]
    name, found = fmt.city(city), facts.figures(period, SHOWN, city_id)
    absent = {"state": "absent"}
    told = sentences.city(name, found.get("created", absent), found.get("on_time_pct", absent), fmt.period_long(span))
    rows = [common.figure(found.get(metric), title, metric) for metric, title in SHOWN.items()]
    blocks: list[Block] = [Paragraph(told)]
    if common.is_provisional(found.values()):
        blocks.append(Paragraph(common.PROVISIONAL_TEXT))
    blocks += [
        Heading("The period in figures"),
        Table("Figures", f"{name}, {fmt.period_long(span)}", common.FIGURES, rows, row_header="title"),
        *_chart(facts, span, city_id, name),
        *_topics(facts, span, city_id),
        *_teams(facts, city_id),
        Heading("How to read it"),
        *(Paragraph(text) for text in common.READING),
    ]
    # as figure `created` counts them: those merged into another later are in it
    asked = facts.rows(
        "requests", "submitted_on, request_id",
        f"not is_test and not is_spam and submitted_on between date '{span['period_start']}' and date '{span['period_end']}'",
        city_id=city_id,
    )  # fmt: skip
    lines = [row | {"topic": fmt.words(row["topic"]), "status": fmt.words(row["status"])} for row in asked]
    blocks.append(
        Table(
            "Questions",
            "Questions received in the period",
            ASKED,
            lines,
            empty="None.",
            paper=False,
            row_header="request_id",
        )
    )
    subtitle = fmt.period_long(span)
    return common.document(facts, NAME, period, f"city-{city_id}-{period}", name, subtitle, blocks, [])


def _chart(facts: Facts, span: Row, city_id: str, name: str) -> Iterator[Block]:
    """Questions by period, up to this one."""
    kind = span["period_type"]
    points, drawn = [], list[tuple[str, Row | None]]()
    for period in facts.until(span)[-PERIODS:]:
        row = facts.figures(period, ["created"], city_id).get("created")
        short = fmt.period_short(kind, period)
        drawn.append((period, row))
        if row is None or row["state"] != "value":
            points.append(Point(short, None, fmt.state(row) if row else "None recorded"))
        else:
            points.append(
                Point(short, row["value"], fmt.number(row["value"]), provisional=row["status"] == common.PROVISIONAL)
            )
    if any(point.value for point in points):
        told = "; ".join(f"{point.label}: {point.text}" for point in points)
        last, known = points[-1], points[-1].value is not None
        asked = fmt.quantity(last.value, "questions")
        yield Chart(
            f"{name} sent the desk {asked} in {last.label}" if known else f"Questions that {name} sent the desk",
            f"Questions received by {fmt.words(kind).lower()}", f"Bars of the questions by {fmt.words(kind).lower()}: {told}.",
            points, f"Source: release {facts.release}",
        )  # fmt: skip
        yield common.history(drawn, f"Questions received by {fmt.words(kind).lower()}", "created")


def _topics(facts: Facts, span: Row, city_id: str) -> Iterator[Block]:
    wanted = (
        "metric in ('created', 'on_time_pct') and topic is not null and engagement_id is null and dimension is null"
    )
    found = facts.rows(
        "metric_values", "topic", f"{wanted} and period in ('{span['period']}', 'to_date')", city_id=city_id
    )
    cell: dict[tuple[str, str, str], Row] = {(row["topic"], row["metric"], row["period"]): row for row in found}
    rows = []
    for topic in dict.fromkeys(row["topic"] for row in found):
        now, whole = (common.whole(cell.get((topic, "created", period))) for period in (span["period"], "to_date"))
        if now or whole:
            rate = cell.get((topic, "on_time_pct", span["period"]))
            rows.append(
                {
                    "topic": fmt.words(topic),
                    "created": now if (topic, "created", span["period"]) in cell else 0,
                    "on_time": common.of(rate),
                    "to_date": whole,
                }
            )
    yield Heading("What the city asked about")
    yield Table("Topics", "Questions by topic", TOPICS, rows, empty="No question is on record.", row_header="topic")


def _teams(facts: Facts, city_id: str) -> Iterator[Block]:
    ids = [row["engagement_id"] for row in facts.rows("engagement_cities", "engagement_id", city_id=city_id)]
    costs = {row["engagement_id"]: row for row in facts.rows("engagement_costs")}
    rows = []
    for row in facts.rows("engagements", "starts_on, engagement_id"):
        if row["engagement_id"] in ids:
            cost = costs.get(row["engagement_id"], {})
            money = {
                side: cost.get(side) if cost.get("entries") else "Not reported" for side in ("federal_usd", "match_usd")
            }
            rows.append(row | money | {"topic": fmt.words(row["topic"]), "status": fmt.words(row["status"])})
    yield Heading("Teams on the ground")
    note = "An engagement of several cities stands here with its whole cost."
    title, short = "Engagements that serve the city", [row | {"title": _cut(row["title"])} for row in rows[:MOST]]
    few = short == rows
    yield Table("Engagements", title, TEAMS, rows, note=note if rows else "", empty="None so far.", row_header="engagement_id",
                paper=few)  # fmt: skip
    if not few:
        more = len(rows) - len(short)
        aside = f"{fmt.number(more)} more, and whole titles, are" if more else "Whole titles are"
        first = f"{title}, the first {len(short)} of {len(rows)}" if more else title
        note += f" {aside} in the workbook and the CSV, in table Engagements."
        yield Table("Engagements first", first, TEAMS, short, note=note, row_header="engagement_id")


def _cut(title: str | None) -> str | None:
    """A title as paper has room for it."""
    return title if title is None or len(title) <= LONGEST else f"{title[: LONGEST - 1].rstrip()}…"

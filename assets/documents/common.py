"""What more than one report says: its head, figures as rows of a table, the texts that people wrote, what is restated."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from assets import format as fmt
from assets.documents import forms
from assets.documents.document import NO_SHEET_NAME, SHEET_NAME, Block, Column, Document, Heading, Paragraph, Table
from assets.documents.facts import Facts, Row
from assets.releases import changes, reports

PROVISIONAL = "provisional"
CALLED = {  # what a report is called at its head and foot
    "sf425": "SF-425",
    "performance": "SF-PPR",
    "budget": "Budget and spending",
    "program": "Impact report",
    "city": "City report",
    "expansion": "Expansion memo",
}
PROVISIONAL_TEXT = (
    "Figures marked provisional can still change: what they count is not followed to its end yet, or records of it can still"
    " arrive."
)
READING = (
    "A rate is over what was due in the period, answered or not: questions still open are in it. Beside it stands how many of how"
    " many it is made of; below ten the percentage is withheld and the count is shown. An interval of 95% says how far chance alone"
    " could have moved the figure.",
    "A difference between two figures is a difference and not an effect: nothing here is compared with cities that had no service.",
)
# what was done for cities, in the words of the reports for them and for the public
SERVED = {
    "created": "Questions sent to the desk",
    "on_time_pct": "First answer within three business days, of those due",
    "response_hours_median": "Median wait for a first answer",
    "answered_pct": "Closed with an answer",
    "backlog_open": "Questions still open at the end",
    "satisfied_pct": "Satisfied, of those who answered the survey",
    "engagements_active": "Teams at work on the ground",
    "engagements_completed": "Engagements completed",
    "milestones_on_time_pct": "Milestones reached on time",
}
FIGURES = (
    Column("title", "Figure", "what is measured", kind="long", width=40),
    Column("value", "Value", "the figure in the unit beside it, or why there is none", kind="figure", width=16),
    Column("unit", "Unit", "unit of the figure and of its interval", width=14, paper=False),
    Column("counted", "Made of", "how many of how many records, where it is a share of records", width=16),
    Column("interval", "95% interval", "how far chance alone could have moved it", width=20),
    Column("ci_low", "95% low", "lower end of the 95% interval", kind="figure", width=14, paper=False),
    Column("ci_high", "95% high", "upper end of the 95% interval", kind="figure", width=14, paper=False),
    Column("status", "Status", "provisional: it may still change; final", width=12),
    Column("metric", "Metric", "its id in the release", width=26, paper=False),
)

HISTORY = (Column("period", "Period", "federal quarter, month or year", "period", 12), *FIGURES[1:])


def document(
    facts: Facts,
    report: str,
    period: str,
    name: str,
    title: str,
    subtitle: str,
    blocks: Sequence[Block],
    missing: list[str],
) -> Document:
    """A report on a release. missing: what it lacks; one that lacks anything is a draft, and says what."""
    lacks = [Paragraph(text) for text in missing]
    told: list[Block] = [Heading("What is missing before this report is complete"), *lacks] if lacks else []
    return Document(
        report=CALLED[report],
        period=period,
        name=name,
        title=title,
        subtitle=subtitle,
        program=facts.program,
        release=facts.release,
        as_of=facts.as_of,
        at=facts.at,
        synthetic=facts.synthetic,
        state="Draft" if missing else "",
        blocks=(*told, *blocks),
    )


def figure(row: Row | None, title: str, metric: str) -> Row:
    """A row of FIGURES from one of metric_values; one that the release does not have is said to be none."""
    if row is None:
        return {"title": title, "value": "None recorded", "counted": "", "status": "", "metric": metric}
    value: Any = row["amount_usd"] if row["amount_usd"] is not None else row["value"]
    return {
        "title": title,
        "value": value if row["state"] == "value" else fmt.state(row),
        "unit": row["unit"],
        "counted": fmt.counted(row) if row["state"] == "value" else fmt.withheld(row) if row["denominator"] else "",
        "interval": between(row),
        "ci_low": row["ci_low"] if row["state"] == "value" else None,
        "ci_high": row["ci_high"] if row["state"] == "value" else None,
        "status": fmt.words(row["status"]) if row["state"] == "value" else "",
        "metric": metric,
    }


def between(row: Row) -> str:
    """The 95% interval as published, to the last digit, its unit once; empty where there is none."""
    low, high, unit = row["ci_low"], row["ci_high"], str(row["unit"])
    if row["state"] != "value" or (low is None and high is None):
        return ""
    ends = [None if end is None else fmt.exact(Decimal(str(end)), unit) for end in (low, high)]
    if ends[1] is None:
        return f"from {ends[0]}"
    if ends[0] is None:
        return f"up to {ends[1]}"
    first = fmt.exact(Decimal(str(low)), "").strip() if unit != "usd" else ends[0]
    return f"{first} to {ends[1]}"


def history(points: Iterable[tuple[str, Row | None]], title: str, metric: str) -> Table:
    """The figures of a chart over time as a table: what a bar shows, workbook and CSV have too. points: period and figure."""
    rows = [figure(row, "", metric) | {"period": period} for period, row in points]
    return Table("By period", title, HISTORY, rows, paper=False, row_header="period")


def of(row: Row | None) -> str:
    """How many of those due had an answer in time; that none was due, rather than 0 of 0."""
    if row is None:
        return ""
    return fmt.k_of_n(row) if row["denominator"] else "None due"


def whole(row: Row | None) -> int | None:
    """A count as a whole number; None where there is none."""
    return None if row is None or row["state"] != "value" else int(row["value"])


def is_provisional(rows: Iterable[Row | None]) -> bool:
    return any(row is not None and row["state"] == "value" and row["status"] == PROVISIONAL for row in rows)


def said(facts: Facts, report: str, period: str, award: str) -> dict[str, str]:
    """The texts that people wrote for the form of an award, by section: those of the award before those of every award."""
    return {section: of.get(award, of.get("", "")) for section, of in words(facts, report, period, [award]).items()}


def words(facts: Facts, report: str, period: str, awards: Sequence[str]) -> dict[str, dict[str, str]]:
    """The texts that people wrote for a report of these awards: section -> award -> text; "" is of every award, and comes first."""
    told: dict[str, dict[str, str]] = {}
    for row in facts.rows("narratives", "award_id nulls first", report=report, period=period):
        if row["award_id"] in (None, *awards):
            told.setdefault(row["section"], {})[row["award_id"] or ""] = row["text"]
    return told


def labels(awards: Sequence[str]) -> dict[str, str]:
    """What tells the sheets of one award from those of another: nothing where there is one, its id, or else its number."""
    longest = SHEET_NAME - len("Certification ")
    fit = all(len(award) <= longest and not NO_SHEET_NAME.search(f"for {award}") for award in awards)
    if not fit or len({award.lower() for award in awards}) < len(awards):
        return {award: f" no. {number}" if len(awards) > 1 else "" for number, award in enumerate(awards, 1)}
    return {award: f" {award}" if len(awards) > 1 else "" for award in awards}


def texts(told: dict[str, dict[str, str]], awards: Sequence[str]) -> Iterator[Block]:
    """The texts of `words` under their headings, in the order of the forms; of several awards it is said whose a text is."""
    for section, title in forms.SECTIONS.items():
        if section in told:
            yield Heading(title)
        for award, text in told.get(section, {}).items():
            if award and len(awards) > 1:
                yield Heading(f"Award {award}", 2)
            yield from paragraphs(text)


def paragraphs(text: str) -> Iterator[Paragraph]:
    """A text of people as it is printed: a blank line begins a new paragraph."""
    return (Paragraph(part) for part in text.split("\n\n") if part.strip())


RESTATED = (
    Column("cause", "Cause", "why figures changed", kind="long", width=40),
    Column(
        "figures",
        "Final figures restated",
        "figures that moved by a point, by a twentieth, or in their state",
        "count",
        16,
    ),
    Column("records", "Records", "records that changed", "count"),
    Column("why", "Reason", "the reason as it was given", kind="long", width=50),
)


def restated(facts: Facts, report: str, period: str) -> list[Block]:
    """What the report restates of the last one of its kind, by cause and with the reasons."""
    since, rows = restatement(facts, report, period)
    if not since:
        first = (
            "It is the first report of its kind, or stands on the same release as the last one: nothing is restated."
        )
        return [Heading("Restated since the last report"), Paragraph(first)]
    if rows is None:
        told = f"The last report of this kind stands on release {since}; what changed since is not worked out yet."
        return [Heading("Restated since the last report"), Paragraph(told)]
    lines = [row | {"cause": changes.TITLES[row["cause"]], "why": row["why"] or ""} for row in rows]
    note = f"Against release {since}, on which the last report of this kind stands."
    none = f"No final figure was restated materially since release {since}."
    return [
        Heading("Restated since the last report"),
        Table(
            "Restated",
            "Final figures restated since the last report",
            RESTATED,
            lines,
            note=note,
            empty=none,
            row_header="cause",
        ),
    ]


def unexplained(facts: Facts, report: str, period: str) -> list[str]:
    """What is restated of the last report and nobody has worked out, or said why: a sentence each."""
    since, rows = restatement(facts, report, period)
    if since and rows is None:
        return [
            f"The last such report stands on release {since}, and what {facts.release} changes of it has not been worked out: run"
            f" `cities311 diff {since} {facts.release}`."
        ]
    return [
        f"{row['figures']:,} final figures that the last such report told, on release {since}, are restated ({row['cause']})"
        f" without a reason: give it with `cities311 diff {since} {facts.release} --because {row['cause']} --who WHO --why REASON`."
        for row in reports.silent(rows or [])
    ]


def restatement(facts: Facts, report: str, period: str) -> tuple[str, list[Row] | None]:
    """The release of the last report of that kind (empty: none), and the table of what is restated since (None: not worked out).

    Of a report that stands submitted on this release both are as they were then.
    """
    folder, at = facts.home / "decisions", submitted(facts, report, period)
    now = reports.stands(folder).get((report, period))
    since = now.since if now and at else reports.before(folder, report, period, facts.release)
    return since, reports.restated(folder, facts.home, report, since, facts.release, period, at) if since else None


def submitted(facts: Facts, report: str, period: str) -> datetime | None:
    """When a report was submitted on this release, where it still stands so; None: it does not."""
    now = reports.stands(facts.home / "decisions").get((report, period))
    if now is None or now.release != facts.release or not now.is_told:
        return None
    last = [step for step in now.steps if step["step"] == "submit"][-1]
    return datetime.fromisoformat(last["at"])

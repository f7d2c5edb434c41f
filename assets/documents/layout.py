"""What the template of paper is told of a Document: its words as text, and on what page and in which widths a table fits."""

import math
from collections.abc import Sequence
from datetime import UTC
from typing import Any, NamedTuple

from assets import format as fmt
from assets.documents.document import NUMERIC, Block, Boxes, Chart, Column, Document, Heading, Paragraph, Table, text
from assets.releases.seal import SYNTHETIC

SYNTHETIC_MARK = "Synthetic data: made up for demonstration"
# widths between the margins of template.typ and sizes of type, in points, in the order in which a table tries them
UPRIGHT, LYING = 489.6, 669.6
FITS = ((UPRIGHT, 9.5), (UPRIGHT, 8.5), (LYING, 9.0), (LYING, 8.0))
PADDING = 10.0  # of a cell, both sides
# ems that a letter takes in Source Sans, semibold and a little rounded up
LETTER, CAPITAL = 0.53, 0.66  # digits and small letters; others
ODD = dict.fromkeys(" .,;:'!|()/-fijlrtI", 0.36) | dict.fromkeys("mwMW@%", 0.87)
LONGEST = 24  # letters of a word that is kept whole; a longer one may break anywhere
TALL = 4  # lines of a cell for which a table of more than a few columns takes smaller type or lies
FEW = 4
SHORT = (26, 16)  # letters of a cell that had better stay on one line: the most that fit are kept so
LINES = 20  # of a cell that may break over pages; a lower row stays on its page
RAGGED = 1.2  # what lines that end between words take more than their letters
HALF_ROW = 46  # letters of an entry for which half a row of a form is enough; of its label, in smaller type, 8 more
SIGNS = frozenset(("$", fmt.MINUS))  # as wide as a digit
Plain = dict[str, Any]


def told(document: Document) -> Plain:
    """What template.typ is told, in types of JSON."""
    d = document
    at = d.at.astimezone(UTC) if d.at.tzinfo else d.at  # never by the zone of this machine
    period = text(Column("", "", "", "period"), {"": d.period})
    facts = {
        "Report": d.report,
        "Period": period,
        "Release": d.release,
        "Data as of": fmt.day(d.as_of),
        "State": d.state,
    }
    standing = ["Draft"] * (d.state == "Draft") + [SYNTHETIC_MARK] * d.synthetic
    return {
        "title": d.title,
        "subtitle": d.subtitle,
        "program": d.program,
        "state": d.state,
        "keywords": [word for word in (d.report, d.period, d.release, d.state, "synthetic data" * d.synthetic) if word],
        "at": {part: getattr(at, part) for part in ("year", "month", "day", "hour", "minute", "second")},
        "facts": [[name, value] for name, value in facts.items() if value],
        "footer": f" {fmt.MIDDLE_DOT} ".join((d.program, d.report, period, f"Release {d.release}")),
        "standing": f" {fmt.MIDDLE_DOT} ".join(standing),
        "warning": SYNTHETIC if d.synthetic else "",
        "sections": _sections(d.printed()),
    }


def _sections(blocks: Sequence[Block]) -> list[Plain]:
    """Blocks in runs of pages that stand or lie; the headings of what lies are on its page."""
    sections: list[Plain] = [{"lying": False, "blocks": []}]
    level = 0
    for block in blocks:
        told = _block(block)
        if isinstance(block, Heading):
            level = told["level"] = min(block.level, level + 1)  # PDF/UA: no level is skipped
        lying, last = told.get("lying", False), sections[-1]["blocks"]
        if lying != sections[-1]["lying"]:
            cut = len(last)
            while lying and cut and last[cut - 1]["kind"] == "heading":
                cut -= 1
            if cut:
                sections.append({"lying": lying, "blocks": last[cut:]})
                del last[cut:]
            else:  # nothing yet but headings: the first page lies too
                sections[-1]["lying"] = lying
        sections[-1]["blocks"].append(told)
    return sections


def _block(block: Block) -> Plain:
    match block:
        case Heading():
            return {"kind": "heading", "text": block.text, "level": block.level}
        case Paragraph():
            return {"kind": "paragraph", "text": block.text}
        case Boxes():
            return {"kind": "boxes", "title": block.title, "boxes": _boxes(block)}
        case Table():
            return {"kind": "table", "title": block.title, "note": block.note, "empty": block.empty, **_table(block)}
        case Chart():
            return {"kind": "chart", **_chart(block)}


def _boxes(block: Boxes) -> list[tuple[str, str, str | None, int]]:
    """Boxes with the columns (of two) that each takes: both where it has much to say, or where half a row would stay empty."""
    wide = [max(len(label) - 8, len(value or "")) > HALF_ROW for _, label, value in block.boxes] + [True]
    told, left = [], True
    for n, (number, label, value) in enumerate(block.boxes):
        span = 2 if wide[n] or (left and wide[n + 1]) else 1
        left = left if span == 2 else not left
        told.append((number, label, value, span))
    return told


def _chart(chart: Chart) -> Plain:
    points = [{**vars(p), "value": None if p.value is None else float(p.value)} for p in chart.points]
    key = ["Hatched, dashed outline: provisional."] * any(p.provisional for p in chart.points)
    key += ["Thin line with ends: interval."] * any(p.low is not None and p.high is not None for p in chart.points)
    target = chart.target_text or (f"Target {chart.target:,g}" if chart.target is not None else "")
    return {**vars(chart), "points": points, "key": " ".join(key), "target_text": target}


def _table(table: Table) -> Plain:
    columns = [column for column in table.columns if column.paper]
    rows = [[text(column, row) for column in columns] for row in table.rows]
    wanted = [_wanted(column, [row[n] for row in rows]) for n, column in enumerate(columns)]
    tall = TALL if len(columns) > FEW else LINES
    for page, size in FITS:
        widths, lines = _widths(wanted, (page - PADDING * len(columns)) / size)
        if lines <= tall:
            break
    told = [
        {
            "title": column.title,
            "width": round(width * size + PADDING, 2),
            "right": column.kind in NUMERIC,
            "head": column.name == table.row_header,
            "most": LONGEST if lines <= LINES else max(1, min(LONGEST, int(width / CAPITAL))),
            "page": int(width / CAPITAL) * LINES,
        }
        for column, width in zip(columns, widths, strict=True)
    ]
    return {"lying": page == LYING, "size": size, "columns": told, "rows": rows}


class Wanted(NamedTuple):
    """Of a column, in ems: below what its words break; what keeps short cells on one line (31 of 50, 12 engagements), where there
    is room; its longest cell or title on one line; wraps: whether more room is of use to it."""

    need: float
    short: tuple[float, ...]
    whole: float
    wraps: bool


def _wanted(column: Column, texts: Sequence[str]) -> Wanted:
    words = sorted({word for words in (column.title, *texts) for word in words.split()}, key=len)[-5:]
    whole = max(_ems(max(texts, key=len, default="")), _ems(column.title))
    need = max((_ems(word[:LONGEST]) for word in words), default=1.0)
    need = max(need, _ems(column.title) / 2, min(whole, LONGEST * LETTER) if column.kind in ("day", "period") else 0.0)
    short = [max((_ems(cell) for cell in texts if len(cell) <= most), default=0.0) for most in SHORT]
    return Wanted(need, tuple(max(need, ems) for ems in short), whole, column.kind in ("text", "long"))


def _widths(wanted: Sequence[Wanted], room: float) -> tuple[list[float], float]:
    """Widths of columns that fill the room, such that the tallest row has the fewest lines; and how many those are."""
    least = [w.need for w in wanted]
    if sum(least) > room:  # too much for the page: every column gives way, and words break
        return [width * room / sum(least) for width in least], math.inf
    for tier in range(len(SHORT)):
        if sum(w.short[tier] for w in wanted) <= room:
            least, wanted = [w.short[tier] for w in wanted], [w._replace(need=w.short[tier]) for w in wanted]
            break
    lines, widths = 0, [math.inf]
    while sum(widths) > room:
        lines += 1
        spare = RAGGED if lines > 1 else 1.0
        widths = [max(w.need, min(w.whole, w.whole * spare / lines)) for w in wanted] if lines < LINES else least
    takes = [width * w.wraps for w, width in zip(wanted, widths, strict=True)]  # what is left goes to text
    takes = takes if any(takes) else widths
    return [w + (room - sum(widths)) * take / sum(takes) for w, take in zip(widths, takes, strict=True)], lines


def _ems(words: str) -> float:
    return sum(ODD.get(c) or (LETTER if c.islower() or c.isdecimal() or c in SIGNS else CAPITAL) for c in words)

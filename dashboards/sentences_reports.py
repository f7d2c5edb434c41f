"""What the page Reports says in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from assets import format as fmt
from dashboards import reporting

Row = Mapping[str, Any]


def finding(rows: Sequence[Row]) -> str:
    """What is late and what is due next: the page's sentence. rows: the calendar, by due day."""
    late = [row for row in rows if row["state"] == reporting.LATE]
    ahead = [row for row in rows if row["state"] not in (reporting.LATE,) and row["submitted_on"] is None]
    if not rows:
        return "When reports are due is not known: the award states no regime and frequency."
    told = (
        f"{fmt.quantity(len(late), 'reports')} {'is' if len(late) == 1 else 'are'} late"
        if late
        else "No report is late"
    )
    if not ahead:
        return f"{told}, and none is to come."
    first = ahead[0]
    return f"{told}; next is the {title(first)} of {first['titled']}, due on {fmt.day(first['due_on'])}."


def title(row: Row) -> str:
    """final SF-425 federal financial report."""
    name = reporting.TITLES[row["report"]]
    name = name if name.startswith("SF") else name[0].lower() + name[1:]
    return f"final {name}" if row["is_final"] else name


def lacks(missing: Sequence[str]) -> str:
    """Whether a report is complete."""
    if not missing:
        return "It is complete."
    return f"It lacks {fmt.quantity(len(missing), 'things')}, and can be had as a draft only:"

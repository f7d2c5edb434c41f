"""What the page Review says in words."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from assets import format as fmt
from dashboards.deciding import CORRECTIONS, Standing
from dashboards.reporting import TITLES as TITLES


def finding(found: Sequence[Standing]) -> str:
    """How many reports wait for whom: the page's sentence."""
    if not found:
        return "No report has been submitted yet."
    count = Counter(each.state for each in found)
    waiting, done = count["submitted"], count["approved"] + count["locked"]
    parts = [
        f"{fmt.number(waiting) if waiting else 'No'} {'reports wait' if waiting > 1 else 'report waits'} for a decision",
        f"{fmt.number(done) if done else 'none'} {'are' if done > 1 else 'is'} approved"
        + (f", {fmt.number(count['locked'])} of them locked" if count["locked"] and done > 1 else ""),
    ]
    if count["returned"]:
        parts.insert(1, f"{fmt.number(count['returned'])} {'was' if count['returned'] == 1 else 'were'} returned")
    return "; ".join(parts) + "."


def stands(now: Standing, period: Mapping[str, Any]) -> str:
    """Where one report stands, and on what."""
    words = fmt.period_short(period["period_type"], period["period"])
    on = f" on release [{now.release}](?release={now.release})" if now.release else ""
    return f"{TITLES[now.report]}, {words}: **{now.state}**{on}."


def restates(rows: Sequence[Mapping[str, Any]] | None, since: str, release: str) -> str:
    """What a report restates of the last one of its kind, and what stands in its way; rows: None where nobody knows yet."""
    link = f"[what changed](changes?old={since}&release={release})"
    if rows is None:
        return (
            f"The last such report stands on release {since}. What {release} changes of it has not been worked out yet: "
            f"`cities311 diff {since} {release}` does it."
        )
    if not rows:
        return f"No final figure that the last such report told, on release {since}, is restated materially; {link}."
    missing = sum(row["why"] is None and row["cause"] in CORRECTIONS for row in rows)
    need = (
        f" {fmt.number(missing)} of the causes still {'needs' if missing == 1 else 'need'} a reason." if missing else ""
    )
    return f"Final figures that the last such report told, on release {since}, are restated materially: {link}.{need}"

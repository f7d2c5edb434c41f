"""Review of reports: draft, submitted, returned or approved, locked. Every step is a line of the log `review`.

A report is of one period and stands on one release, named when it is submitted; that release is kept as long as any
report was ever submitted on it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from assets import decisions
from assets.decisions import Lines, Refused
from assets.raw.casts import file
from assets.releases import publish, seal

LOG = "review"
REPORTS = ("sf425", "performance", "city", "expansion")
MOVES = {  # step: the states in which it may be taken, and the state that it leads to
    "submit": (("draft", "returned"), "submitted"),
    "return": (("submitted",), "returned"),
    "approve": (("submitted",), "approved"),
    "lock": (("approved",), "locked"),
}
DONE = ("approved", "locked")


@dataclass(frozen=True)
class Standing:
    """How far the report of a period has come. steps: the lines of the log about it, oldest first; at is UTC."""

    report: str
    period: str
    state: str = "draft"
    release: str = ""
    embargo_until: str = ""  # an instant, UTC; empty where there is none
    steps: tuple[dict[str, Any], ...] = ()

    def embargoed(self, now: datetime) -> bool:
        """Whether what was submitted may not be shown outside of the program yet."""
        return bool(self.embargo_until) and now < datetime.fromisoformat(self.embargo_until)


def standing(lines: Iterable[dict[str, Any]]) -> dict[tuple[str, str], Standing]:
    """Where each report stands by the lines of its log; one that nobody submitted is a draft, and not here."""
    found: dict[tuple[str, str], Standing] = {}
    for line in lines:
        key = line["report"], line["period"]
        was = found.get(key, Standing(*key))
        facts = {k: line[k] for k in ("release", "embargo_until")} if line["step"] == "submit" else {}
        found[key] = replace(was, state=MOVES[line["step"]][1], steps=(*was.steps, line), **facts)
    return found


def stands(folder: Path) -> dict[tuple[str, str], Standing]:
    """Where each report stands by the log in `folder`. Raises Refused where a line of it was changed."""
    if wrong := [fault for fault in decisions.broken(folder) if fault.startswith(f"{LOG}.jsonl")]:
        raise Refused(wrong[0])
    return standing(decisions.history(folder, LOG))


def needed(folder: Path) -> dict[str, list[str]]:
    """The releases on which a report was ever submitted, each with those reports; they are kept. Raises Refused."""
    found: dict[str, list[str]] = {}
    for each in stands(folder).values():
        for release in dict.fromkeys(line["release"] for line in each.steps if line["step"] == "submit"):
            state = each.state if release == each.release else "submitted before"
            found.setdefault(release, []).append(f"{each.report} {each.period} ({state})")
    return found


def take(
    folder: Path,
    releases: Path,
    step: str,
    report: str,
    period: str,
    who: str,
    why: str,
    release: str | None = None,
    embargo_until: datetime | None = None,
) -> Standing:
    """Takes a step with the report of a period; returns where it stands now.

    folder: the logs of decisions; releases: HOME/releases; release: the one to submit on, else the current one;
    embargo_until: with a zone. Raises Refused where the step is not the next, the period is not over or not known to the
    release, a miss has no reason, the period before is not approved, or the release is not as published.
    """
    if report not in REPORTS:
        raise Refused(f"no report is called {report!r}; there are: {', '.join(REPORTS)}")
    if step == "submit":
        release = release or publish.current(releases)
        if release is None or not (releases / release / seal.MANIFEST).exists():
            raise Refused(f"no release {release or 'yet'}; there are: {', '.join(publish.listing(releases)) or 'none'}")
        _ready(releases / release, period)
    elif release or embargo_until:
        raise Refused("a release and an embargo are stated when a report is submitted")
    until = embargo_until.astimezone(UTC).isoformat() if embargo_until else ""
    facts = {"release": release, "embargo_until": until} if step == "submit" else {}

    def allowed(lines: Lines) -> None:
        found = standing(lines)
        now = found.get((report, period), Standing(report, period))
        if now.state not in MOVES[step][0]:
            nexts = [s for s, (states, _) in MOVES.items() if now.state in states]
            told = f"the next step is to {' or '.join(nexts)} it" if nexts else "no step follows"
            raise Refused(f"{report} {period} is {now.state}; {told}")
        before = _before(releases / now.release, period) if step == "approve" else None
        if before and found.get((report, before), Standing(report, before)).state not in DONE:
            state = found.get((report, before), Standing(report, before)).state
            raise Refused(
                f"{report} {period} cannot be approved before {before}, the period before it, which is {state}"
            )

    decisions.record(folder, LOG, who, why, allowed=allowed, step=step, report=report, period=period, **facts)
    return stands(folder)[report, period]


def _ready(release: Path, period: str) -> None:
    """Raises Refused where the report of a period cannot be submitted on a release."""
    try:
        told = seal.verified(release)
    except seal.Altered as error:
        raise Refused(f"{error}; restore it from a copy, or submit on another") from error
    periods = {row[1]: row for row in _periods(release)}
    if period not in periods:
        raise Refused(
            f"release {release.name} knows no period {period!r}; the last are: {', '.join(list(periods)[-6:])}"
        )
    end = periods[period][3].isoformat()
    if periods[period][0] == "to_date" or end > told["as_of"]:
        raise Refused(f"{period} is not over by {told['as_of']}, the as-of date of release {release.name}")
    results = release / "target_results.parquet"
    if results.exists():
        missed = _rows(
            f"select distinct metric from read_parquet({file(results)}) where period = ? and blocks_report order by 1",
            [period],
        )
        if missed:
            names = ", ".join(metric for (metric,) in missed)
            raise Refused(
                f"{period}: targets were missed without a reason: {names}; send reason_missed with the targets"
            )


def _periods(release: Path) -> list[tuple[Any, ...]]:
    """(period_type, period, first day, last day) of each period that the release has figures of, by time."""
    values = file(release / "metric_values.parquet")
    return _rows(
        f"select distinct period_type, period, period_start, period_end from read_parquet({values}) order by 3, 4"
    )


def _before(release: Path, period: str) -> str | None:
    """The period of the same kind before; None for the first of the program."""
    known = _periods(release)
    (kind,) = {row[0] for row in known if row[1] == period}
    same = [row[1] for row in known if row[0] == kind]
    at = same.index(period)
    return same[at - 1] if at else None


def _rows(sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(sql, list(values)).fetchall()

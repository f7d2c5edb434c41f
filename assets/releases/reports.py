"""Review of reports: draft, submitted, returned or approved, locked. Every step is a line of the log `review`.

A report is of one period and stands on one release, named when it is submitted; that release is kept as long as any
report was ever submitted on it.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assets import decisions
from assets.decisions import Lines, Refused
from assets.releases import changes, publish, reportable, seal

LOG = "review"
REPORTS = ("sf425", "performance", "city", "expansion")
OF = {"sf425": "sf425_"}  # how the metrics of a report begin; the others tell every metric
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
    since: str = ""  # the release of the report before it, which it restates; empty where it is the same or the first
    embargo_until: str = ""  # an instant, UTC; empty where there is none
    steps: tuple[dict[str, Any], ...] = ()

    @property
    def is_told(self) -> bool:
        """Whether it was submitted and not returned since."""
        return self.state in ("submitted", *DONE)

    def embargoed(self, now: datetime) -> bool:
        """Whether what was submitted may not be shown outside of the program yet."""
        return bool(self.embargo_until) and now < datetime.fromisoformat(self.embargo_until)


def standing(lines: Lines) -> dict[tuple[str, str], Standing]:
    """Where each report stands by the lines of its log; one that nobody submitted is a draft, and not here.

    Raises Refused for a line that `decisions.record` did not write.
    """
    found: dict[tuple[str, str], Standing] = {}
    for line in decisions.ours(LOG, lines):
        key = line["report"], line["period"]
        was = found.get(key, Standing(*key))
        told = ("release", "since", "embargo_until") if line["step"] == "submit" else ()
        facts = {k: line.get(k, "") for k in told}
        found[key] = replace(was, state=MOVES[line["step"]][1], steps=(*was.steps, line), **facts)
    return found


def stands(folder: Path) -> dict[tuple[str, str], Standing]:
    """Where each report stands by the log in `folder`. Raises Refused where a line of it was changed."""
    return standing(decisions.verified(folder, LOG))


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
    if step != "submit" and (release or embargo_until):
        raise Refused("a release and an embargo are stated when a report is submitted")
    until = embargo_until.astimezone(UTC).isoformat() if embargo_until else ""
    releases.mkdir(parents=True, exist_ok=True)
    with publish.submissions(releases) as submitted:
        facts = {}
        if step == "submit":
            release = release or publish.current(releases)
            if release not in publish.listing(releases):
                raise Refused(
                    f"no release {release or 'yet'}; there are: {', '.join(publish.listing(releases)) or 'none'}"
                )
            _ready(releases / release, report, period)
            told = before(folder, report, period, release)
            if told:
                _explained(folder, releases.parent, report, told, release, period)
            _complete(releases.parent, report, period, release)
            facts = {"release": release, "since": told, "embargo_until": until}

        def allowed(lines: Lines) -> None:
            _next(standing(lines), releases, step, report, period)

        decisions.record(folder, LOG, who, why, allowed=allowed, step=step, report=report, period=period, **facts)
        submitted |= {facts["release"]} if facts else set()
    return stands(folder)[report, period]


def before(folder: Path, report: str, period: str, release: str) -> str:
    """The release on which such a report was submitted last, of whatever period; empty where it is this one, or there was none.

    What was returned counts too, for it was told; but not this period's own submission on this very release.

    folder: the logs of decisions. Raises Refused where the log is not as it was written.
    """
    lines = decisions.verified(folder, LOG)
    told = [line for line in lines if line["step"] == "submit" and line["report"] == report]
    last = [line["release"] for line in told if (line["period"], line["release"]) != (period, release)]
    return "" if not last or last[-1] == release else str(last[-1])


def known(folder: Path, report: str, period: str, release: str) -> Lines:
    """The lines of the log that the report of a period goes by: where it stands submitted on this release those from before it was,
    so that it stays as it was; else all. Raises Refused where a line of it was changed."""
    lines = decisions.verified(folder, LOG)
    now = standing(lines).get((report, period))
    if now is None or now.release != release or not now.is_told:
        return lines
    own = ("submit", report, period)
    return lines[: max(n for n, line in enumerate(lines) if (line["step"], line["report"], line["period"]) == own)]


def restated(
    folder: Path,
    home: Path,
    report: str,
    since: str,
    release: str,
    period: str,
    until: datetime | None = None,
) -> list[dict[str, Any]] | None:
    """The table of what a report restates: a row for each cause (changes.CAUSES) by which final figures of the periods that such a
    report told were restated materially since the release `since`: cause, figures, records (of the whole bridge), why and who
    (None: nobody said why).

    folder: the logs of decisions; until: when the report of `period` was submitted, after which reasons do not count. None where
    nobody has worked out what changed between the two.
    """
    bridge = changes.folder(home, since, release)
    if bridge is None:
        return None
    given, told = changes.reasons(folder, since, release, until), list[dict[str, Any]]()
    lines = known(folder, report, period, release)
    submitted = {line["period"] for line in lines if (line["step"], line["report"]) == ("submit", report)}
    periods = {p for name in submitted for p in reportable.told_of(home / "releases" / release, report, name)}
    material = [
        row
        for row in changes.rows(bridge, is_material=True)
        if row["metric"].startswith(OF.get(report, "")) and row["period"] in periods
    ]
    for row in changes.summary(bridge):
        cause, reason = row["cause"], given.get(row["cause"], {})
        if figures := sum(each["cause"] == cause for each in material):
            why, who = reason.get("why"), reason.get("who")
            told.append({"cause": cause, "figures": figures, "records": row["records"], "why": why, "who": who})
    return told


def silent(restated: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The causes of a table of `restated` that need a reason and have none."""
    return [row for row in restated if row["why"] is None and row["cause"] in changes.CORRECTIONS]


def _explained(folder: Path, home: Path, report: str, since: str, release: str, period: str) -> None:
    """Raises Refused where a report restates what one before it told, and nobody has said why."""
    if publish.later(since, release):
        raise Refused(
            f"the last such report stands on release {since}, which comes after {release}; submit on it or a later one"
        )
    told = restated(folder, home, report, since, release, period)
    if told is None:
        raise Refused(
            f"the last such report stands on release {since}, and what {release} changes of it has not been worked out; "
            f"`cities311 diff {since} {release}` does it"
        )
    if unsaid := silent(told):
        of = ", ".join(f"{row['cause']} ({row['figures']:,} figures)" for row in unsaid)
        raise Refused(
            f"final figures that the last such report told, on release {since}, are restated materially without a reason: {of}; "
            f"give it with `cities311 diff {since} {release} --because CAUSE --who WHO --why REASON`, or on the page Changes"
        )


def _next(found: dict[tuple[str, str], Standing], releases: Path, step: str, report: str, period: str) -> None:
    """Raises Refused where a step is not the next with a report, or comes before the period before it is approved."""
    now = found.get((report, period), Standing(report, period))
    if now.state not in MOVES[step][0]:
        nexts = [s for s, (states, _) in MOVES.items() if now.state in states]
        told = f"the next step is to {' or '.join(nexts)} it" if nexts else "no step follows"
        raise Refused(f"{report} {period} is {now.state}; {told}")
    if step == "approve":
        _whole(releases / now.release)
        for before in reportable.before(releases / now.release, report, period):
            state = found.get((report, before), Standing(report, before)).state
            if state not in DONE:
                raise Refused(
                    f"{report} {period} cannot be approved before {before}, the period before it, which is {state}"
                )


def _whole(release: Path) -> dict[str, Any]:
    """The manifest of a release that is as published. Raises Refused."""
    try:
        return seal.verified(release)
    except seal.Altered as error:
        raise Refused(f"{error}; restore it from a copy") from error
    except OSError as error:
        raise Refused(f"release {release.name} is gone; restore it from a copy") from error


def _ready(release: Path, report: str, period: str) -> None:
    """Raises Refused where the report of a period cannot be submitted on a release."""
    told = _whole(release)
    periods = {row[1]: row for row in reportable.periods(release, report)}
    if period not in periods:
        raise Refused(
            f"release {release.name} knows no period {period!r}; the last are: {', '.join(list(periods)[-6:])}"
        )
    end = periods[period][3].isoformat()
    if periods[period][0] == "to_date" or end > told["as_of"]:
        raise Refused(f"{period} is not over by {told['as_of']}, the as-of date of release {release.name}")
    due = [name for _, name, _, last in reportable.calendar(release, report) if last.isoformat() <= told["as_of"]]
    if due and period not in due:
        last = ", ".join(list(dict.fromkeys(due))[-4:])
        raise Refused(f"no award has a {report} report of {period}; those of the calendar are: {last}")
    missed = reportable.blocking(release, "target_results", "metric", "blocks_report", period)
    unclassified = reportable.blocking(release, "topic_gates", "reason", "blocks", period)
    reasons = (
        [f"targets were missed without a reason: {', '.join(missed)}; send reason_missed with the targets"]
        if missed
        else []
    )
    if reasons + unclassified:
        raise Refused(f"{period}: {'; '.join(reasons + unclassified)}")


def _complete(home: Path, report: str, period: str, release: str) -> None:
    """Raises Refused where the report itself would be refused: what it lacks, each with what to do."""
    from assets.documents import packs
    from assets.documents.facts import Incomplete, opened

    with opened(home, release) as facts:
        # a release from before there were these rules is submitted by the ones of its time
        if facts.has("sf425_checks") and (lacks := packs.missing(facts, report, period)):
            raise Incomplete(report, period, lacks)

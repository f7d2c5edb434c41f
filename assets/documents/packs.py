"""The reports of a release as files: PDF, workbook, data and their dictionary. The command, the Dagster job and the page make
them here, and so make the same bytes."""

from collections.abc import Iterator
from pathlib import Path

from assets.decisions import Refused
from assets.documents import (
    book,
    budget,
    bundle,
    city,
    common,
    expansion,
    flat,
    pdf,
    performance,
    program,
    sf425,
    sf425_gate,
)
from assets.documents.document import Document
from assets.documents.facts import Facts, Incomplete, opened
from assets.releases import changes, correction_book, reports, seal
from assets.whole import whole

TITLES = {
    sf425.NAME: "SF-425 federal financial report",
    performance.NAME: "Performance report",
    budget.NAME: "Budget and spending",
    program.NAME: "Impact report",
    city.NAME: "City reports",
    expansion.NAME: "Expansion memo",
}
REPORTS = tuple(TITLES)
TO_HUD = (sf425.NAME, performance.NAME, budget.NAME)  # what is submitted together
BUNDLE = "bundle"


def missing(facts: Facts, report: str, period: str) -> list[str]:
    """What a report lacks: a sentence for each thing, with what to do. Raises Refused where there can be no such report."""
    if report in TO_HUD and not facts.has("sf425_checks"):
        raise Refused(
            f"release {facts.release} is from before these reports, and lacks what they are made of; `cities311 run` publishes one"
        )
    checks = {sf425.NAME: sf425_gate.missing, performance.NAME: performance.missing}
    return checks[report](facts, period) if report in checks else []


def documents(
    facts: Facts, report: str, period: str, cities: list[str] | None = None, draft: bool = False
) -> Iterator[Document]:
    """The report of a period; of report city one for each city named, else for each that used a service in the period.

    draft: also of what is not complete; the document then says that it is a draft, and what it lacks. Raises Incomplete, and
    Refused where there is no such report, period or city.
    """
    if report not in REPORTS:
        raise Refused(f"no report is called {report!r}; there are: {', '.join((*REPORTS, BUNDLE))}")
    if cities and report != city.NAME:
        raise Refused("cities are named for report city alone")
    lacks = missing(facts, report, period)
    if lacks and not draft:
        raise Incomplete(report, period, lacks)
    match report:
        case city.NAME:
            yield from (city.build(facts, period, one) for one in city.chosen(facts, period, cities))
        case program.NAME:
            yield program.build(facts, period)
        case expansion.NAME:
            yield expansion.build(facts, period)
        case _:
            builders = {sf425.NAME: sf425.build, performance.NAME: performance.build, budget.NAME: budget.build}
            yield builders[report](facts, period, lacks)


def files(document: Document) -> dict[str, bytes]:
    """The files of a report by name."""
    return {
        f"{document.name}.pdf": pdf.write(document),
        f"{document.name}.xlsx": book.write(document),
        f"{document.name}.csv": flat.csv(document),
        f"{document.name}.dictionary.csv": flat.dictionary(document),
    }


def submission(facts: Facts, period: str, draft: bool = False) -> dict[str, bytes]:
    """The bundle of a period: one zip with HUD's reports, their data, the manifest of the release, what is restated, and the hash
    of each file.

    Raises Refused where the SF-425 and the performance report do not stand submitted on this release, or lack anything; draft:
    not even then.
    """
    if not draft:
        _submitted(facts, period)
    held: dict[str, bytes] = {}
    for report in TO_HUD:
        for document in documents(facts, report, period, draft=draft):
            held |= files(document)
    held[seal.MANIFEST] = (facts.folder / seal.MANIFEST).read_bytes()
    held["restatements.csv"] = _restated(facts, period)
    since, _ = common.restatement(facts, sf425.NAME, period)
    bridge = changes.folder(facts.home, since, facts.release) if since else None
    if bridge is not None:
        given = changes.reasons(
            facts.home / "decisions", since, facts.release, common.submitted(facts, sf425.NAME, period)
        )
        held["restatements.xlsx"] = correction_book.write(facts.home / "releases", bridge, since, facts.release, given)
    return {f"submission-{period}.zip": bundle.pack(held, facts.at)}


def _restated(facts: Facts, period: str) -> bytes:
    """What each of the reports restates of the last one of its kind, by cause; the heading alone where that is nothing."""
    told = []
    for report in (sf425.NAME, performance.NAME):
        since, rows = common.restatement(facts, report, period)
        for row in rows or []:
            told.append((report, since, row["cause"], row["figures"], row["records"], flat.guarded(row["why"] or "")))
    return flat.written(("report", "since", "cause", "figures", "records", "why"), told)


def _submitted(facts: Facts, period: str) -> None:
    sf425_gate.quarter(facts, period)  # what is no period of the release was never submitted, nor can be
    facts.period(period)
    stands = reports.stands(facts.home / "decisions")
    for report in (sf425.NAME, performance.NAME):
        now = stands.get((report, period), reports.Standing(report, period))
        if not now.is_told:
            raise Refused(
                f"{report} {period} is {now.state}: the bundle holds what is submitted; `cities311 review submit {report} {period}`"
            )
        if now.release != facts.release:
            said = (
                f"{report} {period} was submitted on release {now.release}, and not on {facts.release}: name that one"
            )
            others = {stands[other, period].release for other in TO_HUD if (other, period) in stands}
            if len(others) > 1:
                said = f"the reports of {period} stand on different releases ({', '.join(sorted(others))}): return one"
                said += " (`cities311 review return`) and submit it on the release of the other"
            raise Refused(said)


def make(
    home: Path, release: str, report: str, period: str, cities: list[str] | None = None, draft: bool = False
) -> Iterator[tuple[str, bytes]]:
    """Each file of a report, or of the bundle, by name. Raises as `documents` and `submission` do."""
    with opened(home, release) as facts:
        if report == BUNDLE:
            yield from submission(facts, period, draft).items()
            return
        for document in documents(facts, report, period, cities, draft):
            yield from files(document).items()


def write(folder: Path, made: Iterator[tuple[str, bytes]]) -> Iterator[Path]:
    """Writes files, each whole; gives the path of each. Raises OSError."""
    for name, content in made:
        folder.mkdir(parents=True, exist_ok=True)
        with whole(folder / name) as part:
            part.write_bytes(content)
        yield folder / name

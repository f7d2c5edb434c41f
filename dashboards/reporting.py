"""The pages' door to the reports: what is due, what a report lacks, and its files, as the command makes them."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from assets.decisions import Refused as Refused
from assets.documents import packs
from assets.documents.facts import opened
from assets.documents.forms import LINES as LINES
from assets.documents.forms import RULES as RULES
from assets.releases import due
from dashboards import deciding, queries
from pipelines.settings import home

TITLES, REPORTS, CITY, BUNDLE = packs.TITLES, packs.REPORTS, "city", packs.BUNDLE
LATE, NOT_OVER = due.LATE, due.NOT_OVER
FORMATS = {"pdf": "PDF", "xlsx": "Workbook", "csv": "Data (CSV)", "dictionary.csv": "Data dictionary"}


def calendar(release: queries.Release) -> list[dict[str, Any]]:
    """The calendar of a release with how each report stands: on the as-of day of a synthetic release, else today.

    Raises Refused where the log of the review was changed.
    """
    today = due.looked_at({"as_of": release.as_of.isoformat(), "synthetic": release.synthetic}, datetime.now(UTC))
    rows = queries.rows(release, "report_calendar", "due_on, report, award_id")
    return [asdict(one) | {"titled": due.period(one.period)} for one in due.calendar(rows, deciding.stands(), today)]


def missing(release: str, report: str, period: str) -> list[str]:
    """What a report lacks, a sentence for each. Raises Refused where there can be none."""
    return _missing(release, report, period, _log())


@st.cache_data(show_spinner=False, max_entries=64)
def _missing(release: str, report: str, period: str, _stamp: Any) -> list[str]:
    with opened(home(), release) as facts:
        return packs.missing(facts, report, period)


def names(report: str, period: str, city: str | None) -> dict[str, str]:
    """The files of a report: name -> what it is. city: GEOID, for a city's report."""
    if report == BUNDLE:
        return {f"submission-{period}.zip": "Bundle for submission (zip)"}
    stem = f"{report}-{city}-{period}" if city else f"{report}-{period}"
    return {f"{stem}.{ending}": title for ending, title in FORMATS.items()}


def file(release: str, report: str, period: str, city: str | None, name: str, draft: bool) -> Callable[[], bytes]:
    """What makes one file of a report, when it is asked for."""

    def made() -> bytes:
        cities = [city] if city else None
        return dict(packs.make(home(), release, report, period, cities, draft))[name]

    return made


def _log() -> Any:
    """When the decisions changed last: what is restated, and why, follows from them."""
    logs = sorted((home() / "decisions").glob("*.jsonl"))
    return [(log.name, log.stat().st_mtime_ns, log.stat().st_size) for log in logs]

"""The only door to what people decide: the logs in HOME/decisions, through the functions that commands use too."""

from datetime import datetime
from pathlib import Path
from typing import Any

import streamlit as st

from assets.decisions import Refused
from assets.releases import changes, correction_book, reports
from assets.releases.changes import CAUSES, CORRECTIONS, MEANINGS, TITLES, k_of_n
from assets.releases.reports import DONE, MOVES, REPORTS, Standing
from pipelines.settings import home

__all__ = [
    "CAUSES",
    "CORRECTIONS",
    "DONE",
    "MEANINGS",
    "MOVES",
    "REPORTS",
    "TITLES",
    "Refused",
    "Standing",
    "k_of_n",
    "stands",
    "take",
]

Rows = list[dict[str, Any]]


def stands() -> dict[tuple[str, str], Standing]:
    """Where each report stands. Raises Refused where the log was changed."""
    return reports.stands(home() / "decisions")


def take(
    step: str, report: str, period: str, who: str, why: str, release: str | None = None, until: datetime | None = None
) -> Standing:
    """Takes a step with a report; release and embargo go with its submission. Raises Refused."""
    folder = home()
    return reports.take(folder / "decisions", folder / "releases", step, report, period, who, why, release, until)


def last(report: str, period: str, release: str) -> str:
    """The release of the last such report before that of this period; empty where it is this one, or there was none."""
    return reports.before(home() / "decisions", report, period, release)


def restated(report: str, since: str, release: str, period: str) -> Rows | None:
    """What a report restates since a release, by cause, with the reason for each; None where nobody has worked it out."""
    return reports.restated(home() / "decisions", home(), report, since, release, period)


def before(release: str) -> str | None:
    """The release that this one restates; None where it restates none, or does not say."""
    return changes.before(home() / "releases" / release)


def bridge(old: str, new: str) -> tuple[Rows, Rows] | None:
    """The figures and the records by which two releases differ; None where nobody has worked it out yet."""
    folder = changes.folder(home(), old, new)
    return None if folder is None else (_rows(folder, "restatements"), _rows(folder, "restated_records"))


def material(old: str, new: str) -> int | None:
    """How many final figures were restated materially between two releases; None where nobody has worked it out yet."""
    folder = changes.folder(home(), old, new)
    return None if folder is None else _material(folder)


@st.cache_data(show_spinner=False, max_entries=8)
def _material(folder: Path) -> int:
    return changes.material(folder)


def digest(old: str, new: str) -> str:
    """What changed between two releases as text, as the command tells it. Raises Refused where the log was changed."""
    folder = changes.folder(home(), old, new)
    return "" if folder is None else "\n".join(changes.digest(folder, old, new, reasons(old, new)))


def workbook(old: str, new: str) -> bytes:
    """The corrections between two releases, as HUD's next report takes them. Raises Refused where the log was changed."""
    folder = changes.folder(home(), old, new)
    assert folder is not None
    return correction_book.write(home() / "releases", folder, old, new, reasons(old, new))


@st.cache_data(show_spinner=False, max_entries=8)
def _rows(folder: Path, table: str) -> Rows:
    """A bridge never changes, so what is read of it may be kept."""
    return changes.rows(folder, table)


def reasons(old: str, new: str) -> dict[str, dict[str, Any]]:
    """The reason that stands for each cause of the changes between two releases. Raises Refused where the log was changed."""
    return changes.reasons(home() / "decisions", old, new)


def give(old: str, new: str, cause: str, who: str, why: str) -> None:
    """Records why figures changed by a cause. Raises Refused where nobody says who or why, or the log was changed."""
    changes.give(home() / "decisions", old, new, cause, who, why)

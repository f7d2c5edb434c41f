"""The only door to what people decide: the logs in HOME/decisions, through the functions that commands use too."""

from datetime import datetime

from assets.decisions import Refused
from assets.releases import reports
from assets.releases.reports import MOVES, REPORTS, Standing
from pipelines.settings import home

__all__ = ["MOVES", "REPORTS", "Refused", "Standing", "stands", "take"]


def stands() -> dict[tuple[str, str], Standing]:
    """Where each report stands. Raises Refused where the log was changed."""
    return reports.stands(home() / "decisions")


def take(
    step: str, report: str, period: str, who: str, why: str, release: str | None = None, until: datetime | None = None
) -> Standing:
    """Takes a step with a report; release and embargo go with its submission. Raises Refused."""
    folder = home()
    return reports.take(folder / "decisions", folder / "releases", step, report, period, who, why, release, until)

"""What the sample's reports say in words: remarks and accounts of each quarter and year. Made up, and of no person."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assets.sample import files
from assets.sample.engagements import DELIVERED_ON

YEARS = range(2015, 2018)
CASH = "Drawn in whole thousands of dollars days before the month's payments; paid out within the same month."
WORK = (
    "The desk answered the questions that cities sent and handed the longer ones to the teams. Teams worked on the ground with"
    " the cities whose applications were approved, and their recommendations went to the councils."
)
NEWS = (
    "Favorable: cities that were served by a team came back to the desk with follow-up questions. Adverse: several councils"
    " moved their votes to a later session; the milestones that wait for them moved too."
)
OVER = (
    "Work on the ground needs more travel and more contracts than the amended budget foresaw. The totals of the award are kept:"
    " personnel and fringe stay below their lines, and a second amendment that moves the difference is being prepared."
)
EARLY = (
    "Figures marked provisional are not final: requests of the last weeks can still be answered or reopened, and records of them"
    " can still arrive. The next report restates them with the reason."
)
LATE = (
    "Entries of the last weeks of the quarter can still arrive; they are restated in the next report with their reason."
)


def write(directory: Path) -> dict[str, Any]:
    """Writes narratives below `directory`: of each quarter from federal year 2015 on and each full year; none of 2014, so that
    a report without its texts can be seen to be refused. Returns how many there are."""
    rows = list(_rows())
    folder = directory / "narratives"
    files.write_csv(folder / "narratives.csv", ["report", "period", "section", "text"], rows)
    files.write_mapping(folder, {"narratives.csv": {"delivered_on": DELIVERED_ON.isoformat()}})
    return {"texts": len(rows)}


def _rows() -> Iterator[tuple[str, str, str, str]]:
    yield "sf425", "FY2014Q4", "cash_on_hand", CASH
    for year in YEARS:
        for period in (f"FY{year}", *(f"FY{year}Q{quarter}" for quarter in range(1, 5))):
            yield "sf425", period, "cash_on_hand", CASH
            yield "sf425", period, "provisional", LATE
            told = {"accomplishments": WORK, "developments": NEWS, "overruns": OVER, "provisional": EARLY}
            for section, text in told.items():
                yield "performance", period, section, text

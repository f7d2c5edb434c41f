"""When reports are due, by regime, report and frequency: due.yml, each row validated, none missing and none twice."""

from itertools import product
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from assets.catalog.reading import CatalogError, checked, content

Regime = Literal["24cfr84", "2cfr200"]
Report = Literal["sf425", "performance"]
Frequency = Literal["quarterly", "semi_annual", "annual", "final"]


class DueDays(BaseModel):
    """How many calendar days after its period a report is due, by the rules that govern the award."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    regime: Regime
    report: Report
    frequency: Frequency
    days: int = Field(ge=1, le=366, strict=True)
    source: str = Field(min_length=1)


def load(path: Path) -> list[DueDays]:
    """The rows of the file. Raises CatalogError naming file and row where one is wrong or said twice, or one is missing."""
    rows, found = content(path), dict[tuple[str, str, str], DueDays]()
    if not isinstance(rows, list):
        raise CatalogError(f"{path.name}: expected a list of rows")
    for number, told in enumerate(rows, 1):
        where = f"{path.name}, row {number}"
        row = checked(where, DueDays, told)
        key = row.regime, row.report, row.frequency
        if key in found:
            raise CatalogError(f"{where}: {' '.join(key)} is declared twice; keep one")
        found[key] = row
    # without its row a report would stand in no calendar, and nobody would be warned of it
    every = product(get_args(Regime), get_args(Report), get_args(Frequency))
    if missing := [" ".join(key) for key in every if key not in found]:
        raise CatalogError(f"{path.name}: no row says when these are due: {', '.join(missing)}")
    return list(found.values())

"""`LANDING/program.yml`: what the program is called, which day its figures look at, and by which rules. All optional."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from assets import declarations

NAME = "program.yml"
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2100, 12, 31)


class ServiceLevel(BaseModel):
    model_config = ConfigDict(extra="forbid")
    business_hours: int = 24
    calendar_hours: int = 72


class Criterion(BaseModel):
    """One criterion of the eligibility rule: `indicator operator threshold` in the period."""

    model_config = ConfigDict(extra="forbid")
    criterion: str
    indicator: str
    operator: Literal[">", ">=", "<", "<="]
    threshold: float
    period: str | None = None
    title: str


class Program(BaseModel):
    """The file's content; a key that nobody knows is an error, so that a misspelled one is not passed over."""

    model_config = ConfigDict(extra="forbid")
    program: str = "National Resource Network"
    as_of: date | None = None
    launched_on: date | None = None
    time_zone: str = "America/New_York"
    service_level: ServiceLevel = ServiceLevel()
    eligibility: list[Criterion] | None = None
    synthetic: bool = False

    @field_validator("as_of", "launched_on")
    @classmethod
    def _plausible(cls, day: date | None) -> date | None:
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            raise ValueError(f"{day} is not between {FIRST_DAY} and {LAST_DAY}")
        return day

    @field_validator("eligibility")
    @classmethod
    def _some(cls, criteria: list[Criterion] | None) -> list[Criterion] | None:
        if criteria == []:
            raise ValueError("a rule without criteria makes no city eligible; leave it out for the default rule")
        return criteria

    def last_day(self, given: date | None) -> date:
        """The last day the figures look at: as given, else the program's, else yesterday in its own zone."""
        return given or self.as_of or (datetime.now(ZoneInfo(self.time_zone)).date() - timedelta(days=1))


class ProgramError(Exception):
    """program.yml is not valid; the message names the key."""


def load(landing: Path) -> Program:
    """The program of a landing folder, with defaults where it has no program.yml. Raises ProgramError."""
    path = landing / NAME
    if not path.exists():
        misnamed = [p.name for p in landing.glob("program.*") if p.is_file()] if landing.is_dir() else []
        if misnamed:  # it may be what says that the data are synthetic
            raise ProgramError(f"{misnamed[0]} is not read; rename it to {NAME}")
        return Program()
    try:
        program = Program.model_validate(declarations.read(path.read_text(encoding="utf-8"), words=True))
        ZoneInfo(program.time_zone)
    except ValidationError as error:
        lines = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ProgramError(f"{NAME}: {lines}") from error
    except (declarations.Invalid, UnicodeDecodeError) as error:
        raise ProgramError(f"{NAME} is not valid YAML: {error}") from error
    except (KeyError, ValueError, OSError) as error:
        raise ProgramError(f"{NAME}: time_zone: {error}") from error
    return program

"""The only reader of environment variables and of where things lie."""

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def home() -> Path:
    """HOME of contract.md: raw/, quarantine/, warehouse/, decisions/ and releases/ (CITIES311_HOME, default data/)."""
    return Path(os.environ.get("CITIES311_HOME") or ROOT / "data").resolve()


def landing() -> Path:
    """Where files arrive (CITIES311_LANDING, default HOME/landing)."""
    return Path(os.environ.get("CITIES311_LANDING") or home() / "landing").resolve()


@dataclass(frozen=True)
class Layout:
    """Every path below one HOME."""

    home: Path

    @property
    def raw(self) -> Path:
        return self.home / "raw"

    @property
    def quarantine(self) -> Path:
        return self.home / "quarantine"

    @property
    def warehouse(self) -> Path:
        return self.home / "warehouse" / "cities311.duckdb"

    @property
    def releases(self) -> Path:
        return self.home / "releases"

    @property
    def dagster(self) -> Path:
        return self.home / "dagster"

    @property
    def lock(self) -> Path:
        return self.home / "warehouse" / "lock"

    @property
    def state(self) -> Path:
        return self.home / "warehouse" / "state.json"

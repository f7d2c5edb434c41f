"""The only reader of environment variables and of where things lie."""

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def home() -> Path:
    """HOME of contract.md: raw/, quarantine/, warehouse/, decisions/, releases/ and bridges/ (CITIES311_HOME, default data/)."""
    return Path(os.environ.get("CITIES311_HOME") or ROOT / "data").resolve()


def landing() -> Path:
    """Where files arrive (CITIES311_LANDING, default HOME/landing)."""
    return Path(os.environ.get("CITIES311_LANDING") or home() / "landing").resolve()


def contact() -> str:
    """An e-mail address that publishers are told when files are fetched (CITIES311_CONTACT); BLS asks for one."""
    return os.environ.get("CITIES311_CONTACT", "").strip()


def census_key() -> str:
    """The key of the Census Bureau's API (CENSUS_API_KEY)."""
    return os.environ.get("CENSUS_API_KEY", "").strip()


def bea_key() -> str:
    """The key of BEA's API (BEA_API_KEY)."""
    return os.environ.get("BEA_API_KEY", "").strip()


@dataclass(frozen=True)
class Layout:
    """Every path below one HOME."""

    home: Path

    def keeps(self, path: Path) -> bool:
        """Whether a path lies where the program keeps its own, and nobody else may write."""
        kept = (
            self.raw,
            self.quarantine,
            self.warehouse.parent,
            self.decisions,
            self.releases,
            self.bridges,
            self.dagster,
        )
        return any(path.resolve().is_relative_to(folder.resolve()) for folder in kept)

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
    def decisions(self) -> Path:
        return self.home / "decisions"

    @property
    def releases(self) -> Path:
        return self.home / "releases"

    @property
    def bridges(self) -> Path:
        return self.home / "bridges"

    @property
    def dagster(self) -> Path:
        return self.home / "dagster"

    @property
    def lock(self) -> Path:
        return self.home / "warehouse" / "lock"

    @property
    def state(self) -> Path:
        return self.home / "warehouse" / "state.json"

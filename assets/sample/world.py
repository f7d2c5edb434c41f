"""The sample's cast: which cities there are, when each became eligible, how busy each is. Every feed reads it."""

import csv
import zlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

REFERENCE = Path(__file__).parents[2] / "data" / "reference"
LAUNCHED_ON = date(2014, 5, 22)
AS_OF = date(2017, 9, 30)
EXPANSION = date(2014, 10, 31)
# Sizes 8, 10, 10, 10, 6, 6. The last wave has no full year after entry in the indicator files: "not yet" is a case too.
WAVES = {
    1: LAUNCHED_ON,
    2: EXPANSION,
    3: date(2015, 3, 2),
    4: date(2015, 7, 6),
    5: date(2015, 11, 2),
    6: date(2016, 5, 16),
}
LATER_EXPANSIONS = (date(2015, 2, 2), date(2015, 9, 1))

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Place:
    """A place of data/reference/sample_places.csv; wave is None for a city that is no pilot."""

    geoid: str
    name: str
    state: str
    latitude: float
    longitude: float
    county: str
    wave: int | None

    @property
    def short_name(self) -> str:
        """The name without its legal description: "Memphis"."""
        return self.name.rpartition(" ")[0]


@dataclass(frozen=True)
class World:
    """Arrays are aligned with cities. activity: relative number of desk requests a day; near zero for silent ones."""

    seed: int
    cities: list[Place]
    traps: list[Place]
    counties: list[tuple[str, str, str]]
    eligible_from: list[date]
    eligible_to: list[date | None]
    activity: Floats
    silent: Bools
    population_2010: Ints

    @property
    def pilots(self) -> list[int]:
        """Positions of the pilot cities."""
        return [i for i, city in enumerate(self.cities) if city.wave is not None]

    def first_treated_year(self, position: int) -> int | None:
        """The first calendar year that carries the planted effect: the one after the pilot's entry."""
        return None if self.cities[position].wave is None else self.eligible_from[position].year + 1


def generator(seed: int, feed: str) -> np.random.Generator:
    """A stream of its own for each feed, so that a longer feed does not move the others."""
    return np.random.Generator(np.random.PCG64([seed, zlib.crc32(feed.encode())]))


def build(seed: int) -> World:
    """Reads data/reference and draws what the cities are like."""
    with (REFERENCE / "sample_places.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with (REFERENCE / "sample_counties.csv").open(encoding="utf-8", newline="") as file:
        counties = [(row["county_fips"], row["name"], row["state"]) for row in csv.DictReader(file)]
    cities = [_place(row) for row in rows if row["role"] == "sample"]
    rng = generator(seed, "world")
    count = len(cities)
    pilot = np.array([city.wave is not None for city in cities])
    # All but a few of the other cities joined at the expansion; a few left again.
    late = set(rng.choice(np.flatnonzero(~pilot), 15, replace=False).tolist())
    left = set(rng.choice(np.flatnonzero(~pilot), 6, replace=False).tolist())
    eligible_from = [
        WAVES[city.wave] if city.wave else LATER_EXPANSIONS[i % 2] if i in late else EXPANSION
        for i, city in enumerate(cities)
    ]
    eligible_to = [date(2016, 6, 30) if i in left else None for i in range(count)]
    silent = np.zeros(count, dtype=bool)
    silent[rng.choice(np.flatnonzero(~pilot), 58, replace=False)] = True
    silent[rng.choice(np.flatnonzero(pilot), 3, replace=False)] = True
    activity = np.exp(rng.normal(0.0, 0.7, count)) * np.where(pilot, 6.0, 1.0)
    activity[silent] = np.where(rng.random(int(silent.sum())) < 0.8, 0.0, 0.02)
    population = np.exp(rng.normal(11.25, 0.5, count)).astype(np.int64)
    population = np.maximum(population, 37_500 + rng.integers(0, 9_000, count))
    return World(
        seed=seed,
        cities=cities,
        traps=[_place(row) for row in rows if row["role"] == "trap"],
        counties=counties,
        eligible_from=eligible_from,
        eligible_to=eligible_to,
        activity=activity,
        silent=silent,
        population_2010=population,
    )


def _place(row: dict[str, str]) -> Place:
    return Place(
        geoid=row["geoid"],
        name=row["name"],
        state=row["state"],
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        county=row["county_fips"],
        wave=int(row["wave"]) if row["wave"] else None,
    )

"""HUD formula allocations, one file a fiscal year, in the layout of the department's grantee file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from assets.sample import files
from assets.sample.population import STATE_NAMES
from assets.sample.world import World, generator

HEADER = [
    "OBJECTID", "UOGID", "NAME", "TYPE", "STUSAB", "STATE", "CDBG_AMT", "ESG_AMT", "HOME_AMT", "HOPWA_AMT", "TOT_AMT",
    "YEAR", "SHAPE_Length", "SHAPE_Area",
]  # fmt: skip
YEARS = (2014, 2015, 2016)
METROPOLITAN_FLOOR = 50_000


def write(folder: Path, world: World) -> dict[str, Any]:
    """Writes cpd_allocations_fyYYYY.csv. A city below the floor has no row; one drops to zero in the last year."""
    rng = generator(world.seed, "hud")
    granted = [i for i, people in enumerate(world.population_2010.tolist()) if people >= METROPOLITAN_FLOOR]
    dropped = granted[int(rng.integers(len(granted)))]
    need = rng.uniform(9.0, 28.0, len(world.cities))
    for year in YEARS:
        rows = list(_rows(world, granted, need * rng.uniform(0.95, 1.03), year, dropped if year == YEARS[-1] else -1))
        numbered = [[number, *row] for number, row in enumerate(rows, start=1)]
        files.write_csv(folder / f"cpd_allocations_fy{year}.csv", HEADER, numbered, encoding="utf-8-sig")
    files.write_mapping(folder, {f"*fy{year}.csv": {"delivered_on": f"{year}-06-15"} for year in YEARS})
    return {"zero_in_2016": world.cities[dropped].geoid, "grantee_cities": len(granted)}


def _rows(world: World, granted: list[int], need: Any, year: int, dropped: int) -> Iterator[list[Any]]:
    for state in STATE_NAMES:
        inside = [i for i in granted if world.cities[i].state == state]
        fips = next(city.geoid[:2] for city in world.cities if city.state == state)
        total = np.array([0, 0, 0, 0])
        for number, i in enumerate(inside, start=1):
            cdbg = 0 if i == dropped else int(world.population_2010[i] * need[i] * 0.8)
            # Smaller grants go only to those above the programs' own floors.
            esg = int(cdbg * 0.085) if cdbg > 1_500_000 else 0
            home = int(cdbg * 0.33) if cdbg > 900_000 else 0
            hopwa = int(cdbg * 0.18) if cdbg > 4_000_000 else 0
            amounts = np.array([cdbg, esg, home, hopwa])
            total += amounts
            name = world.cities[i].short_name.upper()
            yield _row(
                f"{fips}{1000 + 6 * number}", name, "51" if number % 3 else "52", state, fips, amounts, year, number
            )
        rest = np.round(total * 0.4).astype(np.int64) + 500_000
        yield _row(f"{fips}9999", STATE_NAMES[state].upper(), "21", state, fips, rest, year, 0)


def _row(uogid: str, name: str, kind: str, state: str, fips: str, amounts: Any, year: int, number: int) -> list[Any]:
    shape = [round(0.1 + number / 37, 9), round(0.001 + number / 911, 12)]
    return [uogid, name, kind, state, fips, *amounts.tolist(), int(amounts.sum()), year, *shape]

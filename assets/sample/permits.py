"""Building permits in the layout of the Census Bureau's annual place files, one a region and year."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from assets.sample import files
from assets.sample.world import Floats, World, generator

YEARS = range(2012, 2017)
REGIONS = {  # region, its name in files, and its states of the sample with their division
    1: ("ne", {"CT": 1, "MA": 1, "RI": 1, "NJ": 2, "NY": 2, "PA": 2}),
    2: ("mw", {"IL": 3, "IN": 3, "MI": 3, "OH": 3, "KS": 4, "MO": 4}),
    3: ("so", {"FL": 5, "GA": 5, "SC": 5, "AL": 6, "MS": 6, "TN": 6, "LA": 7, "TX": 7}),
    4: ("we", {"CA": 9, "WA": 9}),
}
SIZES = ("1-unit", "2-units", "3-4 units", "5+ units")
UNITS_A_BUILDING = np.array([1, 2, 4, 24])
VALUE_A_UNIT = (185_000, 140_000, 120_000, 105_000)
HEADER = (
    "Survey,State,6-Digit,County,Census Place,FIPS Place,FIPS MCD,Pop,CSA,CBSA,Footnote,Central,Zip,Region,Division,"
    "Number of,Place" + "".join(f",,{size}," for size in (*SIZES, *(f"{size} rep" for size in SIZES))),
    "Date,Code,ID,Code,Code,Code,Code,  ,Code,Code,Code,City,Code,Code,Code,Months Rep,Name,"
    + ",".join(8 * ["Bldgs,Units,Value"]),
)


def write(folder: Path, world: World) -> dict[str, Any]:
    """Writes {region}{year}a.txt. Some offices report no month, some only part of the year; some have no row at all."""
    rng = generator(world.seed, "permits")
    rate = np.exp(rng.normal(-6.2, 0.8, len(world.cities)))  # buildings of one unit a year and person
    silent: list[list[Any]] = []
    for year in YEARS:
        months = np.where(rng.random(len(rate)) < 0.9, 12, rng.integers(0, 12, len(rate)))
        no_row = set(rng.choice(len(rate), 3, replace=False).tolist())
        one = rng.poisson(world.population_2010 * rate)
        buildings = np.column_stack([one, rng.poisson(one * 0.02), rng.poisson(one * 0.01), rng.poisson(one * 0.03)])
        for region, (short, divisions) in REGIONS.items():
            inside = [i for i, city in enumerate(world.cities) if city.state in divisions and i not in no_row]
            rows = _rows(world, year, region, divisions, inside, months, buildings, rng.uniform(0.8, 1.3, len(rate)))
            path = folder / f"{short}{year}a.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            # the upper header line is a field short, and a blank one follows
            path.write_text("\n".join([HEADER[0][:-1], HEADER[1], " ", *rows, ""]), encoding="ascii", newline="\n")
        silent += [[world.cities[i].geoid, year] for i in np.flatnonzero(months == 0).tolist() if i not in no_row]
    files.write_mapping(folder, {f"*{year}a.txt": {"delivered_on": f"{year + 1}-05-01"} for year in YEARS})
    return {"no_month_reported": silent}


def _rows(
    world: World,
    year: int,
    region: int,
    divisions: dict[str, int],
    inside: list[int],
    months: Any,
    buildings: Any,
    cost: Floats,
) -> Iterator[str]:
    """One row a city, and one for the rest of each state's first county: it has no place."""
    state = ""
    for number, i in enumerate(sorted(inside, key=lambda i: world.cities[i].geoid), start=1):
        city = world.cities[i]
        estimated = buildings[i]
        reported = estimated * int(months[i]) // 12
        where = (year, region, divisions[city.state], city.geoid[:2], city.county[2:] or "001")
        if city.geoid[:2] != state:
            state = city.geoid[:2]
            rest = _counts(estimated // 2, cost[i])
            yield _row(*where, f"9{number:05d}", "99990", 12, "Unincorporated Area", [*rest, *rest])
        counts = [*_counts(estimated, cost[i]), *_counts(reported, cost[i])]
        yield _row(*where, f"{number:03d}000", city.geoid[2:], int(months[i]), city.short_name, counts)


def _counts(buildings: Any, cost: float) -> list[int]:
    """Buildings, units and dollars for each size of building."""
    units = (buildings * UNITS_A_BUILDING).tolist()
    return [
        n
        for many, homes, dollars in zip(buildings.tolist(), units, VALUE_A_UNIT, strict=True)
        for n in (many, homes, round(homes * dollars * cost))
    ]


def _row(
    year: int, region: int, division: int, state: str, county: str, office: str, place: str, months: int, name: str,
    counts: list[int],
) -> str:  # fmt: skip
    """Padded as the publisher pads: codes of places, population and ZIP code end with blanks."""
    lead = [year, state, office, county, "    ", f"{place} ", "00000 ", "  ", "999", "99999", " ", " ", f"{'':11}"]
    return ",".join(map(str, [*lead, region, division, months, name, *counts]))

"""Population in the formats of the Census Bureau: two SUB-EST vintages, and the gazetteer that names resolve by."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from assets.sample import files
from assets.sample.world import Ints, World, generator

BORN_AFTER_2010 = "0637692"  # Jurupa Valley, incorporated in 2011: no census count, no intercensal estimate
STATE_NAMES = {
    "AL": "Alabama", "CA": "California", "CT": "Connecticut", "FL": "Florida", "GA": "Georgia", "IL": "Illinois",
    "IN": "Indiana", "KS": "Kansas", "LA": "Louisiana", "MA": "Massachusetts", "MI": "Michigan", "MO": "Missouri",
    "MS": "Mississippi", "NJ": "New Jersey", "NY": "New York", "OH": "Ohio", "PA": "Pennsylvania",
    "RI": "Rhode Island", "SC": "South Carolina", "TN": "Tennessee", "TX": "Texas", "WA": "Washington",
}  # fmt: skip


def simulate(world: World) -> tuple[Ints, Ints]:
    """Places by 2000-2010 and places by 2010-2016 (cities, then traps): about a third lost 5 % or more by 2010."""
    rng = generator(world.seed, "population")
    count = len(world.cities) + len(world.traps)
    census = np.concatenate([world.population_2010, rng.integers(2_000, 36_000, len(world.traps))])
    change = np.where(rng.random(count) < 0.35, rng.uniform(-0.18, -0.05, count), rng.uniform(-0.05, 0.22, count))
    start = census / (1 + change)
    before = start[:, None] + (census - start)[:, None] * np.arange(11)[None, :] / 10
    wobble = 1 + rng.normal(0.0, 0.003, (count, 11))
    wobble[:, [0, 10]] = 1.0
    after = census[:, None] * (1 + rng.uniform(-0.008, 0.012, count)[:, None] * np.arange(7)[None, :])
    return np.round(before * wobble).astype(np.int64), np.round(after).astype(np.int64)


def write(directory: Path, world: World) -> dict[str, Any]:
    """Writes census_population and census_gazetteer below `directory`."""
    before, after = simulate(world)
    folder = directory / "census_population"
    years = [f"POPESTIMATE{year}" for year in range(2000, 2017)]
    head = ["SUMLEV", "STATE", "COUNTY", "PLACE", "COUSUB"]
    old = [*head, "NAME", "STNAME", "ESTIMATESBASE2000", *years[:10], "CENSUS2010POP", years[10]]
    files.write_csv(folder / "SUB-EST00INT.csv", old, _intercensal(world, before), encoding="latin-1")
    new = [
        *head,
        "CONCIT",
        "PRIMGEO_FLAG",
        "FUNCSTAT",
        "NAME",
        "STNAME",
        "CENSUS2010POP",
        "ESTIMATESBASE2010",
        *years[10:],
    ]
    files.write_csv(folder / "sub-est2016_all.csv", new, _vintage_2016(world, after), encoding="latin-1")
    files.write_mapping(folder, {
        "SUB-EST00INT.csv": {"delivered_on": "2012-07-10"}, "sub-est2016_all.csv": {"delivered_on": "2017-05-25"},
    })  # fmt: skip
    gazetteer = directory / "census_gazetteer"
    files.write_tabbed(gazetteer / "2014_Gaz_place_national.txt", _gazetteer(world))
    files.write_mapping(gazetteer, {"*.txt": {"delivered_on": "2014-05-01", "vintage": "2014"}})
    lost = [
        city.geoid
        for city, row in zip(world.cities, before.tolist(), strict=False)
        if row[10] <= 0.95 * row[0] and city.geoid != BORN_AFTER_2010
    ]
    return {"no_census_2010": BORN_AFTER_2010, "lost_5_pct_2000_2010": lost}


def _intercensal(world: World, people: Ints) -> Iterator[list[Any]]:
    for place, row in zip(world.cities + world.traps, people.tolist(), strict=True):
        if place.geoid != BORN_AFTER_2010:
            code = [place.geoid[:2], "000", place.geoid[2:], "00000"]
            yield ["162", *code, place.name, STATE_NAMES[place.state], row[0], *row[:10], row[10], row[10]]


def _vintage_2016(world: World, people: Ints) -> Iterator[list[Any]]:
    """Rows of several summary levels, as published: only 162 counts a place once and whole."""
    places = world.cities + world.traps
    totals = {s: people[[i for i, p in enumerate(places) if p.state == s]].sum(axis=0) * 4 for s in STATE_NAMES}
    state = ""
    for place, row in sorted(zip(places, people.tolist(), strict=True), key=lambda pair: pair[0].geoid):
        fips, name = place.geoid[:2], STATE_NAMES[place.state]
        if fips != state:
            whole = totals[place.state].tolist()
            yield ["040", fips, "000", "00000", "00000", "00000", "0", "A", name, name, whole[0], whole[0] + 7, *whole]
            state = fips
        # An estimate is not the count: the base is corrected, and the first year is a quarter later.
        figures: list[Any] = [row[0], row[0] + 3, *[value + 11 for value in row]]
        if place.geoid == BORN_AFTER_2010:
            figures[0] = "A"
        whole_place = [fips, "000", place.geoid[2:], "00000", "00000", "0", "A", place.name, name, *figures]
        yield ["162", *whole_place]
        if place.county:
            part = [fips, place.county[2:], place.geoid[2:], "00000", "00000", "1", "A", f"{place.name} (pt.)", name]
            yield ["157", *part, *figures]
        if place.state in ("CT", "MA", "RI"):
            town = [fips, place.county[2:], "00000", place.geoid[2:], "00000", "0", "A", place.name, name]
            yield ["061", *town, *figures]


def _gazetteer(world: World) -> Iterator[list[str]]:
    yield ["USPS", "GEOID", "ANSICODE", "NAME", "LSAD", "FUNCSTAT", "ALAND", "AWATER", "ALAND_SQMI", "AWATER_SQMI",
           "INTPTLAT", f"{'INTPTLONG':<130}"]  # fmt: skip
    rng = generator(world.seed, "gazetteer")
    kinds = {"city": "25", "town": "43", "village": "47", "borough": "21"}
    places = sorted(world.cities + world.traps, key=lambda place: place.geoid)
    for number, place in enumerate(places, start=1):
        land, water = (int(rng.integers(8_000_000, 300_000_000)), int(rng.integers(0, 9_000_000)))
        square_miles = [f"{land / 2_589_988:.3f}", f"{water / 2_589_988:.3f}"]
        lsad = kinds[place.name.rpartition(" ")[2]]
        yield [place.state, place.geoid, f"{90_000_000 + number}", place.name, lsad, "A", str(land), str(water),
               *square_miles, f"{place.latitude:.6f}", f"{place.longitude:11.6f}"]  # fmt: skip

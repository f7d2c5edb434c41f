"""Unemployment in the formats of the Bureau of Labor Statistics: county annual tables and flat files of cities."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from assets.sample import economy, files
from assets.sample.economy import Economy
from assets.sample.world import Place, World, generator

COUNTY_YEARS = range(2005, 2017)
MONTHS_FROM, LAST_MONTH = 2012, (2017, 6)
RELEASE, OLDER_RELEASE = "April 21, 2017", "April 18, 2014"
# Parishes that the 2005 storms left without an estimate, as in the publisher's own files.
NO_ESTIMATE = {"22051", "22071", "22075", "22087", "22089", "22095", "22103"}
MEASURES = {"03": "Unemployment Rate", "04": "Unemployment", "05": "Employment", "06": "Labor Force"}
SERIES = (
    "series_id area_type_code area_code measure_code seasonal srd_code series_title footnote_codes begin_year"
    " begin_period end_year end_period"
)
FOOTNOTES = {"N": "Not available.", "P": "Preliminary."}


def write(folder: Path, world: World, economy_: Economy) -> dict[str, Any]:
    """Writes laucntyYY.txt, older_release/, la.area, la.series, la.footnote, la.data.65.City; returns what is odd."""
    rng = generator(world.seed, "laus")
    force, jobless = (economy.annual(economy_.county_labor_force), economy.annual(economy_.county_unemployed))
    for year in COUNTY_YEARS:
        column = year - economy.FIRST_YEAR
        _county_table(
            folder / f"laucnty{year % 100:02d}.txt", world, year, force[:, column], jobless[:, column], RELEASE
        )
    # The first estimate of 2013, revised later in nearly every row.
    first_force = np.round(force[:, 8] * (1 + rng.normal(0.002, 0.004, len(force)))).astype(np.int64)
    first_jobless = np.round(jobless[:, 8] * (1 + rng.normal(0.01, 0.03, len(force)))).astype(np.int64)
    _county_table(folder / "older_release" / "laucnty13.txt", world, 2013, first_force, first_jobless, OLDER_RELEASE)

    files.write_tabbed(folder / "la.area", _areas(world))
    files.write_tabbed(folder / "la.series", _series(world))
    notes = [("footnote_code", "footnote_text"), *FOOTNOTES.items()]
    files.write_tabbed(folder / "la.footnote", notes)
    suppressed, missing = set(), set()
    for position in rng.choice(len(world.cities), 12, replace=False).tolist():
        suppressed.add((position, int(rng.integers(2012, 2017)), int(rng.integers(1, 13))))
    # A gap of three months, and a year without its annual average.
    gap = [int(i) for i in rng.choice(len(world.cities), 4, replace=False)]
    missing |= {(i, 2015, month) for i in gap for month in (4, 5, 6)}
    no_average = [(int(i), 2014, 13) for i in rng.choice(len(world.cities), 3, replace=False)]
    suppressed |= set(no_average)
    files.write_tabbed(folder / "la.data.65.City", _data(world, economy_, suppressed, missing), end="\n")
    files.write_mapping(folder, {
        "laucnty*.txt": {"delivered_on": "2017-04-21"},
        "older_release/*": {"delivered_on": "2014-04-18"},
        "la.*": {"delivered_on": "2017-09-06", "vintage": "2017-08-30"},
    })  # fmt: skip
    cities = world.cities
    return {
        "suppressed": [[cities[i].geoid, year, f"M{month:02d}"] for i, year, month in sorted(suppressed)],
        "missing": [[cities[i].geoid, year, f"M{month:02d}"] for i, year, month in sorted(missing)],
    }


def area_text(city: Place) -> str:
    """What BLS calls a city: Philadelphia is a county too, cities of Connecticut are towns too."""
    if city.geoid == "4260000":
        return "Philadelphia County/city, PA"
    return f"{city.short_name} city/town, CT" if city.state == "CT" else f"{city.name}, {city.state}"


def _county_table(path: Path, world: World, year: int, force: Any, jobless: Any, released: str) -> None:
    head = [
        f"                               Labor Force Data by County, {year} Annual Averages", "",
        f"{'':17}State  County", f"{'':17}FIPS   FIPS{'':66}Labor{'':21}Unemployed",
        f"   LAUS Code     Code   Code   {'County Name/State Abbreviation':50}Year"
        "         Force     Employed      Level     Rate",
        "",
    ]  # fmt: skip
    body = []
    for (fips, name, state), people, idle in zip(world.counties, force.tolist(), jobless.tolist(), strict=True):
        cells = [f"{people:,}", f"{people - idle:,}", f"{idle:,}", f"{100 * idle / people:.1f}"]
        if year <= 2006 and fips in NO_ESTIMATE:
            cells = ["N.A."] * 4
        place = f"CN{fips}00000000   {fips[:2]}     {fips[2:]}   {f'{name}, {state}':50}{year}"
        body.append(f"{place}{cells[0]:>14}{cells[1]:>13}{cells[2]:>11}{cells[3]:>9}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([*head, *body, "", "SOURCE:  BLS, LAUS", released]), encoding="utf-8", newline="\n")


def _areas(world: World) -> Iterator[list[str]]:
    # The publisher's header has no tab at its end, its rows have one.
    yield ["area_type_code", "area_code", "area_text", "display_level", "selectable", "sort_sequence"]
    for number, city in enumerate(world.cities, start=1):
        yield ["G", f"CT{city.geoid}000000", area_text(city), "0", "T", str(number), ""]


def _series(world: World) -> Iterator[list[str]]:
    yield SERIES.split(" ")
    for city in world.cities:
        for code, title in MEASURES.items():
            series = f"LAUCT{city.geoid}000000{code}"
            named = f"{title}: {area_text(city)} (U)"
            yield [f"{series:<30}", "G", f"CT{city.geoid}000000", code, "U", city.geoid[:2], named, "", "2005", "M01",
                   str(LAST_MONTH[0]), f"M{LAST_MONTH[1]:02d}"]  # fmt: skip


def _data(
    world: World, values: Economy, suppressed: set[tuple[int, int, int]], missing: set[tuple[int, int, int]]
) -> Iterator[list[str]]:
    """Months from MONTHS_FROM, annual averages (M13) of every complete year; numbers are right-aligned in 12."""
    yield [f"{'series_id':<30}", "year", "period", f"{'value':>12}", "footnote_codes"]
    force_year, idle_year = (economy.annual(values.city_labor_force), economy.annual(values.city_unemployed))
    for i, city in enumerate(world.cities):
        periods = []
        for column, year in enumerate(economy.years()):
            for month in range(1, 13) if year >= MONTHS_FROM else ():
                if (year, month) <= LAST_MONTH:
                    at = 12 * column + month - 1
                    periods.append((year, month, values.city_labor_force[i, at], values.city_unemployed[i, at]))
            if year < LAST_MONTH[0]:
                periods.append((year, 13, force_year[i, column], idle_year[i, column]))
        for measure in MEASURES:
            series = f"{f'LAUCT{city.geoid}000000{measure}':<30}"
            for year, month, force, idle in periods:
                if (i, year, month) in missing:
                    continue
                note = "N" if (i, year, month) in suppressed else "P" if (year, month) == LAST_MONTH else ""
                value = "-" if note == "N" else _value(measure, int(force), int(idle))
                yield [series, str(year), f"M{month:02d}", f"{value:>12}", note]


def _value(measure: str, force: int, idle: int) -> str:
    return {"03": f"{100 * idle / force:.1f}", "04": str(idle), "05": str(force - idle), "06": str(force)}[measure]

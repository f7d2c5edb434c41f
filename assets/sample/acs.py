"""The American Community Survey of 2008-2012 as its API answers: poverty by college enrollment, income, vacancy of cities."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from assets.sample import economy, files
from assets.sample.economy import Economy
from assets.sample.population import STATE_NAMES
from assets.sample.world import Floats, Ints, World, generator

YEAR, RELEASED = 2012, "2013-12-17"
# Poor and others alike: nursery school, kindergarten, grades 1-4, 5-8, 9-12, as shares of those who are not in college.
SCHOOL = (0.018, 0.015, 0.056, 0.056, 0.058)
HOUSEHOLDS_PER_SAMPLED = 12  # about one household in twelve answers in five years
LEAST_MARGIN = 13  # of an estimate of zero
OPEN_ENDED, NO_MARGIN, CONTROLLED = 250_001, -333_333_333, -555_555_555  # as the API writes them


def write(folder: Path, world: World, values: Economy) -> dict[str, Any]:
    """Writes 2012_acs5_<table>_place.json for four tables; about half the cities have a noncollege poverty of 20 % or more.

    Poverty follows the unemployment of 2008-2012; income falls and vacancy rises with it. One median is open-ended.
    """
    rng = generator(world.seed, "acs")
    months = slice(12 * (YEAR - 4 - economy.FIRST_YEAR), 12 * (YEAR + 1 - economy.FIRST_YEAR))
    idle = 100 * values.city_unemployed[:, months].sum(axis=1) / values.city_labor_force[:, months].sum(axis=1)
    poverty = np.clip(20.0 + 1.6 * (idle - np.median(idle)) + rng.normal(0.0, 4.0, len(idle)), 5.0, 45.0) / 100
    enrollment = _enrollment(np.round(world.population_2010 * 0.955).astype(np.int64), poverty, rng)

    everyone = np.round(enrollment[:, 0] * 1.045).astype(np.int64)  # with those under 3, poorer than the rest
    infants = np.round((everyone - enrollment[:, 0]) * np.minimum(1.3 * poverty, 0.9)).astype(np.int64)
    poor = np.column_stack([everyone, enrollment[:, 1] + infants])

    income = np.round(66_000 * np.exp(-2.2 * poverty + rng.normal(0.0, 0.08, len(idle)))).astype(np.int64)[:, None]
    income_margin = np.round(income * rng.uniform(0.02, 0.06, income.shape)).astype(np.int64)
    richest = int(np.argmin(poverty))
    income[richest], income_margin[richest] = OPEN_ENDED, NO_MARGIN

    units = np.round(world.population_2010 / 2.35).astype(np.int64)
    empty = np.clip(7.0 + 35 * (poverty - 0.2) + rng.normal(0.0, 2.5, len(idle)), 1.5, 30.0) / 100
    vacant = np.round(units * empty).astype(np.int64)
    housing = np.column_stack([units, units - vacant, vacant])
    housing_margin = _margins(housing)
    housing_margin[rng.random(len(units)) < 0.05, 0] = CONTROLLED

    _answer(folder, world, "B14006", enrollment, _margins(enrollment))
    _answer(folder, world, "B17001", poor, _margins(poor))
    _answer(folder, world, "B19013", income, income_margin)
    _answer(folder, world, "B25002", housing, housing_margin)
    files.write_mapping(folder, {"*.json": {"delivered_on": RELEASED}})
    college = enrollment[:, [8, 9]].sum(axis=1)
    base = enrollment[:, 0] - college - enrollment[:, [18, 19]].sum(axis=1)
    reached = 100 * (enrollment[:, 1] - college) >= 20 * base
    return {
        "open_ended_income": world.cities[richest].geoid,
        "noncollege_poverty_20_pct": [c.geoid for c, yes in zip(world.cities, reached.tolist(), strict=True) if yes],
    }


def _enrollment(people: Ints, poverty: Floats, rng: np.random.Generator) -> Ints:
    """Lines 001-021 of B14006, a row a city; a tenth of the cities are college towns, and students are poorer."""
    town = rng.random(len(people)) < 0.1
    under = np.round(people * np.where(town, rng.uniform(0.15, 0.3, len(people)), rng.uniform(0.03, 0.09, len(people))))
    graduate = np.round(under * rng.uniform(0.1, 0.25, len(people)))
    poor_under = np.round(under * rng.uniform(0.25, 0.5, len(people)))
    poor_graduate = np.round(graduate * rng.uniform(0.1, 0.35, len(people)))
    others = people - under - graduate
    poor_others = np.round(others * poverty)
    lines: list[Floats] = [people.astype(np.float64)]
    for rest, in_college in (
        (poor_others, (poor_under, poor_graduate)),
        (others - poor_others, (under - poor_under, graduate - poor_graduate)),
    ):
        school = [np.round(rest * share) for share in SCHOOL]
        left = rest - np.sum(school, axis=0)
        enrolled = rest - left + np.sum(in_college, axis=0)
        lines += [enrolled + left, enrolled, *school, *in_college, left]
    table: Ints = np.column_stack(lines).astype(np.int64)
    return table


def _margins(table: Ints) -> Ints:
    """90 percent margins of a simple sample of the first column, a row a city."""
    whole = np.maximum(table[:, :1], 1)
    variance = HOUSEHOLDS_PER_SAMPLED * table * (1 - table / (1.05 * whole))
    margins: Ints = np.maximum(np.round(1.645 * np.sqrt(variance)), LEAST_MARGIN).astype(np.int64)
    return margins


def _answer(folder: Path, world: World, table: str, estimates: Ints, margins: Ints) -> None:
    """One answer: arrays of text, the names first, the codes of the geography last, a line a place."""
    lines = range(1, estimates.shape[1] + 1)
    header = ["NAME", *(f"{table}_{line:03d}{kind}" for line in lines for kind in "EM"), "state", "place"]
    rows = [header]
    for city, estimate, margin in zip(world.cities, estimates.tolist(), margins.tolist(), strict=True):
        cells = [str(cell) for pair in zip(estimate, margin, strict=True) for cell in pair]
        rows.append([f"{city.name}, {STATE_NAMES[city.state]}", *cells, city.geoid[:2], city.geoid[2:]])
    folder.mkdir(parents=True, exist_ok=True)
    text = "[" + ",\n".join(json.dumps(row, separators=(",", ":"), ensure_ascii=False) for row in rows) + "]"
    (folder / f"{YEAR}_acs5_{table}_place.json").write_text(text, encoding="utf-8", newline="\n")

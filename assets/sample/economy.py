"""Invented unemployment of counties and cities, month by month, with the planted effect; files are made from it."""

from dataclasses import dataclass

import numpy as np

from assets.sample.world import Floats, Ints, World, generator

FIRST_YEAR, LAST_YEAR = 2005, 2017
# Percentage points from the January after a pilot's entry. Nothing is planted before it, nor on any other outcome.
EFFECT = -0.4
# One cycle for everyone, in points from 2005: what makes trends parallel without the program.
CYCLE = (0.0, -0.4, -0.2, 0.9, 4.0, 4.6, 4.1, 3.3, 2.6, 1.3, 0.5, 0.0, -0.3)


@dataclass(frozen=True)
class Economy:
    """Counts of persons by month: cities by months and counties by months from January 2005 to December 2017."""

    city_labor_force: Ints
    city_unemployed: Ints
    county_labor_force: Ints
    county_unemployed: Ints


def years() -> range:
    """The calendar years of the columns, twelve columns each."""
    return range(FIRST_YEAR, LAST_YEAR + 1)


def simulate(world: World) -> Economy:
    """Draws the rates as place + cycle + season + shocks + effect, then whole persons."""
    rng = generator(world.seed, "economy")
    span = len(years())
    codes = {fips: i for i, (fips, _, _) in enumerate(world.counties)}
    base = np.clip(rng.normal(5.2, 1.3, len(codes)), 3.0, 10.0)
    shock = rng.normal(0.0, 0.25, (len(codes), span))
    county_year = base[:, None] + np.array(CYCLE)[None, :] + shock
    county_rate = _monthly(county_year, rng)
    county_force = _force(np.exp(rng.normal(9.8, 1.2, len(codes))) + 400, span, rng)

    count = len(world.cities)
    # A city in several counties follows one of its state, drawn.
    home = np.array([codes.get(city.county, -1) for city in world.cities])
    for i in np.flatnonzero(home < 0).tolist():
        inside = [codes[fips] for fips, _, state in world.counties if state == world.cities[i].state]
        home[i] = inside[int(rng.integers(len(inside)))]
    pilot = np.array([city.wave is not None for city in world.cities])
    own = rng.uniform(-0.6, 3.6, count) + np.where(pilot, 0.9, 0.0)
    city_year = county_year[home] + own[:, None] + rng.normal(0.0, 0.2, (count, span)) + effects(world)
    city_rate = _monthly(city_year, rng)
    city_force = _force(world.population_2010 * rng.uniform(0.42, 0.5, count), span, rng)
    return Economy(
        city_force,
        np.round(city_force * city_rate / 100).astype(np.int64),
        county_force,
        np.round(county_force * county_rate / 100).astype(np.int64),
    )


def effects(world: World) -> Floats:
    """cities by years: EFFECT from each pilot's first treated year on, else zero."""
    planted = np.zeros((len(world.cities), len(years())))
    for position in world.pilots:
        first = world.first_treated_year(position)
        planted[position, [i for i, year in enumerate(years()) if first is not None and year >= first]] = EFFECT
    return planted


def annual(monthly: Ints) -> Ints:
    """The mean of each year's twelve months, in whole persons: rows by years."""
    mean: Ints = np.round(monthly.reshape(len(monthly), -1, 12).mean(axis=2)).astype(np.int64)
    return mean


def _monthly(yearly: Floats, rng: np.random.Generator) -> Floats:
    season = 0.4 * np.cos(np.arange(12) * np.pi / 6)
    rates = yearly[:, :, None] + season[None, None, :] + rng.normal(0.0, 0.1, (*yearly.shape, 12))
    return np.clip(rates, 0.8, 40.0).reshape(len(yearly), -1)


def _force(level: Floats, span: int, rng: np.random.Generator) -> Ints:
    """A labor force that drifts by up to half a percent a year."""
    drift = rng.uniform(-0.005, 0.005, len(level))[:, None] * np.arange(span * 12)[None, :] / 12
    noise = rng.normal(0.0, 0.003, (len(level), span * 12))
    force: Ints = np.round(level[:, None] * (1 + drift + noise)).astype(np.int64)
    return force

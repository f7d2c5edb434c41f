"""A synthetic network as landing files: real places, invented measurements; the same seed gives the same bytes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assets.sample import (
    acs,
    clock,
    desk,
    economy,
    engagements,
    hud,
    laus,
    ledger,
    narratives,
    outreach,
    permits,
    place_county,
    plans,
    population,
    request_events,
    requests,
    surveys,
    world,
)
from assets.sample.topics import TOPICS

REQUESTS = 20_000
README = """SYNTHETIC DATA

Written by the sample generator of cities311. Places are real by name and code; every request, dollar, date and
figure is invented and says nothing about any of them. truth.json states what was planted, for checking; the pipeline
never reads it.
"""
PROGRAM = """\
program: National Resource Network, synthetic sample
synthetic: true
as_of: {as_of}
launched_on: {launched_on}
time_zone: America/New_York
service_level:
  business_hours: 24
  calendar_hours: 72
"""


def write(
    directory: Path, scale: float = 1.0, seed: int = 311, progress: Callable[[str], None] | None = None
) -> dict[str, Any]:
    """Writes the landing files, program.yml, README.txt and truth.json into `directory`; returns what truth.json says.

    scale 1 is 20,000 requests; only requests, their events and surveys grow with it. Raises ValueError where scale gives fewer
    than 200 requests.
    """
    rows = round(REQUESTS * scale)
    if rows < 200:
        raise ValueError(f"scale {scale:g} gives {rows} requests; at least {200 / REQUESTS:g} is needed")
    say = progress or (lambda _: None)
    directory.mkdir(parents=True, exist_ok=True)
    say("cities")
    network, hours = world.build(seed), clock.Clock()
    asked = desk.simulate(network, hours, rows)
    planted = {"requests": requests.write(directory / "requests", network, hours, asked, say)}
    planted["request_events"] = request_events.write(directory / "request_events", network, asked)
    say("surveys")
    planted["surveys"] = surveys.write(directory / "surveys", network, hours, asked)
    say("engagements and ledger")
    teams = engagements.simulate(network)
    planted["engagements"] = engagements.write(directory, network, teams)
    planted["ledger"] = ledger.write(directory, ledger.simulate(network, teams))
    planted["plans"] = plans.write(directory, network)
    planted["narratives"] = narratives.write(directory)
    say("peer events and library")
    planted["outreach"] = outreach.write(directory, network, teams)
    say("public indicators")
    working = economy.simulate(network)
    planted["bls_laus"] = laus.write(directory / "bls_laus", network, working)
    planted["census_acs"] = acs.write(directory / "census_acs", network, working)
    planted["census_population"] = population.write(directory, network)
    planted["census_permits"] = permits.write(directory / "census_permits", network)
    planted["place_county"] = place_county.write(directory / "place_county", network)
    planted["hud_allocations"] = hud.write(directory / "hud_allocations", network)
    truth = _truth(network, scale, planted)
    (directory / "truth.json").write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")
    program = PROGRAM.format(as_of=world.AS_OF, launched_on=world.LAUNCHED_ON)
    (directory / "program.yml").write_text(program, encoding="utf-8")
    (directory / "README.txt").write_text(README, encoding="utf-8")
    return truth


def _truth(network: world.World, scale: float, planted: dict[str, dict[str, Any]]) -> dict[str, Any]:
    cities = network.cities
    return {
        "synthetic": True,
        "seed": network.seed,
        "scale": scale,
        "cities": len(cities),
        "states": len({city.state for city in cities}),
        "pilots": [
            {
                "city": cities[i].geoid,
                "wave": cities[i].wave,
                "entered_on": str(network.eligible_from[i]),
                "first_treated_year": network.first_treated_year(i),
            }
            for i in network.pilots
        ],
        "silent_cities": [city.geoid for city, silent in zip(cities, network.silent, strict=True) if silent],
        "effects": [
            {
                "outcome": "unemployment_rate",
                "unit": "percentage points",
                "effect": economy.EFFECT,
                "from": "January of first_treated_year",
                "comparison": "cities that are no pilots",
                "trends": "parallel",
            },
            {"outcome": "population", "unit": "persons", "effect": 0.0},
        ],
        "response_by_topic": [
            {
                "topic": topic.topic,
                "distribution": "Weibull on business hours, mixed with a share that no reply ever reaches",
                "never": topic.never,
                "shape": topic.shape,
                "scale_business_hours": round(float(desk.weibull_hours(topic)), 6),
                "within_24_business_hours": topic.on_time,
                "censoring": "withdrawal, merging and closing are independent of the reply",
            }
            for topic in TOPICS
        ],
        "bad_rows": [row for feed in planted.values() for row in feed.pop("bad_rows", [])],
        **planted,
    }

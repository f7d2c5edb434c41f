"""Teams on the ground: engagements, the cities they serve, their milestones; and eligibility, who may call from when."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from assets.sample import files
from assets.sample.topics import PARTNERS
from assets.sample.world import AS_OF, LAUNCHED_ON, World, generator

DELIVERED_ON = date(2017, 10, 6)
COUNT = 45  # fewer than the pilots: some have not been served on the ground
# Titles and topics after the kinds of work the program has described in public.
WORK = (
    ("Multi-year financial plan", "budget"),
    ("Downtown strategy", "community_development"),
    ("Housing and neighborhoods plan", "housing"),
    ("Workforce strategy", "workforce"),
    ("Economic development strategy", "economic_development"),
    ("School building reuse", "education"),
    ("Police staffing review", "public_safety"),
    ("Permitting review", "operations"),
)
BUDGET_USD = 8_200_000
INTENSITY = {"light": (66_000, 120_000), "moderate": (120_000, 240_000), "intensive": (240_000, 480_000)}
STEPS = (
    "Kick-off",
    "Data collected",
    "Interviews held",
    "Draft findings",
    "Draft plan",
    "Council briefing",
    "Final plan",
)
# A multi-city engagement lists its cities; the others serve one pilot each.
REGIONS = (("0615044", "0644574"), ("0664224", "0683668"), ("2545000", "2523000", "2569170"), ("4832372", "4810768"))


@dataclass(frozen=True)
class Engagement:
    """One row of engagements.csv; cities are positions in world.cities."""

    engagement_id: str
    title: str
    topic: str
    intensity: str
    status: str
    applied_on: date
    approved_on: date | None
    starts_on: date
    ends_on: date
    completed_on: date | None
    lead_partner: str
    planned_cost_usd: int
    cities: tuple[int, ...]


def simulate(world: World) -> list[Engagement]:
    """The engagements, ordered by application."""
    rng = generator(world.seed, "engagements")
    position = {city.geoid: i for i, city in enumerate(world.cities)}
    groups = [tuple(position[geoid] for geoid in region) for region in REGIONS]
    single = [i for i in world.pilots if i not in {j for group in groups for j in group}]
    first = [i for i in single if world.cities[i].wave == 1]
    others = [i for i in rng.permutation(single).tolist() if i not in first]
    groups += [(i,) for i in first + others]
    drawn = [_draw(world, rng, cities, number) for number, cities in enumerate(groups[:COUNT])]
    drawn.sort(key=lambda e: (e.applied_on, e.cities))
    # Whatever the seed, the award has to cover them.
    fit = BUDGET_USD / sum(engagement.planned_cost_usd for engagement in drawn)
    return [
        replace(e, engagement_id=f"E{number:03d}", planned_cost_usd=int(e.planned_cost_usd * fit) // 10 * 10)
        for number, e in enumerate(drawn, start=1)
    ]


def _draw(world: World, rng: np.random.Generator, cities: tuple[int, ...], number: int) -> Engagement:
    title, topic = WORK[int(rng.integers(len(WORK)))]
    intensity = ("light", "moderate", "intensive")[int(rng.choice(3, p=[0.3, 0.4, 0.3]))]
    entry = max(world.eligible_from[i] for i in cities)
    applied = entry + timedelta(days=int(rng.integers(5, 150 if entry == LAUNCHED_ON else 390)))
    approved = applied + timedelta(days=int(rng.integers(25, 95)))
    starts = approved + timedelta(days=int(rng.integers(10, 50)))
    ends = starts + timedelta(days=int(rng.integers(120, 366)))
    slip = int(rng.integers(-25, 2)) if rng.random() < 0.65 else int(rng.integers(15, 150))
    finished = ends + timedelta(days=slip)
    # Two stalled and never finished, one was applied for and not approved.
    completed = finished if finished <= AS_OF and number not in (17, 29) else None
    waiting = number == 35
    low, high = INTENSITY[intensity]
    place = world.cities[cities[0]]
    name = place.short_name if len(cities) == 1 else f"{place.short_name} region"
    return Engagement(
        engagement_id="",
        title=f"{title}, {name}",
        topic=topic,
        intensity=intensity,
        status="applied" if waiting else "completed" if completed else "active",
        applied_on=applied,
        approved_on=None if waiting else approved,
        starts_on=AS_OF + timedelta(days=45) if waiting else starts,
        ends_on=AS_OF + timedelta(days=245) if waiting else ends,
        completed_on=None if waiting else completed,
        lead_partner=PARTNERS[int(rng.integers(len(PARTNERS)))],
        planned_cost_usd=int(rng.integers(low, high)) // 10 * 10,
        cities=cities,
    )


def write(directory: Path, world: World, engagements: list[Engagement]) -> dict[str, Any]:
    """Writes eligibility, engagements, engagement_cities and milestones below `directory`; returns what was planted."""
    rng = generator(world.seed, "milestones")
    fields = [name for name in Engagement.__dataclass_fields__ if name != "cities"]
    _feed(directory, "engagements", fields, [[getattr(e, name) for name in fields] for e in engagements])
    served = [
        (e.engagement_id, world.cities[city].geoid, share)
        for e in engagements
        for city, share in zip(e.cities, _shares(len(e.cities)), strict=True)
    ]
    _feed(directory, "engagement_cities", ["engagement_id", "city", "share"], served)
    milestones = [row for e in engagements for row in _milestones(e, rng)]
    bad = ["M99999", engagements[0].engagement_id, "Follow-up", "2015-02-30", "2015-03-15", None]
    header = ["milestone_id", "engagement_id", "title", "baseline_due", "due", "done_on"]
    _feed(directory, "milestones", header, [*milestones, bad])
    eligibility = [
        (city.geoid, start, end, f"pilot {city.wave}" if city.wave else "expansion", "meets the published rule")
        for city, start, end in zip(world.cities, world.eligible_from, world.eligible_to, strict=True)
    ]
    header = ["city", "eligible_from", "eligible_to", "wave", "reason"]
    _feed(directory, "eligibility", header, sorted(eligibility, key=lambda row: (row[1], row[0])))
    row = {
        "file": "milestones/milestones.csv",
        "row": len(milestones) + 2,
        "column": "baseline_due",
        "kind": "bad_date",
    }
    return {
        "bad_rows": [row],
        "engagements": len(engagements),
        "multi_city": sum(len(e.cities) > 1 for e in engagements),
        "completed_late": sum(e.completed_on is not None and e.completed_on > e.ends_on for e in engagements),
        "overdue": sum(e.completed_on is None and e.ends_on <= AS_OF for e in engagements),
        "milestones_rebaselined": sum(row[4] != row[3] for row in milestones),
    }


def _shares(cities: int) -> list[str]:
    """Shares with two decimals that add up to one; the first city takes what rounding leaves."""
    each = 100 // cities
    return [f"{value / 100:.2f}" for value in (100 - each * (cities - 1), *[each] * (cities - 1))]


def _milestones(engagement: Engagement, rng: np.random.Generator) -> list[tuple[Any, ...]]:
    """Five to seven steps spread over the planned time; later ones slip with the engagement."""
    if engagement.approved_on is None:
        return []
    steps = STEPS[: int(rng.integers(5, len(STEPS) + 1))]
    length = (engagement.ends_on - engagement.starts_on).days
    late = 0 if engagement.completed_on is None else (engagement.completed_on - engagement.ends_on).days
    rows: list[tuple[Any, ...]] = []
    for step, title in enumerate(steps, start=1):
        baseline = engagement.starts_on + timedelta(days=length * step // len(steps))
        due = baseline + timedelta(days=30) if rng.random() < 0.15 else baseline
        drift = max(late, 0) * step // len(steps) + int(rng.integers(-16, 4))
        done: date | None = max(engagement.starts_on, baseline + timedelta(days=drift))
        if engagement.completed_on is not None:
            done = min(done or baseline, engagement.completed_on)
        # A stalled engagement stops half-way; elsewhere a step is dropped now and then.
        stalled = engagement.completed_on is None and engagement.ends_on <= AS_OF and step > 3
        if stalled or rng.random() < 0.03 or (done is not None and done > AS_OF):
            done = None
        rows.append(
            (f"M{engagement.engagement_id[1:]}{step:02d}", engagement.engagement_id, title, baseline, due, done)
        )
    return rows


def _feed(directory: Path, source: str, header: list[str], rows: Any) -> None:
    files.write_csv(directory / source / f"{source}.csv", header, rows)
    files.write_mapping(directory / source, {f"{source}.csv": {"delivered_on": DELIVERED_ON.isoformat()}})

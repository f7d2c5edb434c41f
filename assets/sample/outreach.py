"""Peer learning and the online library, and what cities did with recommendations: five feeds in five formats."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from assets.sample import files
from assets.sample.clock import instant
from assets.sample.engagements import DELIVERED_ON, Engagement
from assets.sample.topics import TOPICS
from assets.sample.world import LAUNCHED_ON, World, generator

EVENTS, RESOURCES, USES = 16, 120, 6_000
BARE = ("infrastructure", "education")  # topics that the library says nothing about
Bad = list[dict[str, Any]]


def write(directory: Path, world: World, engagements: list[Engagement]) -> dict[str, Any]:
    """Writes recommendations, peer_events, attendance, library_resources and library_use; one bad row in each."""
    rng = generator(world.seed, "outreach")
    bad: Bad = []
    made, adopted = _recommendations(directory / "recommendations", engagements, rng, bad)
    events = _peer_events(directory / "peer_events", rng, bad)
    came = _attendance(directory / "attendance", world, events, rng, bad)
    resources = _resources(directory / "library_resources", rng, bad)
    empty = _uses(directory / "library_use", world, resources, rng, bad)
    return {
        "bad_rows": bad,
        "recommendations": made,
        "adopted": adopted,
        "peer_events": len(events),
        "attendance": came,
        "library_resources": len(resources),
        "library_use": USES,
        "empty_searches": empty,
    }


def _delivered(folder: Path, name: str) -> None:
    files.write_mapping(folder, {name: {"delivered_on": DELIVERED_ON.isoformat()}})


def _wrong(path: Path, row: int, column: str, kind: str) -> dict[str, Any]:
    return {"file": f"{path.parent.name}/{path.name}", "row": row, "column": column, "kind": kind}


def _recommendations(
    folder: Path, engagements: list[Engagement], rng: np.random.Generator, bad: Bad
) -> tuple[int, int]:
    """Tab-separated. About half are adopted, most within a year."""
    rows: list[tuple[str, str, str, str]] = []
    for engagement in (e for e in engagements if e.completed_on):
        for _ in range(int(rng.integers(2, 7))):
            day = (engagement.completed_on or engagement.ends_on) - timedelta(days=int(rng.integers(0, 60)))
            taken = day + timedelta(days=int(rng.gamma(2.0, 120)))
            told = rng.random() < 0.6 and taken < DELIVERED_ON
            number = f"C{len(rows) + 1:04d}"
            rows.append((number, engagement.engagement_id, str(day), str(taken) if told else ""))
    path = folder / "recommendations.tsv"
    header = ("recommendation_id", "engagement_id", "made_on", "adopted_on")
    wrong = ("C9999", engagements[0].engagement_id, "2016-05-02", "2016-04-02")
    files.write_tabbed(path, [header, *rows, wrong], end="\n")
    _delivered(folder, path.name)
    bad.append(_wrong(path, len(rows) + 2, "adopted_on", "adopted_before_made"))
    return len(rows), sum(row[3] != "" for row in rows)


def _peer_events(folder: Path, rng: np.random.Generator, bad: Bad) -> list[date]:
    """A workbook with real dates. One event is about no single topic; the last is held after as_of."""
    held = [LAUNCHED_ON + timedelta(days=150 + 68 * n + int(rng.integers(0, 30))) for n in range(EVENTS - 1)]
    held.append(date(2017, 10, 4))
    rows: list[tuple[Any, ...]] = []
    for number, day in enumerate(held, start=1):
        topic = None if number == 1 else TOPICS[int(rng.integers(len(TOPICS) - 1))]
        title = "Meeting of the network" if topic is None else f"Exchange on {topic.title}"
        rows.append((f"P{number:03d}", title, topic and topic.topic, day))
    path = folder / "peer-events.xlsx"
    header = ("event_id", "title", "topic", "held_on")
    files.write_xlsx(path, header, [*rows, ("P999", "Exchange on budgets", "budget", "to be set")], "Events")
    _delivered(folder, path.name)
    bad.append(_wrong(path, len(rows) + 2, "held_on", "no_date"))
    return held


def _attendance(folder: Path, world: World, events: list[date], rng: np.random.Generator, bad: Bad) -> int:
    """Gzipped. Cities that were eligible on the day, pilots more often; now and then nobody counted heads."""
    rows: list[tuple[Any, ...]] = []
    for number, day in enumerate(events, start=1):
        for i, city in enumerate(world.cities):
            until = world.eligible_to[i] or date.max
            if world.eligible_from[i] <= day <= until and rng.random() < (0.3 if city.wave else 0.06):
                place = city.geoid if rng.random() < 0.5 else f"{city.short_name}, {city.state}"
                rows.append((f"P{number:03d}", place, None if rng.random() < 0.1 else int(rng.integers(1, 5))))
    path = folder / "attendance.csv.gz"
    text = io.StringIO()
    wrong = ("P001", world.cities[0].geoid, -2)
    csv.writer(text, lineterminator="\n").writerows([("event_id", "city", "attendees"), *rows, wrong])
    files.write_gzipped(path, text.getvalue())
    _delivered(folder, path.name)
    bad.append(_wrong(path, len(rows) + 2, "attendees", "negative_count"))
    return len(rows)


def _resources(folder: Path, rng: np.random.Generator, bad: Bad) -> list[str]:
    """Pipe-separated. Some are old and were never looked over again. Returns each resource's topic."""
    shelved = [t for t in TOPICS if t.topic not in (*BARE, "unclassified")]
    share = np.array([t.share for t in shelved])
    rows: list[tuple[str, ...]] = []
    for number in range(1, RESOURCES + 1):
        topic = shelved[int(rng.choice(len(shelved), p=share / share.sum()))]
        day = LAUNCHED_ON + timedelta(days=int(rng.integers(-30, 1100)))
        review = day + timedelta(days=int(rng.integers(100, 900)))
        reviewed = str(review) if rng.random() < 0.6 and review < DELIVERED_ON else ""
        rows.append((f"G{number:03d}", f"Guide {number}: {topic.title}", topic.topic, str(day), reviewed))
    path = folder / "resources.txt"
    lines = [("resource_id", "title", "topic", "published_on", "reviewed_on"), *rows]
    lines.append(("G999", "Guide without a topic", "", "2016-01-04", ""))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join("|".join(line) + "\n" for line in lines), encoding="utf-8", newline="")
    _delivered(folder, path.name)
    bad.append(_wrong(path, len(rows) + 2, "topic", "missing_topic"))
    return [row[2] for row in rows]


def _uses(folder: Path, world: World, resources: list[str], rng: np.random.Generator, bad: Bad) -> int:
    """Gzipped JSON lines: numbers are numbers, what is not there has no key. Returns how many searches found nothing."""
    first, last = instant(LAUNCHED_ON), instant(DELIVERED_ON)
    at = np.sort(first + ((last - first) * rng.random(USES) ** 0.8).astype(np.int64))
    weight = np.cumsum(world.activity + 0.01)
    share = np.cumsum([t.share for t in TOPICS])
    empty, lines = 0, []
    for number, second in enumerate(at.tolist(), start=1):
        day = datetime.fromtimestamp(second, UTC)
        use: dict[str, Any] = {"use_id": f"U{number:06d}", "used_at": day.strftime("%Y-%m-%dT%H:%M:%SZ")}
        city = int(np.searchsorted(weight / weight[-1], rng.random(), side="right"))
        if rng.random() < 0.7 and world.eligible_from[city] <= day.date():
            use["city"] = world.cities[city].geoid
        if rng.random() < 0.4:
            topic = TOPICS[int(np.searchsorted(share / share[-1], rng.random(), side="right"))]
            results = 0 if topic.topic in BARE or rng.random() < 0.05 else int(rng.integers(1, 30))
            empty += results == 0
            use |= {"action": "search", "topic": topic.topic, "results": results, "query": f"plans for {topic.title}"}
        else:
            use |= {"action": ("view", "download")[int(rng.random() < 0.3)]}
            use["resource_id"] = f"G{int(rng.integers(len(resources))) + 1:03d}"
        lines.append(json.dumps(use))
    lines.append(json.dumps({"use_id": "U999999", "used_at": "2016-02-03T15:00:00Z", "action": "print"}))
    path = folder / "use.jsonl.gz"
    files.write_gzipped(path, "\n".join(lines) + "\n")
    _delivered(folder, path.name)
    bad.append(_wrong(path, len(lines), "action", "unknown_action"))
    return empty

"""The surveys feed: sent a day after an answer, answered by about two in five, sooner by those who were content."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from assets.sample import files, topics
from assets.sample.clock import Clock, instant
from assets.sample.desk import NEVER, SERVICE_LEVEL, Requests
from assets.sample.request_text import iso, request_id
from assets.sample.world import World, generator

NAME, DELIVERED_ON = "surveys.csv", date(2017, 10, 6)
SLICE = 200_000
BAD_ROW = f"{request_id(0)},2016-02-03T10:00:00-05:00,2016-02-04T10:00:00-05:00,7,"


def write(folder: Path, world: World, clock: Clock, requests: Requests) -> dict[str, Any]:
    """Writes surveys.csv; the last row is bad (a rating of 7). Returns what was planted."""
    rng = generator(world.seed, "surveys")
    r, until = requests, instant(DELIVERED_ON)
    asked = (r.resolved < until) & (r.response < NEVER) & ~r.spam & ~r.test & (rng.random(len(r)) < 0.9)
    rows = np.flatnonzero(asked & (r.resolved + 86_400 < until))
    delivered = r.resolved[rows] + 86_400
    on_time = clock.business_seconds(r.response[rows]) - clock.business_seconds(r.submitted[rows]) <= SERVICE_LEVEL
    liking = np.array([t.rating for t in topics.TOPICS])[r.topic[rows]] + np.where(on_time, 0.2, -0.7)
    rating = np.clip(np.round(liking + rng.normal(0, 0.9, len(rows))), 1, 5).astype(np.int64)
    # The content answer more often: what the weighted satisfaction figure is there to correct.
    answers = rng.random(len(rows)) < 0.22 + 0.05 * rating
    answered = np.where(answers, delivered + 3600 + (rng.random(len(rows)) * 12 * 86_400).astype(np.int64), NEVER)
    answered = np.where(answered < until, answered, NEVER)
    given = answered < NEVER
    comments = np.where(given, (rng.random(len(rows)) * len(topics.COMMENTS)).astype(np.int64), -1)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / NAME).open("w", encoding="utf-8", newline="") as file:
        file.write("request_id,delivered_at,answered_at,rating,comment\n")
        for start in range(0, len(rows), SLICE):
            part = slice(start, start + SLICE)
            zoned = np.ones(len(rows[part]), dtype=bool)
            table = pa.table({
                "request_id": pa.array([request_id(i) for i in rows[part].tolist()]),
                "delivered_at": iso(clock, delivered[part], zoned),
                "answered_at": iso(clock, answered[part], zoned),
                "rating": pa.array(np.where(given, rating, 0)[part], mask=~given[part]).cast(pa.string()),
                "comment": pa.array(topics.COMMENTS, pa.string()).take(pa.array(comments[part] % len(topics.COMMENTS))),
            })  # fmt: skip
            file.writelines(line + "\n" for line in files.csv_lines(table))
        file.write(BAD_ROW + "\n")
    files.write_mapping(folder, {NAME: {"delivered_on": DELIVERED_ON.isoformat()}})
    return {
        "bad_rows": [{"file": f"surveys/{NAME}", "row": len(rows) + 2, "column": "rating", "kind": "rating_above_5"}],
        "delivered": len(rows),
        "answered": int(given.sum()),
        "satisfied_if_all_answered": int((rating >= 4).sum()),
    }

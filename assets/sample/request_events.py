"""The request_events feed: every change of a request's state as the desk's system logs it, second reopenings included."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assets.sample import files
from assets.sample.clock import instant
from assets.sample.desk import NEVER, Requests
from assets.sample.request_text import request_ids
from assets.sample.world import World, generator

NAME, DELIVERED_ON = "request-events.parquet", date(2017, 10, 6)
ACKNOWLEDGED, TWICE = 0.6, 0.15  # shares: of requests, and of those closed again


def write(folder: Path, world: World, requests: Requests) -> dict[str, Any]:
    """Writes the events before the day of delivery, in order of time; the last row is bad. Returns what was planted."""
    rng, until = generator(world.seed, "request events"), instant(DELIVERED_ON)
    r, count = requests, len(requests)
    acknowledged = np.where(rng.random(count) < ACKNOWLEDGED, r.submitted + rng.integers(5, 90, count), NEVER)
    # A request may be opened again after it was closed a second time; its columns in `requests` have no place for that.
    twice = (r.again < NEVER) & (rng.random(count) < TWICE)
    second = np.where(twice, np.where(twice, r.again, 0) + rng.integers(3600, 10 * 86_400, count), NEVER)
    third = np.where(twice, np.where(twice, second, 0) + rng.integers(3600, 5 * 86_400, count), NEVER)
    kinds = {
        "acknowledgement": [acknowledged],
        "reply": [r.response],
        "resolved": [r.resolved, r.again, third],
        "reopened": [r.reopened, second],
        "withdrawn": [r.withdrawn],
        "merged": [r.merged],
        "closed_unanswered": [r.closes],
    }
    seen = [(kind, np.flatnonzero(at < until), at) for kind, times in kinds.items() for at in times]
    at = np.concatenate([times[rows] for _, rows, times in seen])
    request = np.concatenate([rows for _, rows, _ in seen])
    event = np.repeat([kind for kind, _, _ in seen], [len(rows) for _, rows, _ in seen])
    order = np.lexsort((event, request, at))
    at, request, event = at[order], request[order], event[order]
    # The bad row: an event of a kind that the contract does not have.
    at, request, events = np.append(at, at[-1]), np.append(request, request[-1]), [*event.tolist(), "escalated"]
    numbers = pc.utf8_lpad(pa.array(np.arange(1, len(at) + 1)).cast(pa.string()), 8, padding="0")
    table = pa.table({
        "event_id": pc.binary_join_element_wise("V", numbers, ""),
        "request_id": request_ids(request),
        "at": pa.array(at).cast(pa.timestamp("s", "UTC")),
        "event": pa.array(events),
    })  # fmt: skip
    files.write_parquet(folder / NAME, table)
    files.write_mapping(folder, {NAME: {"delivered_on": DELIVERED_ON.isoformat()}})
    bad = {"file": f"request_events/{NAME}", "row": len(at), "column": "event", "kind": "unknown_event"}
    return {"bad_rows": [bad], "events": len(at) - 1, "reopened_twice": int((second < until).sum())}

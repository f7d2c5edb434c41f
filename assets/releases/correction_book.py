"""The workbook of corrections between two releases: what was reported, what corrects it, what it is now, cause by cause.

HUD's quarterly reports cannot be changed once approved: what was wrong is put right in the cumulative total of the next one
(DRGR). Sheet Cumulative has a line for each count and amount to date: as reported, the correction of each cause but
follow-up (which is new work, not a correction), the correction to enter, and as it stands now. Sums are live formulas beside
the values. The same bridge gives the same bytes.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import xlsxwriter
from xlsxwriter.workbook import Workbook

from assets import catalog
from assets.documents import sheets
from assets.documents.sheets import Column
from assets.releases import changes, seal
from assets.releases.changes import CORRECTIONS
from assets.releases.passport import KEYS
from assets.releases.seal import SYNTHETIC
from assets.releases.versions import CAUSES

ADDED = ("count", "total")  # how metrics are worked out again that add up over time: they have a cumulative total
LEVELS = ("backlog_open", "engagements_active")  # but these count what is there at an instant
SERVICES = {  # the service, by a feed of the metric
    "requests": "Questions and answers",
    "surveys": "Questions and answers",
    "engagements": "Work on the ground",
    "recommendations": "Work on the ground",
    "milestones": "Work on the ground",
    "attendance": "Peer exchange",
    "library_resources": "Library",
    "ledger": "Funding",
    "award": "Funding",
}


@dataclass(frozen=True)
class _Pair:
    """Two releases and what the workbook says of them."""

    old: str
    new: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    cities: Mapping[str, str]

    @property
    def made(self) -> datetime:
        """When the newer release was published (UTC): what the file says of its own age, so that it is the same every time."""
        return datetime.fromisoformat(self.after["created_at"]).astimezone(UTC).replace(tzinfo=None)

    @property
    def synthetic(self) -> bool:
        return bool(self.before.get("synthetic") or self.after.get("synthetic"))


def write(releases: Path, bridge: Path, old: str, new: str, given: Mapping[str, Mapping[str, Any]]) -> bytes:
    """The workbook of the bridge between two releases; given: the reason for each cause (changes.reasons)."""
    pair = _Pair(old, new, seal.manifest(releases / old), seal.manifest(releases / new), _cities(releases / new))
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, sheets.OPTIONS) as book:
        book.set_properties(
            {"title": _title(pair), "subject": SYNTHETIC if pair.synthetic else "", "created": pair.made}
        )
        figures = _pivoted(changes.rows(bridge))
        summary = changes.summary(bridge)
        book.add_worksheet("About")  # first to be read; written last, when it is known what the others hold
        made = {
            "Cumulative": (_cumulative_head(pair), list(_cumulative(pair, figures))),
            "Final figures": (_final_head(pair), list(_final(pair, figures, given))),
            "Causes": (CAUSE_HEAD, list(_causes(summary, given))),
            "Records": (RECORD_HEAD, list(_records(changes.rows(bridge, "restated_records")))),
        }
        mark = f"{SYNTHETIC} " if pair.synthetic else ""
        notes = [
            sheets.write(book, name, f"{mark}{name}: {_title(pair)}", _footer(pair), head, rows)
            for name, (head, rows) in made.items()
        ]
        apart = sum(_has_total(row) and not row["old_state"] == row["new_state"] == "value" for row in figures)
        if apart:
            notes.append(
                f"Cumulative leaves out {apart:,} totals that are no value in one of the releases, such as of a topic that a city "
                "had no request on; the totals of the network have what changed in them."
            )
        _about(book, pair, [note for note in notes if note], made)
    return out.getvalue()


def _footer(pair: _Pair) -> str:
    return sheets.foot(f"{pair.old} to {pair.new}", SYNTHETIC if pair.synthetic else "")


def _title(pair: _Pair) -> str:
    return f"Corrections from release {pair.old} to release {pair.new}"


def _keys() -> list[Column]:
    return [
        Column("Service", "the service that the figure is of", 22),
        Column("Measure", "the figure, by its title in the metric catalog", 38),
        Column("Of", "the topic, city, engagement or breakdown; empty: the whole network", 24),
        Column("Unit", "what is counted", 12),
    ]


def _cumulative_head(pair: _Pair) -> list[Column]:
    first = len(_keys())
    places = tuple(range(first + 1, first + 1 + len(CORRECTIONS)))
    enter = places[-1] + 1
    return [
        *_keys(),
        Column(f"Reported ({pair.old})", "cumulative total as it was reported", 18, sheets.NUMBERS),
        *(Column(changes.TITLES[cause], changes.MEANINGS[cause], 14, sheets.NUMBERS) for cause in CORRECTIONS),
        Column(
            "Correction to enter", "the sum of the corrections: what puts the report right", 18, sheets.NUMBERS, places
        ),
        Column("Corrected total", "reported and correction", 16, sheets.NUMBERS, (first, enter)),
        Column("Since then", changes.MEANINGS["follow_up"], 14, sheets.NUMBERS),
        Column(f"Now ({pair.new})", "cumulative total as it stands", 18, sheets.NUMBERS, (enter + 1, enter + 2)),
    ]


def _cumulative(pair: _Pair, figures: Iterable[dict[str, Any]]) -> Iterable[list[Any]]:
    """Counts and amounts to date that are a value in both."""
    for row in figures:
        if not _has_total(row) or not row["old_state"] == row["new_state"] == "value":
            continue
        old = row["old_value"]
        by = [row["by"].get(cause, Decimal(0)) for cause in CAUSES]
        enter = sum(by[1:], Decimal(0))
        yield [*_scope(pair, row), *_numbers(row, old, *by[1:], enter, old + enter, by[0], row["new_value"])]


def _has_total(row: Mapping[str, Any]) -> bool:
    """Whether a figure is a count or an amount to date."""
    entry = catalog.load().metrics.get(row["metric"])
    is_sum = entry is not None and entry.recompute in ADDED and row["metric"] not in LEVELS
    return is_sum and row["period_type"] == "to_date"


def _final_head(pair: _Pair) -> list[Column]:
    return [
        *_keys(),
        Column("Period", "the period that the figure is of", 14),
        Column(f"Reported ({pair.old})", "as it was reported, final by then", 18, sheets.NUMBERS),
        *(Column(changes.TITLES[cause], changes.MEANINGS[cause], 14, sheets.NUMBERS) for cause in CAUSES),
        Column(f"Now ({pair.new})", "as it stands", 18, sheets.NUMBERS),
        Column("Material", "whether it moved by a percentage point, by 5%, or in its state", 10),
        Column("Reason", "the reasons given for its causes", 60),
    ]


def _final(
    pair: _Pair, figures: Iterable[dict[str, Any]], given: Mapping[str, Mapping[str, Any]]
) -> Iterable[list[Any]]:
    """Figures that were final and are told otherwise now, material ones first; a state stands where there is no value."""
    found = [row for row in figures if row["old_status"] == "final"]
    for row in sorted(found, key=lambda row: not row["is_material"]):
        sides = [
            changes.side(row, side) if row[f"{side}_value"] is None else row[f"{side}_value"] for side in ("old", "new")
        ]
        why = "; ".join(f"{changes.TITLES[cause]}: {given[cause]['why']}" for cause in row["by"] if cause in given)
        material = {True: "yes", False: "no"}.get(row["is_material"], "not known")
        yield [
            *_scope(pair, row),
            row["period"],
            sides[0],
            *(row["by"].get(c) for c in CAUSES),
            sides[1],
            material,
            why,
        ]


CAUSE_HEAD = [
    Column("Cause", "what the change comes from", 22),
    Column("Meaning", "in words", 60),
    Column("Figures", "figures that changed by it", 12, sheets.COUNTS),
    Column("Final, materially", "final figures restated materially", 18, sheets.COUNTS),
    Column("Records", "records that changed", 12, sheets.COUNTS),
    Column("Reason", "as given", 60),
    Column("Who", "who gave it, as declared", 20),
    Column("When (UTC)", "when it was given", 22),
]


def _causes(summary: Iterable[Mapping[str, Any]], given: Mapping[str, Mapping[str, Any]]) -> Iterable[list[Any]]:
    for row in summary:
        cause, reason = row["cause"], given.get(row["cause"], {})
        told = [reason.get(key, "") for key in ("why", "who", "at")]
        yield [changes.TITLES[cause], changes.MEANINGS[cause], row["figures"], row["material"], row["records"], *told]


RECORD_HEAD = [
    Column("Cause", "what the change comes from", 22),
    Column("Feed", "the feed that holds the record", 20),
    Column("Record", "its id", 28),
    Column("What changed", "new, gone, or the columns that changed; never what stands in them", 40),
    Column("City", "GEOID", 12),
    Column("Topic", "its topic", 20),
    Column("Engagement", "the engagement that it is of", 14),
    Column("First day", "the first day that it touches", 12),
    Column("Records", "how many", 10, sheets.COUNTS),
]


def _records(rows: Iterable[Mapping[str, Any]]) -> Iterable[list[Any]]:
    for row in rows:
        keys = [row[key] for key in ("feed", "record_id", "what", "city_id", "topic", "engagement_id", "first_on")]
        yield [changes.TITLES[row["cause"]], *keys, row["records"]]


def _pivoted(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """A row for each figure, with its deltas by cause (`by`), in the order of the bridge."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        figure = found.setdefault(tuple(row[key] for key in KEYS), row | {"by": {}})
        figure["by"][row["cause"]] = row["delta"]
    return sorted(found.values(), key=changes.place)


def _numbers(row: Mapping[str, Any], *values: Any) -> list[Any]:
    """Money with its cents; whole numbers of anything else without."""
    is_money = row["unit"] == "usd"
    return [int(v) if isinstance(v, Decimal) and not is_money and v == v.to_integral_value() else v for v in values]


def _cities(release: Path) -> dict[str, str]:
    """The name of each city by its GEOID."""
    path = release / "cities.parquet"
    if not path.exists():
        return {}
    return {row["city_id"]: f"{row['name']}, {row['state']}" for row in pq.read_table(path).to_pylist()}


def _scope(pair: _Pair, row: Mapping[str, Any]) -> list[str]:
    entry = catalog.load().metrics.get(row["metric"])
    service = next((SERVICES[feed] for feed in (entry.feeds if entry else []) if feed in SERVICES), "All services")
    parts = [f"{pair.cities.get(row['city_id'], 'city')} ({row['city_id']})"] if row["city_id"] else []
    parts += [_spaced(row[key]) for key in ("topic", "engagement_id") if row[key]]
    parts += [f"{_spaced(row['dimension'])}: {_spaced(row['dimension_value'])}"] if row["dimension"] else []
    parts += [f"cities eligible {row['basis']}"] if row["basis"] else []
    return [service, entry.title if entry else row["metric"], ", ".join(parts), row["unit"] or ""]


def _spaced(text: str) -> str:
    return text.replace("_", " ")


def _about(book: Workbook, pair: _Pair, notes: Iterable[str], made: Mapping[str, tuple[Sequence[Column], Any]]) -> None:
    sheet = book.get_worksheet_by_name("About")
    bold = book.add_format({"bold": True})
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 30)
    sheet.set_column(2, 2, 90)
    sheets.printed(sheet, _footer(pair))
    lines: list[tuple[str, str, str]] = [(_title(pair), "", "")]
    lines += [(SYNTHETIC, "", "")] if pair.synthetic else []
    for release, facts in ((pair.old, pair.before), (pair.new, pair.after)):
        told = f"as of {facts['as_of']}, known on {facts['known_on']}, published {facts['created_at']}"
        lines.append(("Release", release, f"{facts['program']}; {told}; code {facts['code_version']}"))
    lines += [("", "", ""), ("How to use it", "", "")]
    lines += [("", "", text) for text in HOW]
    lines += [("Left out", "", note) for note in notes]
    lines += [("", "", ""), ("Sheet", "Column", "What it is")]
    lines += [(name, column.title, column.meaning) for name, (head, _) in made.items() for column in head]
    for at, line in enumerate(lines):
        for place, text in enumerate(line):
            if text:
                sheets.put(sheet, at, place, text, bold if place == 0 else None)


HOW = (
    "Sheet Cumulative: enter the correction of each measure in the report that comes next; approved reports stay as they are.",
    "“Since then” is new work between the two releases and belongs to the activity of the next report, not to its corrections.",
    "Sheet Final figures: every figure that was final when it was reported and is told otherwise now, of each period.",
)

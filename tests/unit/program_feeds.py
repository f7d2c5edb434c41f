"""Every program feed as a sender might fill it: cells that fit, cells that do not, and files of them in every format."""

import csv
import gzip
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

Row = dict[str, str]
ID = (["1", "007", "x-7"], ["", "ann@example.org"])
DAY = (["2014-06-02", "2014-06-30"], ["2014-02-30", "06/02/2014", "soon", "0214-06-02"])
TIME = (["2014-06-02T10:00:00", "2014-06-02T10:00:00-07:00", "2014-06-03"], ["2014-13-01", "10:00", "epoch"])
CITY = (["4748000", "Memphis, TN", "1801468"], ["48000", "Nowhere, ZZ", "Memphis"])
TEXT = (["", "words, with a comma"], ["ann@example.org"])
COUNT = (["", "0", "12"], ["-1", "1.5", "many", "1,200"])
PRIVATE: tuple[list[str], list[str]] = (["", 'he said "no", twice', "ann@example.org"], [])
MONEY = (["0", "12.5", "1234.50"], ["1.005", "$5", "1,234.50", "-1.00"])


def word(*good: str) -> tuple[list[str], list[str]]:
    return [*good], ["escalated", good[0] + "x"]


def must(cells: tuple[list[str], list[str]]) -> tuple[list[str], list[str]]:
    return [c for c in cells[0] if c], [*cells[1], ""]


def may(cells: tuple[list[str], list[str]]) -> tuple[list[str], list[str]]:
    return ["", *cells[0]], [c for c in cells[1] if c]


def in_order(*days: str) -> Callable[[Row], bool]:
    """The contract's "instants in order", for cells that are ISO days."""

    def fits(row: Row) -> bool:
        told = [row[d] for d in days if row[d]]
        return told == sorted(told)

    return fits


@dataclass(frozen=True)
class Feed:
    """By the contract, written here again: what each column takes and refuses, and which rows that fit cell by cell do not."""

    cells: dict[str, tuple[list[str], list[str]]]
    fits: Callable[[Row], bool] = field(default=lambda row: True)

    def takes(self, row: Row) -> bool:
        return all(row[c] in good for c, (good, _) in self.cells.items()) and self.fits(row)


FEEDS = {
    "request_events": Feed(
        {"event_id": must(ID), "request_id": must(ID), "at": must(TIME)}
        | {"event": must(word("reply", "acknowledgement", "resolved", "Reopened", "closed_unanswered"))}
    ),
    "surveys": Feed(
        {"request_id": must(ID), "delivered_at": must((["2014-06-02"], ["soon"]))}
        | {"answered_at": may((["2014-06-01", "2014-06-02"], ["later"]))}
        | {"rating": may((["1", "5"], ["0", "6", "4.5"])), "comment": PRIVATE},
        in_order("delivered_at", "answered_at"),
    ),
    "engagements": Feed(
        {"engagement_id": must(ID), "title": TEXT, "topic": must(TEXT), "intensity": may(word("light", "moderate"))}
        | {"applied_on": may(DAY), "approved_on": may(DAY), "starts_on": must(DAY), "ends_on": may(DAY)}
        | {"planned_cost_usd": may(MONEY)},
        lambda r: in_order("applied_on", "approved_on")(r) and in_order("starts_on", "ends_on")(r),
    ),
    "engagement_cities": Feed(
        {
            "engagement_id": must(ID),
            "city": must(CITY),
            "share": may((["0", "0.5", "1"], ["-0.1", "1.01", "50%", "nan"])),
        }
    ),
    "milestones": Feed({"milestone_id": must(ID), "engagement_id": must(ID), "title": TEXT, "baseline_due": must(DAY)}),
    "recommendations": Feed(
        {"recommendation_id": must(ID), "engagement_id": must(ID), "made_on": must(DAY), "adopted_on": may(DAY)},
        in_order("made_on", "adopted_on"),
    ),
    "peer_events": Feed({"event_id": must(ID), "title": TEXT, "topic": TEXT, "held_on": must(DAY)}),
    "attendance": Feed({"event_id": must(ID), "city": must(CITY), "attendees": COUNT}),
    "library_resources": Feed(
        {
            "resource_id": must(ID),
            "title": TEXT,
            "topic": must(TEXT),
            "published_on": may(DAY),
            "reviewed_on": may(DAY),
        },
        in_order("published_on", "reviewed_on"),
    ),
    "library_use": Feed(
        {"use_id": must(ID), "used_at": must(TIME), "city": may(CITY), "resource_id": may(ID), "topic": TEXT}
        | {"action": must(word("view", "download", "search")), "results": COUNT, "query": PRIVATE}
    ),
    "eligibility": Feed(
        {"city": must(CITY), "eligible_from": must(DAY), "eligible_to": may(DAY), "wave": TEXT, "reason": TEXT},
        in_order("eligible_from", "eligible_to"),
    ),
    "award": Feed(
        {"award_id": must(ID), "agency": TEXT, "start": must(DAY), "end": must(DAY), "regime": must(word("24cfr84"))}
        | {
            "basis": must(word("cash", "accrual")),
            "frequency": must(word("quarterly")),
            "match_required_usd": may(MONEY),
        },
        in_order("start", "end"),
    ),
    "indirect_rates": Feed(
        {"rate_id": must(ID), "award_id": may(ID), "type": may(word("provisional", "final"))}
        | {"rate": may((["0", "0.235", "1.5"], ["23.5", "23.5%", "-0.1"])), "from": may(DAY), "to": may(DAY)},
        in_order("from", "to"),
    ),
    "budget": Feed({"award_id": may(ID), "category": must(TEXT), "version": must(ID), "amount_usd": must(MONEY)}),
    "ledger": Feed(
        {
            "entry_id": must(ID),
            "award_id": may(ID),
            "posted_on": must(DAY),
            "kind": must(word("expenditure", "receipt")),
        }
        | {"amount_usd": must((["-0.10", "12.5", "9999999999999999.99"], ["1.005", "1e2", "(5)"])), "memo": PRIVATE}
        | {"reverses": may(ID)}
    ),
    "targets": Feed(
        {
            "metric": must(ID),
            "period": must((["2014-06", "FY2014Q3", "FY2014", "to_date"], ["2014", "FY2014Q5", "2014-13"])),
        }
        | {"target": must((["75", "0.5", "-3"], ["75%", "high", "inf"])), "city": may(CITY), "topic": TEXT}
        | {"set_on": must(DAY), "set_by": may(word("hud", "program")), "reason_missed": TEXT}
    ),
    "narratives": Feed(
        {"report": must(word("sf425", "performance")), "section": must(word("remarks", "overruns")), "text": must(TEXT)}
        | {"period": must((["2014-06", "FY2014Q3", "FY2014"], ["2014", "FY2014Q5", "2014-13"])), "award_id": may(ID)}
    ),
}  # requests has tests of its own


def _delimited(mark: str) -> Callable[[list[Row]], bytes]:
    def written(rows: list[Row]) -> bytes:
        out = io.StringIO()
        writer = csv.DictWriter(out, rows[0], delimiter=mark, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return out.getvalue().encode()

    return written


def _objects(rows: list[Row]) -> list[str]:
    return [json.dumps({c: v or None for c, v in row.items()}) for row in rows]


def _workbook(rows: list[Row]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for n, cells in enumerate([list(rows[0]), *(list(row.values()) for row in rows)]):
            for column, cell in enumerate(cells):
                if cell:
                    sheet.write_string(n, column, cell)
    return out.getvalue()


def _parquet(rows: list[Row]) -> bytes:
    out = io.BytesIO()
    schema = pa.schema([(c, pa.string()) for c in rows[0]])
    pq.write_table(pa.Table.from_pylist([{c: v or None for c, v in row.items()} for row in rows], schema), out)
    return out.getvalue()


PLAIN: dict[str, Callable[[list[Row]], bytes]] = {
    "csv": _delimited(","),
    "tsv": _delimited("\t"),
    "txt": _delimited("|"),
    "json": lambda rows: ("[" + ",\n".join(_objects(rows)) + "]").encode(),
    "jsonl": lambda rows: "\n".join(_objects(rows)).encode(),
    "xlsx": _workbook,
    "parquet": _parquet,
}


def _packed(write: Callable[[list[Row]], bytes]) -> Callable[[list[Row]], bytes]:
    return lambda rows: gzip.compress(write(rows), mtime=0)


FORMATS = PLAIN | {f"{name}.gz": _packed(write) for name, write in PLAIN.items()}

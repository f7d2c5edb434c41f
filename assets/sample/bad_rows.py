"""Rows that no reader may accept, one kind for each thing that goes wrong in such exports."""

from collections.abc import Sequence
from dataclasses import dataclass

GOOD = {
    "city": "4748000",
    "caller_type": "city",
    "submitted_at": "2016-02-01T10:00:00-05:00",
    "topic": "budget",
    "status": "closed",
    "first_response_at": "2016-02-01T15:00:00-05:00",
    "resolved_at": "2016-02-02T12:00:00-05:00",
    "disposition": "answered",
    "replies": "1",
    "channel": "web",
    "is_test": "false",
    "updated_at": "2016-02-02T12:00:00-05:00",
}


@dataclass(frozen=True)
class Kind:
    """A good row with one cell wrong (column, found), or one cell too many where column is None."""

    kind: str
    column: str | None
    found: str
    also: tuple[tuple[str, str], ...] = ()

    def line(self, request_id: str, columns: Sequence[str]) -> str:
        """The row as a CSV line."""
        row = {"request_id": request_id} | GOOD | dict(self.also)
        if self.column is not None:
            row[self.column] = self.found
        line = ",".join(f'"{row[c]}"' if "," in row.get(c, "") else row.get(c, "") for c in columns)
        return line if self.column is not None else f"{line},{self.found}"


# These would stop a plain reading of the whole file, so they stand in a small file of their own.
UNREADABLE = (
    Kind("bad_date", "submitted_at", "2014-13-01"),
    Kind("too_many_columns", None, "one more"),
)
KINDS = (
    Kind("resolved_before_submitted", "resolved_at", "2016-01-29T12:00:00-05:00"),
    Kind("unknown_city", "city", "Nowhere, KS"),
    Kind("name_without_state", "city", "Kansas City"),
    Kind("name_of_two_places", "city", "Wilmington, IL"),
    Kind("five_digit_city", "city", "48000"),
    Kind("missing_id", "request_id", ""),
    Kind("missing_city", "city", ""),
    Kind("wrong_enum", "status", "pending"),
    Kind("negative_count", "replies", "-1"),
    Kind("reopened_unresolved", "reopened_at", "2016-02-03T09:00:00-05:00", (("resolved_at", ""),)),
)

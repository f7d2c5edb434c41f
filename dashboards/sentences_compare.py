"""What may be said of cities beside each other, and of one figure over two sets of cities. Numbers are taken, never worked out."""

from collections.abc import Mapping, Sequence
from typing import Any

from assets import format as fmt

Row = Mapping[str, Any]


def league(rows: Sequence[Row], up: bool) -> str:
    """Whether cities can be told apart; rows have pooled, pooled_low, pooled_high, pooling and city, best first.

    Only cities whose percentage is given are among them: one with fewer than ten has no place and is never named.
    """
    first, last = rows[0], rows[-1]
    if first.get("pooling") == "no_variation":
        return "differences between cities are no larger than chance makes them"
    if len(rows) == 1:
        return f"{first['city']} is the one city with ten or more"
    low, high = (first["pooled_low"], last["pooled_high"]) if up else (last["pooled_low"], first["pooled_high"])
    if low <= high:
        return "no city can be told from another"
    return f"{first['city']} and {last['city']} can be told apart, most cities between cannot"


def bases(what: str, unit: str, rows: Sequence[Row], names: Mapping[str, str]) -> str:
    """Where a figure would be read differently over the cities eligible now than over those eligible in the period."""
    said = [
        f"{names.get(row['service'], row['service']).lower()} {_over(row, 'then', unit)} then, {_over(row, 'now', unit)} now"
        for row in rows
    ]
    why = f": {rows[0]['why']}" if rows[0].get("why") else ""
    return (
        f"{what} would be read differently over the cities eligible now than over those eligible in the period "
        f"({'; '.join(said)}){why}."
    )


def _over(row: Row, basis: str, unit: str) -> str:
    value = row[f"value_{basis}"]
    if value is None:
        state = row[f"state_{basis}"]
        return fmt.STATE_WORDS.get(state, fmt.words(state)).lower()
    return fmt.percent(value, 1) if unit == "percent" else fmt.number(value, 1)
